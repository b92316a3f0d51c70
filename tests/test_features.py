"""The features are finite, bounded, and mean what their names say."""

import tracemalloc

import numpy as np
import pytest

import helpers

ROWS, COLUMNS = np.mgrid[:28, :28]
FUNCTIONS = [helpers.deskew, helpers.normalize_size, helpers.gradient_features]
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)


@pytest.fixture(scope="module")
def digits():
    return helpers.load_mnist("validation")[0]


def moments(image):
    """Of the ink: its centre of mass, and the covariance matrix of row and column."""
    places, weights = np.stack([ROWS.ravel(), COLUMNS.ravel()]), image.ravel().astype(float)
    centre = places @ weights / weights.sum()
    return centre, np.cov(places, aweights=weights, ddof=0)


def line(slope):
    """A stroke through the middle that moves `slope` pixels to the right for each row down."""
    ink = np.clip(2 - np.abs(COLUMNS - 14 - slope * (ROWS - 14)), 0, 1)
    return np.round(255 * ink * (np.abs(ROWS - 14) < 9)).astype(np.uint8)


@pytest.mark.parametrize("slope", [-0.7, -0.3, 0, 0.4])
def test_deskew_sets_a_slanted_line_upright(slope):
    def slant(image):
        covariance = moments(image)[1]
        return covariance[0, 1] / covariance[0, 0]

    slanted = line(slope)
    upright = helpers.deskew(slanted[None])[0]
    assert slant(slanted) == pytest.approx(slope, abs=0.05)
    assert slant(upright) == pytest.approx(0, abs=0.03)
    assert upright.sum() == pytest.approx(slanted.sum(), rel=0.01)


def blob(height, width, row=14, column=14):
    distance = ((ROWS - row) / height) ** 2 + ((COLUMNS - column) / width) ** 2
    return 255 * np.exp(-distance / 2)


@pytest.mark.parametrize("height, width", [(5, 5), (5, 2.5), (3, 5), (2.5, 2.5)])
def test_sizes_come_halfway_to_five_pixels(height, width):
    image = blob(height, width, row=13, column=12)
    old, (centre, new) = moments(image)[1], moments(helpers.normalize_size(image[None])[0])
    for before, after in zip(np.diag(old) ** 0.5, np.diag(new) ** 0.5):
        assert after == pytest.approx(np.sqrt(5 * before), rel=0.03)
    assert centre == pytest.approx([13.5, 13.5], abs=0.1)


def test_no_size_changes_more_than_twofold():
    speck = blob(0.8, 0.8)  # the square root alone would take it from 0.8 to 2 and more
    sizes = np.diag(moments(helpers.normalize_size(speck[None])[0])[1]) ** 0.5
    assert (sizes > 1.6).all() and (sizes < 1.9).all()


def test_where_a_digit_stands_does_not_matter_once_it_is_normalised(digits):
    digits = digits[:50].copy()
    digits[:, 26:], digits[:, :, :2] = 0, 0  # room to move
    expected = helpers.normalize_size(digits)
    moved = helpers.normalize_size(np.roll(digits, (2, -2), axis=(1, 2)))
    assert np.allclose(moved, expected, atol=0.1) and not np.allclose(digits, expected, atol=50)


@every_function
def test_extremes_stay_finite_and_in_range(function):
    extremes = np.zeros((4, 28, 28), np.uint8)
    extremes[1, 0, 27], extremes[2], extremes[3, 13] = 255, 255, 255
    result, top = function(extremes), 1 if function is helpers.gradient_features else 255
    assert result.dtype == np.float32 and np.isfinite(result).all() and not result[0].any()
    assert result.min() >= 0 and result.max() <= top + 1e-6
    assert function(extremes[:0]).shape == (0, *result.shape[1:])


@every_function
def test_neighbours_do_not_matter(function, digits):
    together = function(digits[:1201])
    for number in (0, 199, 200, 1200):
        assert np.allclose(together[number], function(digits[number : number + 1])[0], atol=1e-4)


def test_features_need_little_more_memory_than_their_input_and_output(digits):
    images = np.tile(digits, (2, 1, 1))
    tracemalloc.start()
    for function in FUNCTIONS:
        images = function(images)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert images.nbytes < peak < 2.6 * 20_000 * 784 * 4


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


def test_pencil_and_pen_look_alike(digits):
    dark, faint = helpers.gradient_features(digits[:20]), helpers.gradient_features(digits[:20] / 2)
    assert np.allclose(np.linalg.norm(dark, axis=1), 1, atol=1e-5)
    change, other = np.linalg.norm([dark - faint, dark - dark[::-1]], axis=2)
    assert (change < 0.1 * other).all()


def test_whitening_makes_the_classes_round():
    random = np.random.default_rng(0)
    labels = np.arange(3000) % 3 + 5
    slanted = random.normal(size=(3000, 2)) @ [[4, 1], [0, 0.5]]
    features = slanted + np.array([[0, 0], [30, 0], [0, 9]])[labels - 5]
    whitened = helpers.WithinClassWhitening(shrinkage=0).fit_transform(features, labels)
    for label in (5, 6, 7):
        assert np.allclose(np.cov(whitened[labels == label].T), np.eye(2), atol=0.12)
    plain = helpers.WithinClassWhitening(shrinkage=1).fit(features, labels).matrix_
    assert np.allclose(plain / plain[0, 0], np.eye(2), atol=1e-6)


@every_function
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
