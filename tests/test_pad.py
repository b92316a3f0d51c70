"""The drawing pad keeps drawings with their labels and teaches the models; here without a page."""

import base64
import errno
import io
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import handwriting
import helpers
from common.notebooks import ROOT

DRAWING = (ROOT / "data" / "pictures" / "drawing.png").read_bytes()  # a three


def url(*ones):
    """A drawing of a one at each of these places from the left, as the page sends it."""
    image, file = Image.new("L", (280, 280), "white"), io.BytesIO()
    for left in ones:
        ImageDraw.Draw(image).line([(left, 50), (left, 230)], fill="black", width=20)
    image.save(file, format="png")
    return as_url(file.getvalue())


def as_url(file):
    return "data:image/png;base64," + base64.b64encode(file).decode()


class Always:
    """A model that predicts always the same."""

    def __init__(self, digit):
        self.digit = digit

    def predict_proba(self, images):
        return np.eye(10)[[self.digit] * len(images)]


def said(told):
    """The words, without the count that ends them."""
    words, total = told["words"].rsplit("\n", 1)
    assert total == f"Kept in all: {sum(told['kept'])}"
    return words


class Page:
    """A pad, all that it says, and what is in its folder."""

    def __init__(self, folder, models):
        self.pad = handwriting.DrawPad(models, folder)
        self.words = []
        self.pad.observe(lambda change: self.words.append(said(change.new)), "told")

    def click(self, what, *given):
        self.pad._handle_custom_msg({"do": what, "with": list(given)}, [])

    def teach(self):
        self.click("teach")
        self.pad._lesson.join(20)
        return self.words[-1]

    def files(self):
        return {path.name: path.read_bytes() for path in sorted(self.pad.folder.glob("*"))}

    def predicted(self):
        return {name: np.argmax(p) for name, p in self.pad.predictions["probabilities"].items()}


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path / "my" / "digits", {"knn": Always(7)})


@pytest.fixture
def lessons(monkeypatch):
    """Stands in for adapting and saving; a list of what was adapted and saved, in order."""
    done = []

    def adapt(name, images, labels):
        done.append((name, len(images), list(labels)))
        return Always(labels[0])

    monkeypatch.setattr(handwriting, "adapt", adapt, raising=False)
    monkeypatch.setattr(helpers, "save_model", lambda model, name: done.append((model.digit, name)))
    return done


def test_the_pad_reads_what_is_drawn():
    pad = handwriting.DrawPad({"svm": helpers.load_model("svm")})
    empty = pad.predictions
    pad.drawing = as_url(DRAWING)
    assert pad.picture == DRAWING and not pad.predictions["nothing"]
    images, probabilities = pad.predictions["images"], pad.predictions["probabilities"]["svm"]
    (image,), (row,) = images, probabilities
    assert len(image) == 784 and np.argmax(row) == 3 and abs(sum(row) - 1) < 0.001
    pad.drawing = url()
    assert not pad.predictions["images"] and pad.predictions["nothing"] != empty["nothing"]
    pad.drawing = ""
    assert pad.picture == b"" and pad.predictions == empty


def test_a_drawing_is_kept_under_the_next_free_number(page):
    assert page.pad.told["kept"] == [0] * 10 and not page.pad.folder.exists()
    page.click("keep", 3, as_url(DRAWING))
    (page.pad.folder / "3-002.png").write_bytes(b"another's")
    for left in (80, 120):
        page.click("keep", 3, url(left))
        assert page.pad.told["change"] == "kept"
    page.click("keep", 0, url(80))
    assert list(page.files()) == ["0-000.png", *[f"3-00{number}.png" for number in range(4)]]
    assert page.files()["3-000.png"] == DRAWING and page.files()["3-002.png"] == b"another's"
    assert as_url(page.files()["3-003.png"]) == url(120)
    assert page.pad.told["kept"] == [1, 0, 0, 4, 0, 0, 0, 0, 0, 0]
    (page.pad.folder / "0123.jpg").write_bytes(b"a photograph")
    again = handwriting.DrawPad({}, page.pad.folder)
    assert again.told["kept"] == page.pad.told["kept"]


@pytest.mark.parametrize("drawing", ["", url(), url(80, 200)])
def test_only_one_digit_is_kept_and_the_pad_says_why(page, drawing):
    page.click("keep", 1, drawing)
    page.click("keep", 1, drawing)
    assert page.pad.told["change"] == "refused" and not page.pad.folder.exists()
    first, second = page.words  # the same words again, for those who cannot see them
    assert first == second and first.startswith("Not kept. ")
    assert "draw" in first.lower()


def test_what_was_kept_last_is_taken_back_and_nothing_else(page):
    page.pad.folder.mkdir(parents=True)
    (page.pad.folder / "3-000.png").write_bytes(b"of another day")
    page.click("keep", 3, url(80))
    page.click("keep", 5, url(80))
    for left in (["3-000.png", "3-001.png"], ["3-000.png"]):
        page.click("take back")
        assert page.pad.told["change"] == "taken back" and list(page.files()) == left
        assert sum(page.pad.told["kept"]) == len(left)
    page.click("take back")
    assert page.pad.told["change"] == "" and list(page.files()) == ["3-000.png"]


