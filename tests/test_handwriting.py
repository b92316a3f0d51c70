"""Pictures become digits as MNIST has them, in reading order; what is no picture is refused."""

import datetime
import io
import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage import morphology

import handwriting.likeness
import handwriting.opening
import helpers
from common.notebooks import ROOT, run_cells, tags
from common.photographs import photograph

PICTURES = ROOT / "data" / "pictures"
WRITTEN = json.loads((PICTURES / "labels.json").read_text(encoding="utf-8"))
NOTEBOOK = ROOT / "notebooks" / "08-recognise-your-own-digits.ipynb"
IMAGES, LABELS = helpers.load_mnist("validation")
THREE = "".join(map(str, LABELS[[0, 2, 5]]))
ROW = 255 - np.pad(np.hstack(IMAGES[:3].repeat(2, axis=1).repeat(2, axis=2)), 20)  # 3 digits


load_model = cache(helpers.load_model)


def read(picture):
    digits = np.array([digit.image for digit in handwriting.read_digits(picture)])
    return "".join(map(str, load_model("svm").predict(digits))) if len(digits) else ""


def boxes(picture):
    return [digit.box for digit in handwriting.read_digits(picture)]


def saved(image, kind="png", **options):
    file = io.BytesIO()
    image.save(file, format=kind, **options)
    return file.getvalue()


def enlarged(image, height):
    """A digit as ink 1 on 0, without margins, some `height` pixels high."""
    digit = image[np.ix_(image.any(axis=1), image.any(axis=0))]
    digit = ndimage.zoom(np.pad(digit, 2), height / len(digit), order=1) > 100
    return digit[np.ix_(digit.any(axis=1), digit.any(axis=0))]


def sheet(*digits, shape=(400, 900)):
    """A sheet of grey paper with digits of MNIST: (number, height, top, left)."""
    ink = np.zeros(shape)
    for number, height, top, left in digits:
        digit = enlarged(IMAGES[number], height)
        ink[top : top + digit.shape[0], left : left + digit.shape[1]] += digit
    return np.uint8(235 - 195 * np.clip(ndimage.gaussian_filter(ink, 0.8), 0, 1))


def drawn(size, *strokes, width=14):
    image = Image.new("L", size, "white")
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, fill="black", width=width, joint="curve")
    return image


@pytest.mark.parametrize("name", WRITTEN)
def test_the_bundled_pictures_are_read(name):
    assert read(PICTURES / name) == read(str(PICTURES / name)) == WRITTEN[name]


def test_digits_are_framed_as_in_mnist():
    for number, (image, (left, top, right, bottom)) in enumerate(handwriting.read_digits(ROW)):
        assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255
        assert max(np.ptp(np.nonzero(image > 100), axis=1) + 1) in (19, 20)
        assert np.abs(np.subtract(ndimage.center_of_mass(image), 14)).max() <= 0.6
        assert 20 + 56 * number < left < right < 76 + 56 * number and 20 < top < bottom < 76
    for image in [*IMAGES[:100], *(255 - IMAGES[:100])]:  # what is framed is left as it is
        (digit,) = handwriting.read_digits(image)
        assert (digit.image == np.where(image[0, 0], 255 - image, image)).all()


def test_every_kind_of_picture_gives_the_same():
    image, sixteen, exif = Image.fromarray(ROW), ROW.astype(np.uint16) * 257, Image.Exif()
    exif[0x0112] = 6  # rotate by 90° to view
    file, turned = saved(image), saved(image.transpose(Image.Transpose.ROTATE_90), exif=exif)
    arrays = [255 - ROW, ROW / 255, np.stack([ROW] * 3, axis=2), ROW[..., None], sixteen]
    for shade in (0, 255):  # ink on a transparent ground
        arrays.append(np.dstack([*[np.full_like(ROW, shade)] * 3, 255 - ROW]))
    images = [image.convert(mode) for mode in ("L", "RGB", "P", "CMYK", "I", "F")]
    files = [file, memoryview(file), io.BytesIO(file), turned, saved(Image.fromarray(sixteen))]
    images.append(Image.fromarray(np.float32(ROW / 255)))
    files.append(saved(image, "mpo", save_all=True, append_images=[image]))  # as telephones do
    for number, picture in enumerate(arrays + images + files):
        assert boxes(picture) == boxes(ROW), number
    assert len(boxes(ROW)) == len(boxes(ROW > 127)) == len(boxes(image.convert("1"))) == 3


