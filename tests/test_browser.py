"""Notebook 07 in a real JupyterLab and a real browser: draw a 3 and a 7, read the answers."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from helpers.data import ROOT

THREE = [(-50, -70), (0, -90), (45, -65), (35, -20), (-10, -5), (40, 20), (45, 65), (0, 90)]
THREE.append((-50, 70))
SEVEN = [(-55, -85), (55, -85), (15, 0), (-15, 90)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on a copy of the course: its address, with the token."""
    folder = tmp_path_factory.mktemp("course with a space")
    for part in ("notebooks", "helpers", "data"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=digits", "--ServerApp.root_dir", str(folder)]
    if os.name == "posix" and os.geteuid() == 0:
        command.append("--allow-root")
    environment = os.environ | {"DIGITS_MODELS": str(folder / "models")}
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        address = f"http://127.0.0.1:{port}/lab{{}}?token=digits"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(address.format(""), timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "lab.log").read_text()
                time.sleep(0.3)
        yield address
        server.terminate()
        server.wait(30)


def wait(browser, seconds, what):
    return WebDriverWait(browser, seconds, poll_frequency=0.01).until(what)


def scroll_to(selector):
    """JupyterLab holds only the cells on the screen in the page: go round until it appears."""

    def step(browser):
        browser.execute_script(
            "document.querySelectorAll('.jp-WindowedPanel-outer').forEach(e => {"
            "  const end = e.scrollTop + e.clientHeight >= e.scrollHeight - 10;"
            "  e.scrollTop = end ? 0 : e.scrollTop + 600; })"
        )
        time.sleep(0.5)
        found = browser.find_elements(By.CSS_SELECTOR, selector)
        if found:
            browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found[0])
        return found

    return step


def answers(browser):
    """What each model says, read off the page."""
    text = browser.find_element(By.CSS_SELECTOR, ".draw-pad .summary").text
    return dict(re.findall(r"(\w+): (\d)", text))


def draw(browser, points):
    """Draw with the mouse; return what the models say, and after how many milliseconds."""
    browser.execute_script(
        "const pad = document.querySelector('.draw-pad');"
        "pad.querySelector('.paper').addEventListener("
        "  'pointerup', () => { window.lifted = performance.now() }, true);"
        "new MutationObserver(() => { window.answered = performance.now() })"
        "  .observe(pad.querySelector('.summary'), {childList: true})"
    )
    paper = browser.find_element(By.CSS_SELECTOR, ".draw-pad canvas.paper")
    mouse = ActionChains(browser, duration=20)
    mouse.move_to_element_with_offset(paper, *points[0]).click_and_hold()
    for point in points[1:]:
        mouse.move_to_element_with_offset(paper, *point)
    mouse.release().perform()
    wait(browser, 20, answers)
    return answers(browser), browser.execute_script("return window.answered - window.lifted")


def test_drawn_digits_are_read_on_the_page(lab, page):
    page.get(lab.format("/tree/notebooks/07-recognise-your-own-digits.ipynb"))
    wait(page, 60, lambda b: b.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-Cell"))
    # The kernel is there when JupyterLab says that it idles.
    wait(page, 60, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-status='idle']"))
    page.find_element(By.XPATH, "//li[contains(@class, 'lm-MenuBar-item')][.='Run']").click()
    wait(
        page,
        10,
        lambda b: b.find_elements(By.CSS_SELECTOR, "[data-command='runmenu:run-all']"),
    )
    page.find_element(By.CSS_SELECTOR, "[data-command='runmenu:run-all']").click()
    wait(page, 300, scroll_to(".draw-pad canvas.paper"))
    wait(page, 120, lambda b: b.find_elements(By.CSS_SELECTOR, "[data-status='idle']"))
    wait(page, 20, scroll_to(".draw-pad canvas.paper"))
    seen = {}
    for digit, points in {"3": THREE, "7": SEVEN}.items():
        seen[digit], milliseconds = draw(page, points)
        print(f"a drawn {digit}: {seen[digit]} after {milliseconds:.0f} ms")
        folder = ROOT / "build"
        folder.mkdir(exist_ok=True)
        page.save_screenshot(str(folder / f"pad-{digit}.png"))
        page.find_element(By.XPATH, "//*[@class='draw-pad']//button[.='Clear']").click()
        wait(page, 10, lambda b: not answers(b))
    assert seen == {digit: dict.fromkeys(("knn", "svm", "cnn"), digit) for digit in seen}
    # the same with the keyboard alone: a 1
    page.find_element(By.CSS_SELECTOR, ".draw-pad canvas.paper").send_keys(
        Keys.ARROW_UP * 9 + " " + Keys.ARROW_DOWN * 18 + " "
    )
    wait(page, 20, answers)
    assert set(answers(page).values()) == {"1"}
    page.find_element(By.XPATH, "//*[@class='draw-pad']//button[.='Undo']").click()
    wait(page, 10, lambda b: not answers(b))
    # the upload, too, is a button that the Tab key finds
    (upload, *_) = wait(page, 60, scroll_to("button.jupyter-widget-upload, button.widget-upload"))
    assert upload.is_enabled() and upload.get_attribute("tabIndex") == "0"
    page.execute_script("arguments[0].focus()", upload)
    assert page.switch_to.active_element == upload and upload.text.startswith("Photograph")
