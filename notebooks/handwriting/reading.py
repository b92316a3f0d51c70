"""All steps together: from a picture, or a folder of pictures, to digits."""

import re
from collections import namedtuple
from pathlib import Path

import numpy as np

from .framing import frame, reading_order, tiny_piece
from .ink import separate
from .likeness import turns_to_upright
from .opening import TINY, open_grey
from .pieces import KEPT, find_pieces
from .touching import cut_touching

Digit = namedtuple("Digit", "image box")
Digit.__doc__ = "One digit: `image` uint8 (28, 28), ink 255; `box` (left, top, right, bottom)."
# A page, turned upright by so many right angles: its grey values from 0 to 1, which pixels are
# ink, all pieces, those that are digits, and how many pixels of the picture one of the page is.
Reading = namedtuple("Reading", "grey mask pieces digits turns scale")


def read_digits(picture):
    """Find the digits in a picture, and frame each as MNIST frames its own.

    Digits that touch are cut apart, and a page of six digits or more that lies on its side or
    upside down is turned, where that makes the pieces look more like digits.

    Parameters
    ----------
    picture : str, pathlib.Path, bytes, open binary file, PIL.Image.Image or numpy.ndarray
        Dark ink on light paper or the reverse; what is transparent is paper. An array is
        (height, width) or (height, width, 1, 3 or 4), bool, uint8, uint16, or float from 0 to 1.
        A picture of at most 32 × 32 is one digit; an image of MNIST is returned as it is.

    Returns
    -------
    list of Digit
        In reading order, each with its `image`, 0 for paper and 255 for ink, and its `box` in
        pixels of the picture, upright as far as its file says. Empty where there is no ink.

    Raises
    ------
    ValueError
        If `picture` is not one still picture, is a file of more than 89 million pixels, or
        cannot be read.
    """
    read, digits = read_picture(picture), []
    for piece in read.digits:
        (left, top, right, bottom), (height, width) = piece.box, read.grey.shape
        for _ in range(read.turns):  # back, clockwise
            left, top, right, bottom = height - bottom, left, height - top, right
            height, width = width, height
        box = [round(float(read.scale * edge)) for edge in (left, top, right, bottom)]
        digits.append(Digit(piece.image, tuple(box)))
    return digits


def load_folder(folder, tell=print):
    """Read pictures that are named by the digits they show: `3-007.png`, `0123-monday.jpg`.

    The name of a file is what is written on it, in reading order, then a hyphen and anything, or
    nothing more. A file that is named otherwise, that cannot be read, or that shows another number
    of digits is skipped, and `tell` is called with a line that says what to do.

    Parameters
    ----------
    folder : str or pathlib.Path
        Hidden files and folders in it are passed over. It may be empty, or not be there yet.
    tell : callable
        Takes a str.

    Returns
    -------
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink
    labels : numpy.ndarray of uint8, shape (n,), the digits 0 to 9
    """
    images, labels = [], []
    for path in sorted(filter(Path.is_file, Path(folder).expanduser().glob("[!.]*"))):
        try:
            digits, written = read_digits(path), re.match("[0-9]+(?=-|$)", path.stem)
            if not written:
                raise ValueError("name it by the digits it shows, such as 0123.jpg or 3-monday.jpg")
            if len(written[0]) != len(digits):
                raise ValueError(
                    f"its name has {len(written[0])} digits, and {len(digits)} were found. Rename "
                    "it, or look at handwriting.xray(path): photograph nothing but the paper; what "
                    "reads well is dark, large, and does not touch"
                )
        except (ValueError, OSError) as error:
            tell(f"{path.name} is skipped: {error}")
        else:
            images += [digit.image for digit in digits]
            labels += map(int, written[0])
    return np.array(images, np.uint8).reshape(-1, 28, 28), np.array(labels, np.uint8)


def read_picture(picture):
    """Read as `read_digits` does, and keep what was found on the way: a Reading."""
    grey, scale = open_grey(picture)
    if max(grey.shape) <= TINY:
        digits = tiny_piece(grey)
        return Reading(grey, np.zeros(grey.shape, bool), digits, digits, 0, scale)
    ink, mask, pieces, likely = framed_pieces(grey)
    if turns := turns_to_upright([piece.image for piece in likely]):
        grey = np.rot90(grey, turns)
        ink, mask, pieces, likely = framed_pieces(grey)
    digits = cut_touching(ink, likely)
    pieces = [piece for piece in pieces if piece not in likely] + digits
    return Reading(grey, mask, pieces, reading_order(digits), turns, scale)


def framed_pieces(grey):
    """The ink of a page, which pixels it is, all pieces, and those that may be digits, framed."""
    ink, mask = separate(grey)
    pieces = find_pieces(mask)
    likely = [piece for piece in pieces if piece.fate in KEPT]
    frame(ink, likely)
    return ink, mask, pieces, likely