def lines(paper):
    return np.where((np.arange(len(paper)) % 40 // 2 == 10)[:, None], np.minimum(paper, 160), paper)


NOISE = np.random.default_rng(0).normal(0, 1, (400, 900))
CORRUPTIONS = {
    "ruled": lines,
    "squared": lambda paper: lines(lines(paper).T).T,
    "in shadow": lambda paper: paper * np.where(np.add(*np.indices(paper.shape)) > 550, 0.55, 1),
    "unevenly lit": lambda paper: paper * np.linspace(1, 0.4, paper.shape[1]),
    "with a dark edge": lambda paper: np.pad(paper[:380, 40:], ((0, 20), (40, 0))),
    "dirty": lambda paper: np.where(ndimage.maximum_filter(NOISE, 3) > 4, 60, paper + 12 * NOISE),
    "on a desk": lambda paper: np.pad(paper, 200, constant_values=50),
    "faint": lambda paper: 103 + 0.2 * paper,
    "chalk": lambda paper: 255 - paper,
}


@pytest.mark.parametrize(
    "kinds",
    [*CORRUPTIONS, "ruled, in shadow, dirty", "squared, on a desk", "squared, unevenly lit"],
)
def test_what_happens_to_paper_changes_no_prediction(kinds):
    paper = sheet((0, 120, 100, 60), (2, 120, 120, 450), (5, 120, 90, 600))
    for kind in kinds.split(", "):
        paper = np.uint8(np.clip(CORRUPTIONS[kind](paper), 0, 255))
    assert read(paper) == THREE


@pytest.mark.parametrize("margin", [0, 5, 20])
def test_one_digit_may_fill_its_picture(margin):
    pictures = (235 - 190 * np.pad(np.uint8(enlarged(i, 200)), margin) for i in IMAGES[:40])
    assert sum(read(p) == str(label) for p, label in zip(pictures, LABELS)) >= 39


def touching(left, right):
    """Digits, and one of MNIST pushed towards them until it touches."""
    sides = left[:, ::-1] > 127, right > 127
    free = sum(np.where(ink.any(axis=1), ink.argmax(axis=1), 28) for ink in sides)
    pair = np.zeros((28, left.shape[1] + 27 - free.min()), np.uint8)
    pair[:, : left.shape[1]] = left
    pair[:, -28:] = np.maximum(pair[:, -28:], right)
    return pair


def as_picture(digits, scale, pen=0):
    """Dark ink on light paper, `scale` times as large, the outline moved by `pen` pixels."""
    ink = ndimage.zoom(np.pad(digits, 4) / 255, scale, order=1) > 0.45
    reach = ndimage.distance_transform_edt(~ink) <= pen if pen else ink
    return np.uint8(235 - 200 * ndimage.gaussian_filter(reach * 1.0, 0.7))


def test_touching_digits_are_cut():
    pairs = [(number, number + 100, 2 + number % 3 * 2) for number in range(48)]
    pictures = [as_picture(touching(IMAGES[a], IMAGES[b]), scale) for a, b, scale in pairs]
    found = [read(picture) for picture in pictures]
    assert sum(f == f"{LABELS[a]}{LABELS[b]}" for f, (a, b, _) in zip(found, pairs)) >= 42


def test_three_digits_that_touch_are_cut_twice():
    first, second, third = (IMAGES[number] for number in (4, 104, 204))
    picture = as_picture(touching(touching(first, second), third), 4)
    assert read(picture) == "".join(str(LABELS[number]) for number in (4, 104, 204))


def test_single_digits_and_other_hairlines_are_left_whole():
    for number, digit in enumerate(IMAGES[:90]):
        assert len(boxes(as_picture(digit, 4, pen=number % 3 * 2))) == 1, number
    zigzag = [(60, 60), (130, 340), (200, 60), (270, 340), (340, 60)]
    assert len(boxes(drawn((400, 400), zigzag, width=1))) == 1


TEN = sheet(*[(n, 80, 60 + 170 * (n // 5), 50 + 150 * (n % 5)) for n in range(10)])


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_page_may_lie_on_its_side_or_upside_down(turns):
    turned = np.rot90(TEN, turns)
    assert read(turned) == "".join(map(str, LABELS[:10]))
    for digit, box in zip(handwriting.read_digits(turned), boxes(TEN), strict=True):
        ink = np.zeros(TEN.shape)  # the upright box, turned with the page
        ink[box[1] : box[3], box[0] : box[2]] = 1
        rows, columns = np.nonzero(np.rot90(ink, turns))
        edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert np.abs(np.subtract(digit.box, edges)).max() <= 4


def test_few_digits_are_never_turned():
    six = IMAGES[LABELS == 6][:6]
    for count in (1, 5):
        row = np.rot90(255 - np.pad(np.hstack(six[:count].repeat(4, 1).repeat(4, 2)), 30), 2)
        assert read(row) == "9" * count


def test_what_is_framed_or_narrow_needs_no_training_digits(monkeypatch):
    monkeypatch.setattr(handwriting.likeness, "knn", lambda: 1 / 0)
    for picture in (IMAGES[0], drawn((300, 300), [(150, 60), (140, 240)])):
        assert len(boxes(picture)) == 1
    with pytest.raises(ZeroDivisionError):
        boxes(TEN)


def test_an_xray_says_what_became_of_each_piece():
    paper = sheet((0, 90, 40, 40), (2, 90, 40, 200), (5, 90, 40, 340))
    pair = as_picture(touching(IMAGES[7], IMAGES[107]), 4)
    paper[40 : 40 + len(pair), 500 : 500 + pair.shape[1]] = pair
    image = Image.fromarray(paper)
    pen = ImageDraw.Draw(image)
    pen.line([(50, 240), (110, 235)], fill=40, width=8)  # the loose top of a 5
    pen.line([(55, 250), (50, 290), (95, 285), (110, 310), (90, 335), (45, 330)], 40, 8, "curve")
    pen.line([(270, 230), (210, 230), (210, 330), (270, 330)], fill=40, width=8)  # an E
    pen.line([(210, 280), (260, 280)], fill=40, width=8)
    pen.ellipse([340, 240, 430, 330], fill=40)
    pen.line([(500, 350), (780, 355)], fill=40, width=8)
    pen.ellipse([500, 250, 507, 257], fill=40)
    figure = handwriting.xray(image)
    page, *seen = figure.axes
    texts = [text.get_text().strip() for text in page.texts]
    for fate in ("too thick: a blot", "too long: a line", "too small"):
        assert texts.count(fate) == 1
    names = [axis.get_title() for axis in seen]
    assert len(names) == len(boxes(image)) == len(texts) - 3 == len(page.patches) - 3 == 7
    assert [name[0] for name in names] == list("1234567")
    assert sum("cut" in text for text in texts) == 2 and sum("joined" in t for t in texts) == 1
    assert [name for name in names if name[1:]] == ["7 no digit"] and "7 no digit" in texts
    assert page.get_title() == "6 digits found, 1 no digit"
    lines = [patch.get_linestyle() for patch in page.patches]
    assert sorted(map(lines.count, set(lines))) == [1, 3, 6]  # never by colour alone
    assert "turned by 90°" in handwriting.xray(np.rot90(TEN, 3)).axes[0].get_title()
    for picture, count in ((IMAGES[0], 1), (np.zeros((90, 90), np.uint8), 0)):
        assert len(handwriting.xray(picture).axes) == 1 + count
    with pytest.raises(ValueError, match="cannot read the picture"):
        handwriting.xray(b"no picture")


SEVEN = [(110, 100), (290, 100), (200, 320)]
BOWL = [(115, 75), (110, 140), (150, 127), (195, 155), (200, 190), (170, 235), (95, 220)]
LETTER = [[(90, 250), (90, 60), (195, 68), (203, 132), (90, 155), (203, 250)]]  # an R
FIVE = drawn((300, 300), [(125, 60), (200, 55)], BOWL)  # its top is loose
BROKEN = drawn((400, 340), [(60, 80), (55, 180)], [(54, 195), (50, 300)], SEVEN)  # its 1
ONES = [[(left + 80, 40), (left, 200)] for left in (60, 110, 160)]  # their boxes overlap
DRAWINGS = [(drawn((400, 400), SEVEN, width=width), "7") for width in (1, 2, 40, 60)]
LOOP = [(190, 90), (150, 70), (115, 100), (120, 150), (160, 165), (188, 140)]
NINE = drawn((300, 340), LOOP, [(200, 80), (202, 150), (190, 290)], width=1)  # with a gap
FOUR = drawn((300, 340), [(120, 70), (100, 180), (180, 175)], [(190, 90), (188, 280)], width=1)
DRAWINGS += [(NINE, "9"), (FOUR, "4")]
DRAWINGS += [(FIVE, "5"), (BROKEN, "17"), (drawn((500, 260), *ONES, width=13), "111")]
DRAWINGS += [(sheet((0, 260, 60, 60), (2, 80, 200, 450), (5, 70, 110, 600)), THREE)]


@pytest.mark.parametrize("picture, label", DRAWINGS)
def test_strokes_are_joined_and_brought_to_the_width_of_mnist(picture, label):
    assert read(picture) == label
    for digit in handwriting.read_digits(picture):
        ink = digit.image > 127
        assert 1.5 < ink.sum() / morphology.skeletonize(ink).sum() < 5.5


@pytest.mark.parametrize("degrees", [0, 9, -9])
def test_lines_are_read_in_order_even_if_they_slope(degrees):
    places = [(n, 60, 220 + 110 * (n // 10), 40 + 110 * (n % 10)) for n in range(20)]
    turned = Image.fromarray(sheet(*places, shape=(600, 1200))).rotate(degrees, fillcolor=235)
    turn = np.exp(-1j * np.radians(degrees))
    for (_, _, top, left), box in zip(places, boxes(turned), strict=True):
        middle = complex(box[0] + box[2], box[1] + box[3]) / 2
        assert abs((left + 20 + 1j * (top + 30) - 600 - 300j) * turn + 600 + 300j - middle) < 40


def test_simulated_photographs_are_read():
    right = 0
    for seed in range(12):
        generator = np.random.default_rng([1, seed])
        chosen = generator.choice(len(IMAGES), 10, replace=False)
        found, truth = read(photograph(IMAGES[chosen], generator)), LABELS[chosen]
        right += sum(a == str(label) for a, label in zip(found, truth) if len(found) == 10)
    assert right >= 118  # 98 %


def test_blank_pictures_have_no_digits_and_large_ones_are_left_as_they_were():
    assert not any(boxes(np.full((60, 80), value, np.uint8)) for value in (0, 128, 255))
    image = Image.open(io.BytesIO(saved(Image.new("RGB", (4000, 3000), "white"), "jpeg")))
    assert boxes(image) == [] and image.size == (4000, 3000)


FILM = [Image.new("L", (50, 50), shade) for shade in (0, 255)]
REFUSED = ["no-such-file.png", b"not a picture", b"", io.BytesIO(b"GIF"), 42, None, [[0, 1]]]
REFUSED += [np.zeros((0, 5), np.uint8), np.zeros(20), np.zeros((20, 20, 5), np.uint8)]
REFUSED += [np.full((20, 20), value) for value in (np.nan, 7.0, -0.1, 1, 1j, "a", None)]
REFUSED += [Image.new(*new) for new in (("L", (0, 5)), ("F", (50, 50), -1), ("I", (50, 50), -1))]
REFUSED += [saved(Image.fromarray(ROW))[:900], saved(*FILM[:1], save_all=True, append_images=FILM)]
REFUSED += [saved(Image.new("1", (20_000, 20_000)))]  # 400 million pixels in a small file


@pytest.mark.parametrize("picture", REFUSED)
def test_what_is_no_picture_is_refused_in_words(picture):
    with pytest.raises(ValueError) as caught:
        handwriting.read_digits(picture)
    assert len(str(caught.value)) > 60 and " at 0x" not in str(caught.value)


def test_a_folder_is_read_by_its_names_and_what_fails_is_named(tmp_path, capsys, monkeypatch):
    whole = saved(Image.fromarray(ROW))
    names = f"{THREE}.png", f"{THREE}-monday.png", "12.png", "20260118_123456.png"
    files = dict.fromkeys(names, whole) | {"3.png": whole[:900], "notes.txt": b"no picture"}
    files |= {".hidden.png": b"", "4.heic": b"\0\0\0\x18ftypmif1\0\0\0\0heic" + bytes(900)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "another.folder").mkdir()
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path.parent))
    images, labels = handwriting.load_folder(Path("~", tmp_path.name))
    assert images.dtype == labels.dtype == np.uint8 and "".join(map(str, labels)) == 2 * THREE
    assert np.array_equal(images, [digit.image for digit in 2 * handwriting.read_digits(ROW)])
    said = dict(line.split(" is skipped: ") for line in capsys.readouterr().out.splitlines())
    assert set(said) == {"12.png", "20260118_123456.png", "3.png", "notes.txt", "4.heic"}
    assert "2 digits, and 3 were found" in said["12.png"]
    assert re.search('HEIC .* JPEG, .*"Most Compatible"', said["4.heic"])
    assert "0123.jpg" in said["20260118_123456.png"] and "cannot read" in said["3.png"]
    images, labels = handwriting.load_folder(str(tmp_path / "no such folder"))
    assert images.shape == (0, 28, 28) and labels.shape == (0,)


def test_a_bug_of_ours_is_not_blamed_on_the_picture(monkeypatch):
    monkeypatch.setattr(handwriting.opening, "as_bytes", lambda array: 1 / 0)
    for picture in (ROW, Image.fromarray(ROW).convert("F")):
        with pytest.raises(ZeroDivisionError):
            handwriting.read_digits(picture)


def test_any_array_gives_digits_and_any_damaged_file_digits_or_a_value_error():
    hypothesis = pytest.importorskip("hypothesis")
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import arrays

    def damaged(kind, changes, end):
        file = bytearray(saved(Image.fromarray(ROW), kind))
        for place, value in changes:
            file[place % len(file)] = value
        return bytes(file[: max(end, 50)])

    sides, places = st.integers(1, 60), st.integers(0, 3000)
    pictures = arrays(np.uint8, st.tuples(sides, sides, st.sampled_from([1, 3, 4])))
    kinds = st.sampled_from(["png", "jpeg", "gif", "bmp", "tiff", "webp"])
    pictures |= st.builds(damaged, kinds, st.lists(st.tuples(places, sides)), places)

    @hypothesis.settings(max_examples=150, deadline=None)
    @hypothesis.given(pictures)
    def check(picture):
        try:
            digits = handwriting.read_digits(picture)
        except ValueError as error:
            assert isinstance(picture, bytes) and "cannot read the picture" in str(error)
            return
        for image, (left, top, right, bottom) in digits:
            assert image.max() > 0 and 0 <= left <= right and 0 <= top <= bottom

    check()


def test_the_upload_cell_reads_photographs_and_names_bad_files(monkeypatch, capsys):
    shown, wanted = [], {"readings", "readme-picture", "upload"}
    names = {"Path": Path, "page": Image.open(PICTURES / "page.jpg")}
    monkeypatch.chdir(NOTEBOOK.parent)
    quick = {"knn": "knn", "svm": "svm", "cnn": "svm"}
    monkeypatch.setattr(helpers, "load_model", lambda name: load_model(quick[name]))
    monkeypatch.setattr(helpers, "show", lambda figure, alt: shown.append(alt))
    run_cells(NOTEBOOK, lambda c: "import ipywidgets" in c.source or wanted & set(tags(c)), names)
    good, letter = (PICTURES / "page.jpg").read_bytes(), drawn((300, 300), *LETTER)
    files = {"a.jpg": b"no picture", "b.heic": b"\0\0\0\x18ftypheic" + bytes(99), "c.jpg": good}
    files |= {"blank.png": saved(Image.new("L", (300, 300), "white")), "d.png": saved(letter)}
    names["upload"].value = [
        {"name": name, "type": "image", "size": len(content), "content": memoryview(content)}
        | {"last_modified": datetime.datetime.now()}
        for name, content in files.items()
    ]
    page, photograph, of_letter = shown  # the lesson's own, and what is good among the files
    assert page.endswith(f": {' '.join(WRITTEN['page.jpg'])}.")
    assert photograph == page.replace("The page", "c.jpg")
    assert of_letter.startswith("d.png") and of_letter.endswith(": no digit.")
    said = capsys.readouterr().out
    lines = r"a\.jpg: .*JPEG or PNG.*\nb\.heic: .*HEIC.*\nblank\.png: no digits found"
    assert re.search(lines, said)
    # In ipywidgets 7, as on Colab, the value is a dictionary.
    names["upload"] = SimpleNamespace(value={"c.jpg": {"metadata": {}, "content": good}})
    names["read_upload"](None)
    assert shown[-1] == photograph and len(shown) == 4
    # A KNN of one's own, from notebook 03, has no threshold: the digits are read all the same.
    names["models"]["knn"] = names["models"]["svm"]
    names["annotate"](names["page"], "The page")
    assert shown[-1] == page and "notebook 07" in capsys.readouterr().out
