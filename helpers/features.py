"""From a picture to numbers that mean more: upright, of one size, described by its strokes."""

from functools import wraps

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.covariance import ShrunkCovariance
from sklearn.utils import gen_batches

from .data import check_images

CHUNK = 200  # images at a time: what one thread holds stays in the processor's cache
SPREAD = 5  # pixels: the standard deviation of the ink that normalize_size aims at
DIRECTIONS, CELL = 12, 4  # of the gradient; pixels of a cell's side
AXIS = np.arange(28, dtype=np.float32)


def by_chunks(function):
    """Let a function of images take any number of them, checked, on all cores."""

    @wraps(function)
    def of_all(images):
        images = check_images(images)
        if len(images) <= CHUNK:
            return function(images.astype(np.float32))
        result = np.empty((len(images), *of_all(images[:1]).shape[1:]), np.float32)

        def fill(rows):
            result[rows] = function(images[rows].astype(np.float32))

        Parallel(-1, require="sharedmem")(map(delayed(fill), gen_batches(len(images), CHUNK)))
        return result

    return of_all


@by_chunks
def deskew(images):
    """Set slanted digits upright, as LeCun et al., Proc. IEEE 86(11), 1998, section III, did.

    The slant is the shear that the second moments of the ink show, cov(x, y) / var(y). Each row
    is moved sideways against it, with linear interpolation, so the centre of mass stays.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
        Grey values from 0 (paper) to 255 (ink); anything else raises a ValueError.

    Returns
    -------
    numpy.ndarray of float32, shape (n, 28, 28), from 0 to 255
    """
    row_mass = images.sum(2)
    mass = np.maximum(row_mass.sum(1, keepdims=True), 1e-9)  # blank images divide by it, too
    from_row = AXIS - (row_mass @ AXIS)[:, None] / mass
    variance = (row_mass * from_row**2 / mass).sum(1)
    covariance = (images @ (AXIS - 13.5) * from_row / mass).sum(1)  # the same from any column
    shear = np.where(variance > 0.1, covariance / np.maximum(variance, 0.1), 0)
    # Where on its row each pixel of the result is read: between `left` and the pixel after it.
    source = AXIS + (shear[:, None] * from_row)[:, :, None]
    left = np.floor(source)
    padded = np.pad(images, ((0, 0), (0, 0), (28, 29)))  # what lies beyond the edge is paper
    rows = padded.shape[2] * np.arange(28 * len(images)).reshape(-1, 28, 1)  # where each begins
    place = rows + np.clip(left.astype(np.intp) + 28, 0, 83)
    before, after = np.take(padded, place), np.take(padded, place + 1)
    return np.minimum(before + (source - left) * (after - before), 255)


@by_chunks
def normalize_size(images):
    """Bring digits halfway to one height and one width, and to the middle of the picture.

    The size is the standard deviation of the ink, in each of the two directions. The digit is
    scaled by the square root of 5 pixels over that, at least by 1/2 and at most by 2, with linear
    interpolation; its centre of mass moves to the geometric middle (13.5, 13.5). The square root
    leaves some of the difference between a 1 and a 0. The arrays are as for `deskew`. After the
    moment normalization of Liu et al., Pattern Recognition 37(2), 2004.
    """
    mass = np.maximum(images.sum((1, 2)), 1e-9)[:, None]

    def resampling(profile):
        """The weights (n, 28, 28) by which each row of the result takes the rows of the image."""
        centre = (profile @ AXIS)[:, None] / mass
        spread = np.sqrt((profile * (AXIS - centre) ** 2 / mass).sum(1, keepdims=True))
        step = np.clip(np.sqrt(spread / SPREAD), 0.5, 2)
        source = centre + (AXIS - 13.5) * step
        return np.maximum(1 - np.abs(source[:, :, None] - AXIS), 0)

    rows, columns = resampling(images.sum(2)), resampling(images.sum(1))
    return np.minimum(rows @ images @ columns.transpose(0, 2, 1), 255)


@by_chunks
def gradient_features(images):
    """Describe each digit by histograms of the directions in which its ink grows.

    At each pixel the gradient votes, by its length, for the two nearest of 12 directions. The
    votes are pooled in 7 × 7 cells of 4 pixels, with triangular weights that reach into the
    next cells. All votes of a digit are scaled to the sum 1, and the square root is taken. Takes
    images as `deskew` does. After Dalal and Triggs, "Histograms of oriented gradients for human
    detection", CVPR 2005.

    Returns
    -------
    numpy.ndarray of float32, shape (n, 588)
        12 directions × 7 rows × 7 columns of cells, from 0 to 1. Direction 0 points to the
        right, direction 3 downwards. The length of each row is 1, or 0 for a blank image.
    """
    padded = np.pad(images / 255, ((0, 0), (1, 1), (1, 1)))
    right = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    length = np.hypot(right, down)
    length_turn = length * (np.arctan2(down, right) * (DIRECTIONS / (2 * np.pi)))  # turn: -6 to 6
    votes = np.empty((len(images), DIRECTIONS, 28, 28), np.float32)
    for number in range(-5, 6):  # length × (1 - distance from the turn), at least 0
        np.maximum(length - np.abs(length_turn - number * length), 0, out=votes[:, number])
    votes[:, 6] = np.maximum(np.abs(length_turn) - 5 * length, 0)  # 6 and -6 are one direction
    centres = np.arange(CELL / 2, 28, CELL) - 0.5
    weights = np.maximum(1 - np.abs(AXIS - centres[:, None]) / CELL, 0).astype(np.float32)
    cells = (weights @ votes @ weights.T).reshape(len(images), DIRECTIONS * 49)
    return np.sqrt(cells / np.maximum(cells.sum(1, keepdims=True), 1e-9))


class WithinClassWhitening(TransformerMixin, BaseEstimator):
    """A linear map after which digits of the same class differ equally in all directions.

    Of the covariance within the classes a part, `shrinkage` from 0 to 1, is replaced by an equal
    variance in all directions, as in `sklearn.covariance.ShrunkCovariance`; 1 changes the scale
    alone. See Fukunaga, "Introduction to Statistical Pattern Recognition", 2nd ed., 1990, ch. 10.
    """

    def __init__(self, shrinkage=0.5):
        self.shrinkage = shrinkage

    def fit(self, X, y):
        """Learn `matrix_`, the map, from features X (n, n_features) and labels y (n,)."""
        classes, number = np.unique(y, return_inverse=True)
        means = np.array([X[number == c].mean(axis=0) for c in range(len(classes))])
        scatter = ShrunkCovariance(shrinkage=self.shrinkage, assume_centered=True)
        scatter.fit(X - means[number])
        self.matrix_ = np.linalg.cholesky(scatter.precision_).astype(np.float32)
        return self

    def transform(self, X):
        """Map features (n, n_features) to features of the same shape."""
        return X @ self.matrix_
