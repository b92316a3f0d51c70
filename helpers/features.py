"""From a picture to numbers that mean more: deskewing and histograms of gradients."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .data import check_images

CHUNK = 500  # images at a time: what one thread holds stays in the processor's cache
ORIENTATIONS = 12
CELL_SIZES = (4, 7)


def deskew(images):
    """Set slanted digits upright.

    The slant is the shear that the second moments of the ink show, cov(x, y) / var(y). Each row
    is moved sideways against it, with linear interpolation; the centre of mass stays where it
    is. A blank image stays blank.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
        Grey values from 0 (paper) to 255 (ink).

    Returns
    -------
    numpy.ndarray of float32, shape (n, 28, 28)
        Grey values from 0 to 255.

    Raises
    ------
    ValueError
        If `images` has another shape, type or range (see `check_images`).

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", Proc. IEEE 86(11), 1998, section III: the deskewed MNIST.
    """
    return _by_chunks(_deskew, check_images(images))


def gradient_features(images):
    """Describe each digit by histograms of the directions in which its ink grows.

    At each pixel the gradient votes, by its length, for the two nearest of 12 directions. The
    votes are pooled in overlapping cells with triangular weights. Each block of 2 × 2 cells is
    scaled to length one and cut off at 0.2, twice: on validation digits better than once, or
    than scaling last. Cells of 4 and of 7 pixels are used.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
        Grey values from 0 (paper) to 255 (ink).

    Returns
    -------
    numpy.ndarray of float32, shape (n, 2160)
        6 × 6 blocks of the small cells, then 3 × 3 of the large; 2 × 2 cells × 12 directions
        in each. Values from 0 to 0.2.

    Raises
    ------
    ValueError
        If `images` has another shape, type or range (see `check_images`).

    References
    ----------
    Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    return _by_chunks(_gradient_features, check_images(images))


def _by_chunks(function, images):
    """Apply `function` to chunks of images in one thread per core, and stack what it returns."""
    result = np.empty((len(images), *function(images[:0]).shape[1:]), np.float32)

    def fill(start):
        result[start : start + CHUNK] = function(images[start : start + CHUNK])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, len(images), CHUNK)))
    return result


def _deskew(images):
    images = images.astype(np.float32)
    axis = np.arange(28, dtype=np.float32)
    ink = images.sum((1, 2))
    mass = np.where(ink > 0, ink, 1)[:, None]
    row_mass = images.sum(2)
    from_row = axis - (row_mass @ axis)[:, None] / mass
    from_column = axis - (images.sum(1) @ axis)[:, None] / mass
    variance = (row_mass * from_row**2 / mass).sum(1)
    covariance = ((images @ from_column[:, :, None])[:, :, 0] * from_row / mass).sum(1)
    shear = np.where(variance > 0.1, covariance / np.maximum(variance, 0.1), 0)
    # Where on its row each pixel of the result is read: between `left` and the pixel after it.
    source = axis + (shear[:, None] * from_row)[:, :, None]
    left = np.floor(source)
    fraction = source - left
    padded = np.pad(images, ((0, 0), (0, 0), (28, 29)))  # what lies beyond the edge is paper
    left = np.clip(left.astype(np.intp) + 28, 0, 83)
    before = np.take_along_axis(padded, left, axis=2)
    after = np.take_along_axis(padded, left + 1, axis=2)
    return np.minimum(before + fraction * (after - before), 255)


def _gradient_features(images):
    images = images.astype(np.float32) / 255
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    horizontal = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    vertical = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    length = np.hypot(horizontal, vertical)
    direction = np.arctan2(vertical, horizontal) * (ORIENTATIONS / (2 * np.pi))
    votes = np.empty((len(images), ORIENTATIONS, 28, 28), np.float32)
    half = ORIENTATIONS / 2
    for number in range(ORIENTATIONS):
        distance = np.abs((direction - number + 3 * half) % ORIENTATIONS - half)
        votes[:, number] = np.maximum(1 - distance, 0) * length
    return np.concatenate([_blocks(votes, size) for size in CELL_SIZES], axis=1)


def _blocks(votes, size):
    """Pool the votes in cells of `size` pixels, and scale each block of 2 × 2 cells."""
    centres = np.arange(size / 2, 28, size) - 0.5
    weights = np.maximum(1 - np.abs(np.arange(28) - centres[:, None]) / size, 0)
    weights = weights.astype(np.float32)
    cells = (weights @ votes @ weights.T).transpose(0, 2, 3, 1)  # n, rows, columns, directions
    corners = [cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:]]
    blocks = np.concatenate(corners, axis=3)
    for _ in range(2):
        blocks /= np.linalg.norm(blocks, axis=3, keepdims=True) + 0.01
        np.minimum(blocks, 0.2, out=blocks)
    return blocks.reshape(len(votes), np.prod(blocks.shape[1:]))
