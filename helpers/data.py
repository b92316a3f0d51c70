"""The MNIST digits and their writers, read from ``data/mnist`` and checked byte for byte."""

import gzip
import hashlib
import zlib
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
MNIST_FOLDER = ROOT / "data" / "mnist"

# MD5 of the decompressed files: MNIST's as published, the writers' as cut (data/README.md).
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "train-writers-idx1-short.gz": "dc90599ae79d7fde9c51e9d71e02bab2",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
    "t10k-writers-idx1-short.gz": "28c178a6406a626d19a6baadc0ea6731",
}
TYPES = {0x08: np.dtype("u1"), 0x0B: np.dtype(">i2")}  # of a file's numbers, by its third byte

# The files of each split, and which of their writers it takes: every sixth is for validation.
SPLITS = {
    "train": ("train", lambda writers: writers % 6 != 2),
    "validation": ("train", lambda writers: writers % 6 == 2),
    "development": ("train", lambda writers: writers >= 0),
    "test": ("t10k", lambda writers: writers >= 0),
}


class DamagedData(ValueError):
    """A file of ``data/mnist`` is missing, or not what it was when it was published."""


@cache  # the files are read once; `load_mnist` hands out copies
def read_idx(path):
    """Read one gzipped IDX file of bytes or short integers, in the shape that its header states.

    The format, big-endian: two zero bytes, the type (0x08: unsigned byte, 0x0B: 16-bit integer),
    the number of dimensions, each dimension as a 32-bit integer, then the numbers themselves.
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
    kind, dimensions = TYPES[content[2]], content[3]
    shape = np.frombuffer(content, ">u4", count=dimensions, offset=4)
    numbers = np.frombuffer(content, kind, offset=4 + 4 * dimensions).reshape(shape)
    return numbers.astype(kind.newbyteorder("="))


def load_mnist(split, writers=False):
    """Load one split of MNIST (LeCun, Cortes and Burges, 1998) from ``data/mnist``.

    No writer is in two of train, validation and test.

    Parameters
    ----------
    split : {"train", "validation", "development", "test"}
        50,037 digits of 449 writers; 9,963 digits of 90 others (each writer whose number leaves 2
        when divided by 6); both together, in the order of the files; or the sealed 10,000 test
        digits of 297 more, which only notebooks 06 and 07 open. A ValueError says what to do if
        it is another, or if a file is missing or damaged.
    writers : bool
        Whether to return the writers, too.

    Returns
    -------
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink
    labels : numpy.ndarray of uint8, shape (n,), the digits 0 to 9
    writers : numpy.ndarray of int16, shape (n,), if asked for
        Numbers that NIST gave: census employees below 2100, high-school students from there on
        (Yadav and Bottou, "Cold case: the lost MNIST digits", NeurIPS 2019).
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: choose one of {', '.join(map(repr, SPLITS))}")
    name, belong = SPLITS[split]
    kinds = ("images-idx3-ubyte", "labels-idx1-ubyte", "writers-idx1-short")
    parts = [read_idx(MNIST_FOLDER / f"{name}-{kind}.gz") for kind in kinds]
    return tuple(part[belong(parts[2])] for part in parts[: 3 if writers else 2])


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
