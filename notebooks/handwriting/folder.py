"""A folder of pictures becomes digits with labels."""

import re
from pathlib import Path

import numpy as np

from .reading import read_digits


def load_folder(folder):
    """Read pictures that are named by the digits they show: `3-007.png`, `0123-monday.jpg`.

    The name of a file is what is written on it, in reading order, then a hyphen and anything, or
    nothing more. A file that is named otherwise, that cannot be read, or that shows another number
    of digits is skipped, and a printed line says what to do.

    Parameters
    ----------
    folder : str or pathlib.Path
        Hidden files and folders in it are passed over. There may be nothing in it, or no such
        folder yet.

    Returns
    -------
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink
    labels : numpy.ndarray of uint8, shape (n,), the digits 0 to 9
    """
    images, labels = [], []
    for path in sorted(Path(folder).glob("[!.]*")):
        if path.is_file():
            try:
                written, digits = named(path)
            except (ValueError, OSError) as error:
                print(f"{path.name} is skipped: {error}")
                continue
            images += [digit.image for digit in digits]
            labels += map(int, written)
    return np.array(images, np.uint8).reshape(-1, 28, 28), np.array(labels, np.uint8)


def named(path):
    """The digits in the name of a file, and as many in its picture; else a ValueError."""
    digits = read_digits(path)
    written = re.fullmatch("([0-9]+)(-.*)?", path.stem)
    if not written:
        raise ValueError("name it by the digits it shows, such as 0123.jpg or 3-monday.jpg")
    if len(written[1]) != len(digits):
        raise ValueError(
            f"its name has {len(written[1])} digits, and {len(digits)} were found. Rename it, or "
            "look at handwriting.xray(path): what reads well is dark, large, and does not touch"
        )
    return written[1], digits