def test_a_full_disk_or_a_file_in_the_way_loses_nothing(page, monkeypatch):
    def full(path, content):
        path.open("wb").close()
        raise OSError(errno.ENOSPC, "No space left on device")

    page.click("keep", 1, url(80))
    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        page.click("keep", 1, url(120))
    assert page.pad.told["change"] == "refused" and page.pad.drawing == url(120)
    assert "No space left" in page.words[-1] and "Make room" in page.words[-1]
    assert list(page.files()) == ["1-000.png"] and page.pad.told["kept"][1] == 1
    page.pad.folder = page.pad.folder / "1-000.png"
    page.click("keep", 1, url(120))
    assert page.pad.told["change"] == "refused" and as_url(page.pad.folder.read_bytes()) == url(80)


def test_the_models_are_taught_one_after_the_other_and_predict_at_once(tmp_path, lessons):
    models = {"knn": Always(7), "mine": Always(8), "cnn": Always(9)}
    page, before = Page(tmp_path, models), dict(models)
    for _ in range(2):
        page.click("keep", 1, url(80))
    (tmp_path / "IMG_1.png").write_bytes(DRAWING)
    page.pad.drawing = url(90)
    assert page.predicted() == {"knn": 7, "mine": 8, "cnn": 9}
    *progress, last = page.teach() and page.words[2:]
    assert progress == ["Teaching knn, 1 of 2 …", "Teaching cnn, 2 of 2 …"]
    assert "Digits used: 2" in last and "IMG_1.png is skipped" in last
    assert lessons == [("knn", 2, [1, 1]), (1, "knn"), ("cnn", 2, [1, 1]), (1, "cnn")]
    assert page.predicted() == {"knn": 1, "mine": 8, "cnn": 1} and models == before


def test_a_lesson_stops_no_answers_and_no_second_one_begins(page, lessons, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(name, images, labels, adapt=handwriting.adapt):
        begun.set()
        assert go_on.wait(20)
        return adapt(name, images, labels)

    monkeypatch.setattr(handwriting, "adapt", slow)
    page.click("keep", 1, url(80))
    page.click("teach")
    assert begun.wait(20)
    page.click("teach")
    page.pad.drawing = url(90)
    assert page.predicted() == {"knn": 7}
    page.click("keep", 1, url(90))
    assert page.pad.told["kept"][1] == 2
    page.pad.drawing = url(100)
    go_on.set()
    page.pad._lesson.join(20)
    assert page.predicted() == {"knn": 1} and len(lessons) == 2
    page.teach()
    assert lessons[2] == ("knn", 2, [1, 1])


def test_what_other_cells_print_while_the_folder_is_read_is_not_lost(
    page, lessons, monkeypatch, capsys
):
    begun, go_on = threading.Event(), threading.Event()

    def slow(*given, load_folder=handwriting.load_folder):
        begun.set()
        assert go_on.wait(20)
        return load_folder(*given)

    monkeypatch.setattr(handwriting, "load_folder", slow)
    page.click("keep", 1, url(80))
    page.click("teach")
    assert begun.wait(20)
    print("of another cell")
    go_on.set()
    page.pad._lesson.join(20)
    assert capsys.readouterr().out == "of another cell\n"
    assert page.words[-1] == "Taught knn. Digits used: 1"


def test_what_stops_a_lesson_is_said_and_what_was_kept_stays(tmp_path, lessons, monkeypatch):
    page = Page(tmp_path, {"knn": Always(7), "svm": Always(7)})
    assert page.teach() == "Teaching stopped: no digit is kept. Draw some, and say what each was."

    def full(model, name):
        if name == "svm":
            raise OSError("svm.skops could not be saved")

    monkeypatch.setattr(helpers, "save_model", full)
    page.click("keep", 1, url(80))
    page.pad.drawing = url(90)
    assert page.teach() == "Teaching stopped: svm.skops could not be saved"
    page.pad.drawing = url(100)
    assert page.predicted() == {"knn": 1, "svm": 7} and list(page.files()) == ["1-000.png"]
    monkeypatch.setattr(helpers, "save_model", lambda model, name: None)
    assert page.teach() == "Taught knn, svm. Digits used: 1"


def test_to_import_loads_nothing_and_the_pad_alone_needs_anywidget():
    code = """import sys; sys.path.insert(0, ".."); sys.modules["anywidget"] = None
import handwriting; assert not {"numpy", "scipy", "sklearn", "PIL"} & {*sys.modules}
import numpy as np; assert handwriting.read_digits(np.zeros((60, 60), np.uint8)) == []"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT / "notebooks", check=True)


def test_the_page_of_the_pad_loads_nothing_from_elsewhere():
    source = Path(handwriting.__file__).with_name("pad.js").read_text(encoding="utf-8")
    assert "export default" in source and not any(w in source for w in ("http", "import", "fetch"))
