"""What several tests need: a headless Chromium, and whether disks may be mounted."""

import os
import shutil
import subprocess

import pytest
from selenium import webdriver

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
NEEDED = "DIGITS_BROWSER" in os.environ  # set by .ci/run, which installs the browser
# Whether disks may be mounted and networks taken away: as root on Linux.
MAY_MOUNT = bool(shutil.which("unshare")) and not subprocess.call(
    ["unshare", "--mount", "--net", "true"], stderr=subprocess.DEVNULL
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    if not (CHROMIUM and DRIVER) and not NEEDED:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--window-size=1200,1400",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()
