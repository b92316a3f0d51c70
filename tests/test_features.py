"""The features are finite, bounded, and mean what their names say."""

import numpy as np
import pytest

import helpers


def line(slope):
    """A stroke through the middle that moves `slope` pixels to the right for each row down."""
    rows, columns = np.mgrid[:28, :28]
    distance = np.abs(columns - 14 - slope * (rows - 14))
    ink = np.clip(2 - distance, 0, 1) * (np.abs(rows - 14) < 9)
    return np.round(255 * ink).astype(np.uint8)


def slant(image):
    """The shear that the second moments of the ink show."""
    rows, columns = np.mgrid[:28, :28]
    mass = image.sum()
    y, x = rows - (image * rows).sum() / mass, columns - (image * columns).sum() / mass
    return (image * x * y).sum() / (image * y * y).sum()


EXTREMES = np.zeros((4, 28, 28), np.uint8)
EXTREMES[1, 0, 27] = 255
EXTREMES[2] = 255
EXTREMES[3, 13] = 255


@pytest.mark.parametrize("slope", [-0.7, -0.3, 0.4])
def test_deskew_sets_a_slanted_line_upright(slope):
    slanted = line(slope)
    assert slant(slanted.astype(float)) == pytest.approx(slope, abs=0.05)
    upright = helpers.deskew(slanted[None])[0]
    assert slant(upright.astype(float)) == pytest.approx(0, abs=0.03)
    assert upright.sum() == pytest.approx(slanted.sum(), rel=0.01)


def test_deskew_leaves_an_upright_line_alone():
    upright = line(0)
    assert np.allclose(helpers.deskew(upright[None])[0], upright, atol=0.01)


@pytest.mark.parametrize(
    "function, shape, top",
    [(helpers.deskew, (28, 28), 255), (helpers.gradient_features, (2160,), 0.2)],
)
def test_extremes_stay_finite_and_in_range(function, shape, top):
    result = function(EXTREMES)
    assert result.shape == (4, *shape) and result.dtype == np.float32
    assert np.isfinite(result).all() and result.min() >= 0 and result.max() <= top + 1e-6
    assert not result[0].any()
    assert function(EXTREMES[:0]).shape == (0, *shape)


def test_a_digit_does_not_depend_on_its_neighbours_in_the_stack():
    images = helpers.load_mnist("validation")[0][:1201]
    for function in (helpers.deskew, helpers.gradient_features):
        together = function(images)
        for number in (0, 499, 500, 1200):
            alone = function(images[number : number + 1])[0]
            assert np.allclose(together[number], alone, atol=1e-4)


def test_votes_go_to_the_direction_of_the_gradient():
    """The sides of a bar have directions 0 and 6 of 12; its ends, 3 and 9, are left out."""
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:16] = 255
    for image, expected in [(bar, {0, 6}), (bar.T, {3, 9})]:
        small_cells = helpers.gradient_features(image[None])[0, :1728].reshape(6, 6, 4, 12)
        middle = small_cells[2:4] if expected == {0, 6} else small_cells[:, 2:4]
        votes = middle.sum(axis=(0, 1, 2))
        assert set(np.flatnonzero(votes > 1e-3)) == expected


def test_pencil_and_pen_look_alike():
    pen = helpers.load_mnist("validation")[0][:20]
    dark = helpers.gradient_features(pen)
    faint = helpers.gradient_features(pen * 0.5)
    other = helpers.gradient_features(pen[::-1])
    change = np.linalg.norm(dark - faint, axis=1)
    assert (change < 0.1 * np.linalg.norm(dark - other, axis=1)).all()


@pytest.mark.parametrize("function", [helpers.deskew, helpers.gradient_features])
@pytest.mark.parametrize(
    "images, what",
    [
        (np.zeros((28, 28)), r"pass image\[None\]"),
        (np.zeros((5, 784)), r"\(5, 784\)"),
        (np.full((1, 28, 28), np.nan), "finite grey values"),
        (np.full((1, 28, 28), 256), "from 0"),
        (np.full((1, 28, 28), -1.0), "from 0"),
        (np.full((1, 28, 28), "a"), "integers or floats"),
    ],
)
def test_other_input_is_refused(function, images, what):
    with pytest.raises(ValueError, match=what):
        function(images)
