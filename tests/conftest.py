"""What several tests need: a headless Chromium, and whether disks may be mounted."""

import os
import shutil
import subprocess

import pytest

OPTIONS = "--headless=new --no-sandbox --disable-dev-shm-usage --disable-background-networking"


@pytest.fixture(scope="session")
def need():
    """Skips a test where something is missing; fails it in .ci/run, which installs everything."""

    def need(found, what):
        if not found:
            end = pytest.fail if "DIGITS_BROWSER" in os.environ else pytest.skip
            end(f"{what} is not installed")

    return need


@pytest.fixture(scope="session")
def may_mount():
    """Whether disks may be mounted and networks taken away: as root on Linux."""
    command = ["unshare", "--mount", "--net", "true"]
    return bool(shutil.which("unshare")) and not subprocess.call(command, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def page(need):
    """A window of Chromium, which all tests share."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    need(chromium and driver, "Chromium or its driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS.split(), "--window-size=1200,1400"):
        options.add_argument(option)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    browser.implicitly_wait(60)  # for an element that is not there yet
    browser.set_script_timeout(300)  # axe-core, on a busy machine
    yield browser
    browser.quit()
