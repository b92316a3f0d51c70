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


def read_idx(path):
    """Read one gzipped IDX file of unsigned bytes.

    The format is big-endian: two zero bytes, the type (0x08: unsigned byte), the number of
    dimensions, each dimension as a 32-bit integer, then the bytes themselves.

    Parameters
    ----------
    path : str or pathlib.Path
        A ``.gz`` file.

    Returns
    -------
    numpy.ndarray of uint8
        Read-only, in the shape that the header states.

    Raises
    ------
    ValueError
        If the file is missing, cannot be decompressed, or is not what its header says; the
        message names the file, what is wrong and how to restore it.
    """
    path = Path(path)
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise _damaged(path, "the file is missing") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, f"it cannot be decompressed ({error})") from error
    except OSError as error:
        raise _damaged(path, f"it cannot be read ({error.strerror})") from error
    if len(content) < 4 or content[:3] != b"\x00\x00\x08" or content[3] not in (1, 3):
        raise _damaged(path, f"the magic number is 0x{content[:4].hex()}, not 0x00000801 or …803")
    if len(content) < 4 + 4 * content[3]:
        raise _damaged(path, "the header is cut off")
    shape = tuple(np.frombuffer(content, ">u4", count=content[3], offset=4).tolist())
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * content[3])
    if values.size != np.prod(shape):
        raise _damaged(path, f"the header announces {shape}, the file holds {values.size} bytes")
    expected = CHECKSUMS.get(path.name)
    if expected and hashlib.md5(content, usedforsecurity=False).hexdigest() != expected:
        raise _damaged(path, f"its content was altered: the MD5 sum is not {expected}")
    return values.reshape(shape)


def load_mnist(split):
    """Load one split of MNIST from ``data/mnist``; nothing is ever downloaded.

    Parameters
    ----------
    split : {"train", "validation", "development", "test"}
        The first 50,000 training digits, the last 10,000 of them, both together, or the sealed
        10,000 test digits, which only notebook 06 opens.

    Returns
    -------
    images : numpy.ndarray of uint8, shape (n, 28, 28)
        0 is paper, 255 is ink.
    labels : numpy.ndarray of uint8, shape (n,)
        The digits 0 to 9.

    Raises
    ------
    ValueError
        If `split` is unknown, or a file is missing or damaged.

    Notes
    -----
    The data: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.
    """
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}: choose one of {', '.join(map(repr, SPLITS))}")
    name, rows = SPLITS[split]
    images = read_idx(MNIST_FOLDER / f"{name}-images-idx3-ubyte.gz")
    labels = read_idx(MNIST_FOLDER / f"{name}-labels-idx1-ubyte.gz")
    return images[rows].copy(), labels[rows].copy()


def check_images(images):
    """Return `images` as an array if it is a stack of 28 × 28 digits, or say what is wrong.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28)
        Grey values from 0 (paper) to 255 (ink), of an integer or floating type.

    Returns
    -------
    numpy.ndarray, shape (n, 28, 28)

    Raises
    ------
    ValueError
        If the shape, the type or the range is another, or a value is not finite.
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        hint = " (for one digit, pass image[None])" if images.shape == (28, 28) else ""
        raise ValueError(f"expected images of shape (n, 28, 28), got {images.shape}{hint}")
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind not in "iuf":
        raise ValueError(f"expected grey values as integers or floats, got {images.dtype}")
    if images.size and not (images.min() >= 0 and images.max() <= 255):  # NaN fails here, too
        raise ValueError("expected finite grey values from 0 (paper) to 255 (ink)")
    return images


def _damaged(path, what):
    return ValueError(
        f"data/mnist/{path.name}: {what}. Restore it with: git checkout -- data/mnist"
    )
