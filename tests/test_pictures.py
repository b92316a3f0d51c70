"""Pictures become digits as MNIST has them, in reading order; what is no picture is refused."""

import io
import json

import hypothesis.extra.numpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage import morphology

import helpers
from helpers.data import ROOT
from tests.photographs import photograph

PICTURES = ROOT / "data" / "pictures"
LABELS = json.loads((PICTURES / "labels.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def network():
    return helpers.load_model("cnn")


def page(count=3, size=56):
    """Validation digits as dark ink on white paper, in one row."""
    images = helpers.load_mnist("validation")[0][:count]
    big = images.repeat(size // 28, axis=1).repeat(size // 28, axis=2)
    return 255 - np.pad(np.hstack(big), 20)


@pytest.mark.parametrize("name", LABELS)
def test_the_bundled_pictures_are_read(name, network):
    digits = helpers.read_digits(PICTURES / name)
    assert len(digits) == len(LABELS[name])
    answers = network.predict(np.stack([digit.image for digit in digits]))
    assert "".join(map(str, answers)) == LABELS[name]


def test_digits_are_framed_as_in_mnist():
    for image, box in helpers.read_digits(page()):
        assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() == 255
        inked = image > 100
        height, width = np.ptp(np.nonzero(inked), axis=1) + 1
        assert max(height, width) in (19, 20)
        row, column = (image.sum(axis=1 - axis) @ np.arange(28) / image.sum() for axis in (0, 1))
        assert abs(row - 14) <= 0.6 and abs(column - 14) <= 0.6
        left, top, right, bottom = box
        assert 0 <= left < right <= 208 and 0 <= top < bottom <= 96


def test_an_mnist_digit_survives_the_way_through_a_picture():
    originals = helpers.load_mnist("validation")[0][:3].astype(float)
    for original, digit in zip(originals, helpers.read_digits(page())):
        # where a centre of mass lies between two pixels, either is right
        moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        moved = [np.roll(digit.image, move, axis=(0, 1)).ravel() for move in moves]
        same = [np.corrcoef(original.ravel(), image)[0, 1] for image in moved]
        assert max(same) > 0.97


def test_every_kind_of_picture_gives_the_same(tmp_path):
    array = page()
    expected = [digit.box for digit in helpers.read_digits(array)]
    assert len(expected) == 3
    image = Image.fromarray(array)
    image.save(tmp_path / "page.png")
    buffer = io.BytesIO()
    image.save(buffer, format="png")
    ink = Image.new("RGBA", image.size, "black")
    ink.putalpha(Image.fromarray(255 - array))
    for picture in (
        tmp_path / "page.png",
        str(tmp_path / "page.png"),
        buffer.getvalue(),
        image.convert("RGB"),
        image.convert("P"),
        ink,  # on a transparent ground
        255 - array,  # chalk
        array / 255,
        np.stack([array] * 3, axis=2),
    ):
        assert [digit.box for digit in helpers.read_digits(picture)] == expected


def test_the_camera_may_be_turned():
    image = Image.fromarray(page())
    exif = image.getexif()
    exif[0x0112] = 6  # shot with the camera turned: rotate by 90° to view
    buffer = io.BytesIO()
    image.transpose(Image.Transpose.ROTATE_90).save(buffer, format="jpeg", exif=exif)
    assert len(helpers.read_digits(buffer.getvalue())) == 3
    turned = helpers.read_digits(buffer.getvalue())
    assert [digit.box[0] for digit in turned] == sorted(digit.box[0] for digit in turned)


def test_lines_are_read_from_top_to_bottom():
    row = page()
    digits = helpers.read_digits(np.vstack([row, np.roll(row, 15, axis=1)]))
    boxes = np.array([digit.box for digit in digits])
    assert len(boxes) == 6
    assert boxes[:3, 3].max() < boxes[3:, 1].min()
    assert (np.diff(boxes[:3, 0]) > 0).all() and (np.diff(boxes[3:, 0]) > 0).all()


def big(image, height):
    """A validation digit `height` pixels high, as ink 255 on 0."""
    rows, columns = np.nonzero(image)
    cut = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.uint8(255 * (ndimage.zoom(np.pad(cut, 2), height / len(cut), order=1) > 100))


def paper(shape=(400, 900), digits=()):
    """A sheet with digits: (index into validation, height, top, left)."""
    ink = np.zeros(shape)
    for number, height, top, left in digits:
        digit = big(helpers.load_mnist("validation")[0][number], height)
        ink[top : top + len(digit), left : left + digit.shape[1]] += digit
    ink = ndimage.gaussian_filter(np.clip(ink, 0, 255), 0.8)
    return 235 - ink / 255 * (235 - 40)


THREE_DIGITS = [(0, 120, 100, 100), (2, 120, 120, 350), (5, 120, 90, 600)]


def read(network, picture):
    digits = helpers.read_digits(np.uint8(np.clip(picture, 0, 255)))
    if not digits:
        return ""
    return "".join(map(str, network.predict(np.stack([digit.image for digit in digits]))))


@pytest.fixture(scope="module")
def truth():
    labels = helpers.load_mnist("validation")[1]
    return "".join(str(labels[number]) for number, *_ in THREE_DIGITS)


def under_shadow(sheet):
    rows, columns = np.indices(sheet.shape)
    return sheet * np.where(columns + rows > 550, 0.55, 1)


def uneven(sheet):
    return sheet * np.linspace(1, 0.4, sheet.shape[1])


def grey_and_faint(sheet):
    return 150 + (sheet - 235) * 0.2


def ruled(sheet):
    sheet = sheet.copy()
    sheet[20::40] = np.minimum(sheet[20::40], 160)
    sheet[21::40] = np.minimum(sheet[21::40], 160)
    return sheet


def squared(sheet):
    return np.minimum(ruled(sheet), ruled(sheet.T).T)


def specks(sheet):
    sheet = sheet.copy()
    for row, column in np.random.default_rng(0).integers(0, 390, (30, 2)):
        sheet[row : row + 3, 2 * column : 2 * column + 3] = 60
    return sheet


def dark_edge(sheet):
    sheet = sheet.copy()
    sheet[:, :40] = 30
    sheet[380:] = 50
    return sheet


def grainy(sheet):
    return sheet + np.random.default_rng(0).normal(0, 12, sheet.shape)


def on_a_dark_table(sheet):
    return np.pad(sheet, 200, constant_values=50)


def chalk(sheet):
    return 255 - sheet


def ruled_in_the_shadow(sheet):
    return grainy(under_shadow(ruled(sheet)))


def squared_on_a_table_in_the_shadow(sheet):
    return on_a_dark_table(under_shadow(squared(sheet)))


def squared_with_a_dark_edge(sheet):
    return dark_edge(uneven(squared(sheet)))


@pytest.mark.parametrize(
    "spoil",
    [
        under_shadow,
        uneven,
        grey_and_faint,
        ruled,
        squared,
        specks,
        dark_edge,
        on_a_dark_table,
        grainy,
        chalk,
        ruled_in_the_shadow,
        squared_on_a_table_in_the_shadow,
        squared_with_a_dark_edge,
    ],
)
def test_what_happens_to_paper_changes_no_answer(network, truth, spoil):
    assert read(network, spoil(paper(digits=THREE_DIGITS))) == truth


def test_digits_at_the_border_are_kept(network, truth):
    sheet = paper(digits=THREE_DIGITS)
    rows, columns = np.nonzero(sheet < 128)
    tight = sheet[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert read(network, tight) == truth


@pytest.mark.parametrize("margin, floor", [(0, 38), (5, 39), (20, 40)])
def test_one_digit_may_fill_its_picture(network, margin, floor):
    images, labels = (part[:40] for part in helpers.load_mnist("validation"))
    right = 0
    for image, label in zip(images, labels):
        ink = big(image, 200)
        rows, columns = np.nonzero(ink)
        ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        right += read(network, 235 - 0.8 * np.pad(ink, margin)) == str(label)
    assert right >= floor


def test_small_digits_beside_large_ones(network, truth):
    digits = [(0, 260, 60, 60), (2, 80, 200, 450), (5, 70, 110, 600)]
    assert read(network, paper(digits=digits)) == truth


@pytest.mark.parametrize("width", [1, 2, 40, 60])
def test_thin_and_thick_strokes(network, width):
    image = Image.new("L", (400, 400), "white")
    points = [(110, 100), (290, 100), (200, 320)]
    ImageDraw.Draw(image).line(points, fill="black", width=width, joint="curve")
    (digit,) = helpers.read_digits(image)
    assert network.predict(digit.image[None]) == 7
    ink = digit.image > 127
    assert 1.5 < ink.sum() / morphology.skeletonize(ink).sum() < 5.5  # as in MNIST


def test_a_five_with_a_loose_top_is_one_digit(network):
    image = Image.new("L", (300, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.line([(125, 60), (200, 55)], fill="black", width=14)
    pen.line([(115, 75), (110, 140)], fill="black", width=14)
    pen.arc((90, 125, 200, 240), 230, 150, fill="black", width=14)
    (digit,) = helpers.read_digits(image)
    assert network.predict(digit.image[None]) == 5


def test_a_broken_one_is_one_digit_and_a_tick_is_none(network):
    image = Image.new("L", (600, 300), "white")
    pen = ImageDraw.Draw(image)
    pen.line([(80, 60), (75, 140)], fill="black", width=14)
    pen.line([(74, 152), (70, 240)], fill="black", width=14)
    for left in (200, 400):
        seven = [(left, 70), (left + 100, 70), (left + 40, 230)]
        pen.line(seven, fill="black", width=14, joint="curve")
    pen.line([(170, 90), (166, 115)], fill="black", width=9)  # a tick beside a 7
    digits = helpers.read_digits(image)
    assert network.predict(np.stack([digit.image for digit in digits])).tolist() == [1, 7, 7]


def test_three_slanted_ones_stay_three(network):
    image = Image.new("L", (500, 260), "white")
    for left in (60, 110, 160):
        ImageDraw.Draw(image).line([(left + 80, 40), (left, 200)], fill="black", width=13)
    digits = helpers.read_digits(image)
    assert network.predict(np.stack([digit.image for digit in digits])).tolist() == [1, 1, 1]


def test_sloping_lines_are_read_in_order():
    numbers = range(20)
    digits = [(n, 60, 220 + 110 * (n // 10), 40 + 110 * (n % 10)) for n in numbers]
    sheet = Image.fromarray(np.uint8(paper((600, 1200), digits)))
    level = [digit.image for digit in helpers.read_digits(sheet)]
    turned = helpers.read_digits(sheet.rotate(9, fillcolor=235, resample=Image.Resampling.BILINEAR))
    assert len(level) == len(turned) == 20
    for before, after in zip(level, turned):
        assert np.corrcoef(before.ravel(), after.image.ravel())[0, 1] > 0.4


def test_an_mnist_image_is_returned_as_it_is():
    for image in helpers.load_mnist("validation")[0][:100]:
        for picture in (image, 255 - image):
            (digit,) = helpers.read_digits(picture)
            assert (digit.image == image).all()


def test_more_kinds_of_arrays_and_files(tmp_path):
    array = page()
    expected = [digit.box for digit in helpers.read_digits(array)]
    white_ink = Image.new("RGBA", array.shape[::-1], "white")
    white_ink.putalpha(Image.fromarray(255 - array))
    sixteen = array.astype(np.uint16) * 257
    Image.fromarray(sixteen).save(tmp_path / "16.png")
    for picture in (white_ink, sixteen, array[..., None], tmp_path / "16.png"):
        assert [digit.box for digit in helpers.read_digits(picture)] == expected
    for picture in (array > 127, Image.fromarray(array).convert("1")):
        assert len(helpers.read_digits(picture)) == 3


def test_a_picture_is_left_as_it_was(tmp_path):
    Image.fromarray(paper((3000, 4000)).astype(np.uint8)).save(tmp_path / "large.jpg")
    image = Image.open(tmp_path / "large.jpg")
    assert helpers.read_digits(image) == []
    assert image.size == (4000, 3000)


def test_simulated_photographs_are_read(network):
    """A smaller edition of tools/bench_pictures.py, which measures with models that are new to
    these digits; here the reading of the pictures is tested."""
    images, labels = helpers.load_mnist("validation")
    right = 0
    for seed in range(12):
        generator = np.random.default_rng([1, seed])
        chosen = generator.choice(len(images), 10, replace=False)
        digits = helpers.read_digits(photograph(images[chosen], generator))
        if len(digits) == 10:
            answers = network.predict(np.stack([digit.image for digit in digits]))
            right += np.sum(answers == labels[chosen])
    assert right >= 118  # 98 %


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_blank_picture_has_no_digits(value):
    assert helpers.read_digits(np.full((60, 80), value, np.uint8)) == []


@pytest.mark.parametrize(
    "picture, what",
    [
        ("no-such-file.png", "No such file"),
        (b"not a picture", "cannot identify"),
        (b"", "cannot identify"),
        (42, "int is not a path"),
        (np.zeros((0, 5), np.uint8), "shape"),
        (np.full((20, 20), np.nan), "finite"),
        (np.full((20, 20), 7.0), "from 0 to 1"),
        (np.zeros((20, 20, 5), np.uint8), "shape"),
        (np.zeros((20, 20), np.int64), "int64"),
    ],
)
def test_what_is_no_picture_is_refused(picture, what):
    with pytest.raises(ValueError, match=what):
        helpers.read_digits(picture)


def png(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, format="png", **options)
    return buffer.getvalue()


def test_damaged_and_dangerous_files_are_refused():
    whole = png(Image.fromarray(page()))
    with pytest.raises(ValueError, match="truncated"):
        helpers.read_digits(whole[: len(whole) // 2])
    frames = [Image.new("L", (50, 50), shade) for shade in (0, 255)]
    with pytest.raises(ValueError, match="holds 2 pictures"):
        helpers.read_digits(png(frames[0], save_all=True, append_images=frames[1:]))
    bomb = png(Image.new("1", (20_000, 20_000)))
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="89 million pixels"):
        helpers.read_digits(bomb)


shapes = st.tuples(st.integers(1, 60), st.integers(1, 60)) | st.tuples(
    st.integers(1, 60), st.integers(1, 60), st.sampled_from([1, 3, 4])
)


@settings(max_examples=250, deadline=None)
@given(hypothesis.extra.numpy.arrays(np.uint8, shapes))
def test_any_array_gives_digits(array):
    for image, (left, top, right, bottom) in helpers.read_digits(array):
        assert image.shape == (28, 28) and image.dtype == np.uint8 and image.max() > 0
        assert 0 <= left <= right <= array.shape[1] + 1 and 0 <= top <= bottom <= array.shape[0] + 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damaged_file_gives_digits_or_a_value_error(data):
    name = data.draw(st.sampled_from(["png", "jpeg", "gif", "bmp", "tiff", "webp"]))
    buffer = io.BytesIO()
    Image.fromarray(page()).save(buffer, format=name)
    file = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    file = bytes(file[: data.draw(st.integers(1, len(file)))])
    try:
        assert isinstance(helpers.read_digits(file), list)
    except ValueError as error:
        assert "cannot read the picture" in str(error)
