"""The drawing pad in a real JupyterLab and a real browser: draw, look, teach, and draw again."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time

import nbformat
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from common.notebooks import LESSONS, ROOT, read, tags

pytestmark = pytest.mark.browser
THREE = [(-50, -70), (0, -90), (45, -65), (35, -20), (-10, -5), (45, 45), (0, 90), (-50, 70)]
SEVEN = [(-55, -85), (55, -85), (15, 0), (-15, 90)]
NAMES = "knn", "svm", "cnn"


def one_with_a_nose(nose, lean):
    """A 1 as many write it, with a nose so long that the shipped models see a 7."""
    return [(30 - nose, -25), (30, -90), (30 - lean, 90)]


def pad_notebook():
    """What the pad and the upload need of their lesson: set-up, imports, and their own cells."""
    (lesson,) = [path for path in LESSONS if path.stem.endswith("recognise-your-own-digits")]
    notebook = read(lesson)
    setup, imports, *others = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [cell for cell in others if "DrawPad(" in cell.source or "upload" in tags(cell)]
    notebook.cells = [setup, imports, *shown]
    for cell in notebook.cells:
        cell.outputs = []
        cell.metadata.jupyter = {"source_hidden": True}  # so that all cells fit on the screen
    return notebook


@pytest.fixture(scope="module")
def lab(page, tmp_path_factory):
    """The address of a notebook with the pad, in a JupyterLab on a copy of the course."""
    folder = tmp_path_factory.mktemp("course with a space")
    for part in ("notebooks", "helpers", "data"):
        shutil.copytree(ROOT / part, folder / part)
    nbformat.write(pad_notebook(), folder / "notebooks" / "pad.ipynb")
    with socket.create_server(("127.0.0.1", 0)) as free:
        host, port = free.getsockname()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}"]
    command += ["--IdentityProvider.token=digits", "--allow-root"]
    own = {"DIGITS_MODELS": folder / "models", "JUPYTER_CONFIG_DIR": folder / "settings"}
    server = subprocess.Popen(command, cwd=folder, env=os.environ | own)
    deadline = time.monotonic() + 60
    while socket.socket().connect_ex((host, port)):
        assert server.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    yield f"http://{host}:{port}/lab/tree/notebooks/pad.ipynb?token=digits"
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def notebook(lab, page):
    """The page with that notebook, run from top to bottom."""
    page.get(lab)
    # The kernel is there when the status bar says so; the toolbar says it too early.
    page.find_element("xpath", "//*[contains(text(), ') | Idle')]")
    page.find_element("xpath", "//li[contains(@class, 'lm-MenuBar-item')][.='Run']").click()
    page.find_element("css selector", "[data-command='runmenu:run-all']").click()
    page.find_element("css selector", "button.widget-upload")  # it comes last
    return page


def predictions(page):
    """What each model says, read off the page."""
    return dict(re.findall(r"(\w+): (\d)", page.find_element("class name", "summary").text))


def told(page):
    """What the pad says beside that."""
    return page.find_element("class name", "told").text


def wait_until_told(page, words):
    """Wait for these words; what stops the lesson ends the wait, too."""
    WebDriverWait(page, 300).until(lambda page: re.search(f"{words}|stopped", told(page)))
    assert words in told(page)


def click(page, name):
    """Click the button of this name with the mouse."""
    named = f".='{name}' or starts-with(@aria-label, '{name}')"
    page.find_element("xpath", f"//button[{named}]").click()


def draw(page, points):
    """Draw with the mouse; return what the models say."""
    paper = page.find_element("class name", "paper")
    mouse = ActionChains(page, duration=20)
    mouse.move_to_element_with_offset(paper, *points[0]).click_and_hold()
    for point in points[1:]:
        mouse.move_to_element_with_offset(paper, *point)
    mouse.release().perform()
    return WebDriverWait(page, 20).until(predictions)


def test_drawn_digits_are_read_on_the_page(notebook):
    page, wait = notebook, WebDriverWait(notebook, 20)
    # Like the pad the upload needs no mouse: the Tab key finds the button.
    upload = page.find_element("css selector", "button.widget-upload")
    assert upload.is_enabled() and upload.get_attribute("tabIndex") == "0"
    page.execute_script("arguments[0].focus()", upload)
    assert page.switch_to.active_element == upload and upload.text.startswith("Photograph")
    for digit, points in {"3": THREE, "7": SEVEN}.items():
        assert draw(page, points) == dict.fromkeys(NAMES, digit)
        click(page, "Clear")
        wait.until_not(predictions)


def test_the_pad_needs_no_mouse(notebook):
    page, wait, keys = notebook, WebDriverWait(notebook, 20), ActionChains(notebook)
    one = Keys.ARROW_UP * 9 + " " + Keys.ARROW_DOWN * 18 + " "
    paper = page.find_element("class name", "paper")
    paper.send_keys(one[:10])
    held = "arguments[0].dispatchEvent(new KeyboardEvent('keydown', {key: ' ', repeat: true}))"
    page.execute_script(held, paper)  # the bar a moment longer: the pen stays down
    paper.send_keys(one[10:])
    assert set(wait.until(predictions).values()) == {"1"}
    keys.send_keys(Keys.TAB * 4, " ").perform()  # past Undo, Clear and 0
    wait.until_not(predictions)
    assert told(page).startswith("Kept as a 1")
    keys.send_keys(Keys.TAB * 9, Keys.ENTER).perform()  # to Take back
    assert set(wait.until(predictions).values()) == {"1"} and "Kept in all: 0" in told(page)
    click(page, "Undo")
    wait.until_not(predictions)


def test_a_palm_beside_the_finger_draws_nothing(notebook):
    page, wait = notebook, WebDriverWait(notebook, 20)
    paper = page.find_element("class name", "paper")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", paper)
    box = page.execute_script("return arguments[0].getBoundingClientRect()", paper)

    def touch(kind, *points):
        places = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in points]
        given = [place | {"id": number} for number, place in enumerate(places)]
        page.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})

    touch("touchStart", (140, 50))
    touch("touchMove", (140, 90))
    touch("touchStart", (140, 90), (250, 200))
    for row in range(100, 240, 10):
        touch("touchMove", (140, row), (250, 200 + row % 20))
    touch("touchEnd")
    assert set(wait.until(predictions).values()) == {"1"}
    click(page, "Clear")
    wait.until_not(predictions)


def test_a_drawing_that_is_being_kept_cannot_be_cleared(notebook):
    page, wait = notebook, WebDriverWait(notebook, 20)
    draw(page, THREE)
    at_once = "for (const name of ['It was a 3', 'Clear']) [...document.querySelectorAll('button')]"
    at_once += (
        ".find((button) => `${button.ariaLabel}${button.textContent}`.includes(name)).click()"
    )
    page.execute_script(at_once)
    wait_until_told(page, "Kept as a 3")
    wait.until_not(predictions)
    click(page, "Take back")
    assert wait.until(predictions) == dict.fromkeys(NAMES, "3")
    click(page, "Clear")
    wait.until_not(predictions)


def test_a_one_with_a_long_nose_is_taught(notebook):
    page, wait = notebook, WebDriverWait(notebook, 20)
    for count, (nose, lean) in enumerate([(75, 0), (70, 8), (80, -5), (75, 12), (82, 3), (72, -8)]):
        assert draw(page, one_with_a_nose(nose, lean)) == dict.fromkeys(NAMES, "7")
        if count == 2:  # a mistake: the drawing comes back with its label taken off
            click(page, "It was a 7")
            wait.until_not(predictions)
            click(page, "Take back")
            assert wait.until(predictions) == dict.fromkeys(NAMES, "7")
        if count % 2:
            click(page, "It was a 1")
        else:  # the pad has the focus, not the notebook, where 1 makes a heading
            ActionChains(page).send_keys("1").perform()
        wait.until_not(predictions)
        assert f"1-{count:03}.png" in told(page) and told(page).endswith(f"all: {count + 1}")
    ActionChains(page).send_keys("1").perform()  # nothing is drawn
    wait_until_told(page, "Not kept")
    click(page, "Teach the models")
    wait_until_told(page, "knn, 1 of 3")
    click(page, "Teach the models")
    draw(page, one_with_a_nose(76, 5))
    for words in ("svm, 2 of 3", "cnn, 3 of 3", "Taught knn, svm, cnn. Digits used: 6"):
        wait_until_told(page, words)
    assert predictions(page) == dict.fromkeys(NAMES, "1")  # the drawing that was there
    for digit, points in {"1": one_with_a_nose(78, 4), "7": SEVEN, "3": THREE}.items():
        click(page, "Clear")
        wait.until_not(predictions)
        assert draw(page, points) == dict.fromkeys(NAMES, digit)
