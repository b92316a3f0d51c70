"""The features are finite, bounded, and mean what their names say."""

import tracemalloc

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


def spread(image):
    """The standard deviations of the ink, downwards and sideways, and its centre of mass."""
    weights, axis = image / image.sum(), np.arange(28)
    centre = weights.sum(1) @ axis, weights.sum(0) @ axis
    downwards = np.sqrt(weights.sum(1) @ (axis - centre[0]) ** 2)
    return downwards, np.sqrt(weights.sum(0) @ (axis - centre[1]) ** 2), centre


def blob(height, width, row=14, column=14):
    rows, columns = np.mgrid[:28, :28]
    distance = ((rows - row) / height) ** 2 + ((columns - column) / width) ** 2
    return 255 * np.exp(-distance / 2)


@pytest.mark.parametrize("height, width", [(5, 5), (5, 2.5), (3, 5), (2.5, 2.5)])
def test_sizes_come_halfway_to_five_pixels(height, width):
    image = blob(height, width, row=13, column=12)
    before = spread(image)
    *after, centre = spread(helpers.normalize_size(image[None])[0].astype(float))
    for old, new in zip(before, after):
        assert new == pytest.approx(np.sqrt(5 * old), rel=0.03)
    assert centre == pytest.approx((13.5, 13.5), abs=0.1)


def test_no_size_changes_more_than_twofold():
    speck = blob(0.8, 0.8)  # the square root alone would take it from 0.8 to 2 and more
    height, width, _ = spread(helpers.normalize_size(speck[None])[0].astype(float))
    assert 1.6 < height < 1.9 and 1.6 < width < 1.9


def test_where_a_digit_stands_does_not_matter_once_it_is_normalised():
    digit = helpers.load_mnist("validation")[0][:50]
    digit[:, 26:], digit[:, :, :2] = 0, 0  # room to move
    moved = np.roll(digit, (2, -2), axis=(1, 2))
    expected = helpers.normalize_size(digit)
    assert np.allclose(helpers.normalize_size(moved), expected, atol=0.1)
    assert not np.allclose(digit, expected, atol=50)


@pytest.mark.parametrize(
    "function, shape, top",
    [
        (helpers.deskew, (28, 28), 255),
        (helpers.normalize_size, (28, 28), 255),
        (helpers.gradient_features, (588,), 1),
    ],
)
def test_extremes_stay_finite_and_in_range(function, shape, top):
    result = function(EXTREMES)
    assert result.shape == (4, *shape) and result.dtype == np.float32
    assert np.isfinite(result).all() and result.min() >= 0 and result.max() <= top + 1e-6
    assert not result[0].any()
    assert function(EXTREMES[:0]).shape == (0, *shape)


def test_a_digit_does_not_depend_on_its_neighbours_in_the_stack():
    images = helpers.load_mnist("validation")[0][:1201]
    for function in (helpers.deskew, helpers.normalize_size, helpers.gradient_features):
        together = function(images)
        for number in (0, 499, 500, 1200):
            alone = function(images[number : number + 1])[0]
            assert np.allclose(together[number], alone, atol=1e-4)


def test_seventy_thousand_digits_need_less_than_600_megabytes():
    images = np.tile(helpers.load_mnist("validation")[0], (7, 1, 1))
    tracemalloc.start()
    features = helpers.gradient_features(helpers.normalize_size(helpers.deskew(images)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert features.nbytes < peak < 600e6


def test_votes_go_to_the_direction_of_the_gradient():
    """The sides of a bar have directions 0 and 6 of 12; its ends, 3 and 9, are left out."""
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:16] = 255
    for image, expected in [(bar, {0, 6}), (bar.T, {3, 9})]:
        cells = helpers.gradient_features(image[None])[0].reshape(12, 7, 7)
        votes = (cells[:, 3] if expected == {0, 6} else cells[:, :, 3]).sum(axis=1)
        assert set(np.flatnonzero(votes > 1e-3)) == expected


def test_the_votes_stay_where_the_ink_is():
    digit = np.zeros((28, 28), np.uint8)
    digit[1:3, 1:3] = 255
    cells = helpers.gradient_features(digit[None])[0].reshape(12, 7, 7).sum(axis=0)
    assert cells[0, 0] > 0 and not cells[2:].any() and not cells[:, 2:].any()


def test_every_descriptor_has_length_one():
    features = helpers.gradient_features(helpers.load_mnist("validation")[0][:20])
    assert np.allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)


def test_pencil_and_pen_look_alike():
    pen = helpers.load_mnist("validation")[0][:20]
    dark = helpers.gradient_features(pen)
    faint = helpers.gradient_features(pen * 0.5)
    other = helpers.gradient_features(pen[::-1])
    change = np.linalg.norm(dark - faint, axis=1)
    assert (change < 0.1 * np.linalg.norm(dark - other, axis=1)).all()


def test_whitening_makes_the_classes_round():
    random = np.random.default_rng(0)
    labels = np.arange(3000) % 3 + 5
    slanted = random.normal(size=(3000, 2)) @ [[4, 1], [0, 0.5]]
    features = slanted + np.array([[0, 0], [30, 0], [0, 9]])[labels - 5]
    whitened = helpers.WithinClassWhitening(shrinkage=0).fit_transform(features, labels)
    for label in (5, 6, 7):
        covariance = np.cov(whitened[labels == label].T)
        assert np.allclose(covariance, np.eye(2), atol=0.12)
    plain = helpers.WithinClassWhitening(shrinkage=1).fit(features, labels).matrix_
    assert np.allclose(plain / plain[0, 0], np.eye(2), atol=1e-6)


@pytest.mark.parametrize(
    "function", [helpers.deskew, helpers.normalize_size, helpers.gradient_features]
)
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
