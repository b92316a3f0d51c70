"""The drawing pad, seen from the kernel; tests/test_browser.py sees it from the page."""

import base64
import datetime
import re

import matplotlib
import nbformat
import numpy as np
import pytest

import helpers
from helpers.data import ROOT

matplotlib.use("Agg")
NOTEBOOK = ROOT / "notebooks" / "07-recognise-your-own-digits.ipynb"
DRAWING = (ROOT / "data" / "pictures" / "drawing.png").read_bytes()


def as_url(file):
    return "data:image/png;base64," + base64.b64encode(file).decode()


@pytest.fixture
def pad():
    return helpers.DrawPad({"cnn": helpers.load_model("cnn")})


def test_a_drawing_is_read(pad):
    pad.drawing = as_url(DRAWING)
    assert pad.picture == DRAWING
    (digit,) = pad.answers["digits"]
    assert len(digit["image"]) == 784 and max(digit["image"]) == 255
    assert np.argmax(digit["chances"]["cnn"]) == 3
    assert sum(digit["chances"]["cnn"]) == pytest.approx(1, abs=0.001)
    assert pad.answers["message"].startswith("cnn: 3 (")


def test_an_empty_pad_has_no_answer(pad):
    pad.drawing = as_url(DRAWING)
    pad.drawing = ""
    assert pad.picture == b"" and pad.answers["digits"] == []
    assert pad.answers["message"] == "Draw a digit."


def test_what_the_page_may_send_breaks_nothing(pad):
    for drawing in ("data:image/png;base64,", "no picture", as_url(DRAWING[:300])):
        pad.drawing = drawing
        assert pad.answers["digits"] == [] and "No digit found" in pad.answers["message"]


def test_the_page_loads_nothing_from_elsewhere():
    source = (ROOT / "helpers" / "drawpad.js").read_text(encoding="utf-8")
    assert "export default" in source
    assert not re.search(r"https?:|\bimport\b|\bfetch\b", source)


def test_an_uploaded_photograph_is_annotated(monkeypatch, capsys):
    """The upload cell of notebook 07, with files as the page sends them."""
    shown, names = [], {"models": {"cnn": helpers.load_model("cnn")}}
    monkeypatch.setattr(helpers, "show", lambda figure, alt: shown.append(alt))
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if "import ipywidgets" in cell.source:
            exec(cell.source.split("\n\npictures =")[0], names)
        elif "readme-picture" in tags:
            exec(cell.source.split("\n\n\n")[0], names)  # the function alone
        elif "upload" in tags:
            exec(cell.source, names)
    page = (ROOT / "data" / "pictures" / "page.jpg").read_bytes()
    for content in (page, b"no picture"):
        file = {"name": "a.jpg", "type": "image/jpeg", "size": len(content)}
        file |= {"content": memoryview(content), "last_modified": datetime.datetime.now()}
        names["upload"].value = (file,)
    assert len(shown) == 1 and "416204289167957597518" in shown[0]
    assert "cannot identify" in capsys.readouterr().out
