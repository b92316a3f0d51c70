"""Pictures become digits as MNIST has them, in reading order; what is no picture is refused."""

import io
import json

import numpy as np
import pytest
from PIL import Image

import helpers
from helpers.data import ROOT

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
        same = np.corrcoef(original.ravel(), digit.image.ravel())[0, 1]
        assert same > 0.85


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
        (np.zeros((0, 5), np.uint8), "not empty"),
        (np.full((20, 20), np.nan), "not finite"),
        (np.zeros((20, 20), np.int64), "int64"),
    ],
)
def test_what_is_no_picture_is_refused(picture, what):
    with pytest.raises(ValueError, match=what):
        helpers.read_digits(picture)
