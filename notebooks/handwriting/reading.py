"""All steps together: from a picture to digits."""

from collections import namedtuple

import numpy as np

from .framing import frame, reading_order, tiny_piece
from .ink import separate
from .likeness import turns_to_upright
from .opening import TINY, open_grey
from .pieces import KEPT, find_pieces
from .touching import cut_touching

Digit = namedtuple("Digit", "image box")
Digit.__doc__ = "One digit: `image` uint8 (28, 28), ink 255; `box` (left, top, right, bottom)."

Reading = namedtuple("Reading", "grey mask pieces digits turns scale")
Reading.__doc__ = """How a picture was read: what `handwriting.xray` shows.

The page, turned upright by so many right angles: its grey values from 0 to 1, which pixels are
ink, all pieces, and those that are digits, in reading order; and how many pixels of the picture
one of the page is.
"""


def read_digits(picture):
    """Find the digits in a picture, and frame each as MNIST frames its own.

    Digits that touch are cut apart, and a page of some lines that lies on its side or upside down
    is turned, where that makes the pieces look more like digits.

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
        If `picture` is not one still picture of 1 to 89 million pixels, or cannot be read.
    """
    read = read_picture(picture)
    boxes = [turned_back(piece.box, read.turns, read.grey.shape) for piece in read.digits]
    boxes = [tuple(round(float(read.scale * x)) for x in box) for box in boxes]
    return [Digit(piece.image, box) for piece, box in zip(read.digits, boxes)]


def read_picture(picture):
    """Read as `read_digits` does, and keep what was found on the way: a Reading."""
    grey, scale = open_grey(picture)
    if max(grey.shape) <= TINY:
        digits = tiny_piece(grey)
        return Reading(grey, np.zeros(grey.shape, bool), digits, digits, 0, scale)
    ink, mask, pieces, likely = framed_pieces(grey)
    turns = turns_to_upright([piece.image for piece in likely])
    if turns:
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
    for piece in likely:
        piece.image = frame(ink, piece)
    return ink, mask, pieces, likely


def turned_back(box, turns, shape):
    """A box on a page of this shape as it was before the page was turned, anticlockwise."""
    left, top, right, bottom = box
    height, width = shape
    return (
        box,
        (height - bottom, left, height - top, right),
        (width - right, height - bottom, width - left, height - top),
        (top, width - right, bottom, width - left),
    )[turns]
