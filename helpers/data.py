"""The MNIST digits, read from the four IDX files in ``data/mnist`` and checked byte for byte."""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
MNIST_FOLDER = ROOT / "data" / "mnist"

# MD5 of the decompressed files, as published for the original distribution.
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}

# Each split is a range of rows of the files whose names start with the given word.
SPLITS = {
    "train": ("train", slice(0, 50_000)),
    "validation": ("train", slice(50_000, 60_000)),
    "development": ("train", slice(0, 60_000)),
    "test": ("t10k", slice(0, 10_000)),
}


class DamagedData(ValueError):
    """A file of ``data/mnist`` is missing, or not what it was when it was published."""


def read_idx(path):
    """Read one gzipped IDX file of unsigned bytes, in the shape that its header states.

    The format, big-endian: two zero bytes, the type (0x08: unsigned byte), the number of
    dimensions, each dimension as a 32-bit integer, then the bytes themselves.
    """
    try:
        content = gzip.decompress(path.read_bytes())
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if digest != CHECKSUMS[path.name]:
            raise OSError(f"its MD5 sum is {digest}, not {CHECKSUMS[path.name]}")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "Restore it with: git checkout -- data/mnist"
        raise DamagedData(f"data/mnist/{path.name} is not as it was: {reason}. {remedy}") from error
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def load_mnist(split):
    """Load one split of MNIST (LeCun, Cortes and Burges, 1998) from ``data/mnist``.

    Parameters
    ----------
    split : {"train", "validation", "development", "test"}
        The first 50,000 training digits, the last 10,000 of them, both together, or the sealed
        10,000 test digits, which only notebook 06 opens. A ValueError says what to do if it is
        another, or if a file is missing or damaged.

    Returns
    -------
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink
    labels : numpy.ndarray of uint8, shape (n,), the digits 0 to 9
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: choose one of {', '.join(map(repr, SPLITS))}")
    name, rows = SPLITS[split]
    images = read_idx(MNIST_FOLDER / f"{name}-images-idx3-ubyte.gz")
    labels = read_idx(MNIST_FOLDER / f"{name}-labels-idx1-ubyte.gz")
    return images[rows].copy(), labels[rows].copy()


def check_images(images):
    """Return `images` as an array (n, 28, 28) of grey values, or raise a ValueError."""
    images = np.asarray(images)
    if images.shape[1:] != (28, 28):
        hint = " (for one digit, pass image[None])" if images.shape == (28, 28) else ""
        raise ValueError(f"expected images of shape (n, 28, 28), got {images.shape}{hint}")
    if images.dtype.kind not in "iuf":
        raise ValueError(f"expected grey values as integers or floats, got {images.dtype}")
    if images.size and not (images.min() >= 0 and images.max() <= 255):  # NaN fails here, too
        raise ValueError("expected finite grey values from 0 (paper) to 255 (ink)")
    return images
