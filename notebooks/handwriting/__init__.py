"""From a picture of handwriting to digits as MNIST would have them, and a pad to draw on."""

from collections import namedtuple

from .framing import frame, frame_tiny, reading_order
from .ink import separate
from .opening import TINY, open_grey
from .pieces import find_digits

Digit = namedtuple("Digit", "image box")
Digit.__doc__ = "One digit: `image` uint8 (28, 28), ink 255; `box` (left, top, right, bottom)."


def __getattr__(name):
    if name == "DrawPad":  # it needs anywidget; reading does not
        from .pad import DrawPad

        return DrawPad
    if name == "adapt":  # it needs scikit-learn and, for the network, Keras
        from .adapting import adapt

        return adapt
    raise AttributeError(f"module 'handwriting' has no attribute '{name}'")


def read_digits(picture):
    """Find the digits in a picture, and frame each as MNIST frames its own.

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
        pixels of the upright picture. Empty where there is no ink.

    Raises
    ------
    ValueError
        If `picture` is not one still picture of 1 to 89 million pixels, or cannot be read.
    """
    grey, scale = open_grey(picture)
    if max(grey.shape) <= TINY:
        found = frame_tiny(grey)
    else:
        ink, mask = separate(grey)
        found = [(frame(ink, piece), piece.box) for piece in find_digits(mask)]
    digits = [Digit(image, tuple(round(float(scale * x)) for x in box)) for image, box in found]
    return reading_order(digits)
