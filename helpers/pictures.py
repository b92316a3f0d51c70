"""From a picture of handwriting to digits as MNIST would have them."""

import io
from collections import namedtuple
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from skimage import filters, measure, morphology, transform

Digit = namedtuple("Digit", "image box")
Digit.__doc__ = "One digit: `image` uint8 (28, 28), ink 255; `box` (left, top, right, bottom)."

LONGEST_SIDE = 1600  # larger pictures are reduced to this many pixels


def read_digits(picture):
    """Find the digits in a picture, and frame each as MNIST frames its own.

    The ink is separated from the paper by Otsu's threshold on the difference from the local
    paper brightness. Each connected piece of ink is cut out, scaled to 20 pixels along its longer
    side and placed with its centre of mass in the middle of 28 × 28.

    Parameters
    ----------
    picture : str, pathlib.Path, bytes, PIL.Image.Image or numpy.ndarray
        Dark ink on light paper or the reverse. An array is (height, width) or
        (height, width, 3 or 4), uint8, or float from 0 to 1.

    Returns
    -------
    list of Digit
        Each with its `image`, uint8 (28, 28), 0 for paper and 255 for ink, and its `box`
        (left, top, right, bottom) in pixels of the upright picture; lines from top to bottom,
        digits from left to right within a line. Empty where there is no ink.

    Raises
    ------
    ValueError
        If `picture` cannot be read as a picture, or is empty.

    References
    ----------
    Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9(1),
    1979. The framing is MNIST's own: LeCun et al., Proc. IEEE 86(11), 1998, section III.
    """
    grey, scale = _grey(picture)
    ink = _ink(grey)
    threshold = filters.threshold_otsu(ink) if ink.max() > 0.1 else 1.0
    mask = ink > threshold
    # Strokes that almost touch belong together: the pieces are found on a slightly fatter mask.
    reach = max(1, round(min(grey.shape) / 200))
    pieces = measure.label(morphology.dilation(mask, morphology.disk(reach)))
    regions = measure.regionprops(pieces)
    heights = [region.bbox[2] - region.bbox[0] for region in regions]
    smallest = max(6, 0.3 * max(heights, default=0))
    digits = []
    for region, height in zip(regions, heights):
        if height < smallest:
            continue  # a speck
        top, left, bottom, right = region.bbox
        own = np.where(region.image, ink[region.slice], 0)
        box = tuple(round(float(edge) * scale) for edge in (left, top, right, bottom))
        digits.append(Digit(_frame(own, threshold), box))
    return _reading_order(digits)


def _grey(picture):
    """Grey values from 0 (black) to 1 (white), and how many original pixels one of them is."""
    if isinstance(picture, np.ndarray):
        if picture.dtype.kind == "f":
            if not np.isfinite(picture).all():
                raise ValueError("the picture holds values that are not finite")
            picture = np.clip(picture * 255, 0, 255).astype(np.uint8)
        if picture.dtype == bool:
            picture = picture.astype(np.uint8) * 255
        if picture.dtype != np.uint8 or picture.size == 0:
            raise ValueError(
                "expected a picture array of uint8, or float from 0 to 1, that is not empty; "
                f"got {picture.dtype} of shape {picture.shape}"
            )
    try:
        if isinstance(picture, np.ndarray):
            image = Image.fromarray(picture)
        elif isinstance(picture, bytes):
            image = Image.open(io.BytesIO(picture))
        elif isinstance(picture, str | Path):
            image = Image.open(picture)
        elif isinstance(picture, Image.Image):
            image = picture
        else:
            raise TypeError(f"a {type(picture).__name__} is not a path, bytes, image or array")
        image = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"cannot read the picture: {error}") from error
    paper = Image.new("RGBA", image.size, "white")
    grey = Image.alpha_composite(paper, image).convert("L")
    scale = max(1.0, max(grey.size) / LONGEST_SIDE)
    if scale > 1:
        grey = grey.resize(
            [max(1, round(side / scale)) for side in grey.size], Image.Resampling.BOX
        )
    return np.asarray(grey, np.float32) / 255, scale


def _ink(grey):
    """How much darker than the paper around it each pixel is (lighter, if the paper is dark)."""
    if np.median(grey) < 0.5:
        grey = 1 - grey
    # The paper is what a wide median leaves; a picture reduced eightfold is enough to see it.
    small = transform.resize(grey, [max(1, side // 8) for side in grey.shape], anti_aliasing=True)
    paper = filters.median(np.pad(small, 8, mode="edge"), morphology.disk(8))[8:-8, 8:-8]
    return np.clip(transform.resize(paper, grey.shape) - grey, 0, 1)


def _frame(ink, threshold):
    """Scale one digit to 20 pixels, and put its centre of mass in the middle of 28 × 28."""
    rows, columns = np.nonzero(ink > threshold)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    # Grey edges survive; what is well inside the stroke counts as full ink.
    ink = np.clip((ink - threshold / 2) / threshold, 0, 1)
    scale = 20 / max(ink.shape)
    shape = [max(1, round(side * scale)) for side in ink.shape]
    ink = transform.resize(ink, shape, anti_aliasing=scale < 1)
    image = np.zeros((28, 28))
    # MNIST's centre of mass is pixel 14, counting from 0, in both directions.
    row = ink.sum(axis=1) @ np.arange(shape[0]) / ink.sum()
    column = ink.sum(axis=0) @ np.arange(shape[1]) / ink.sum()
    top = int(np.clip(round(14 - row), 0, 28 - shape[0]))
    left = int(np.clip(round(14 - column), 0, 28 - shape[1]))
    image[top : top + shape[0], left : left + shape[1]] = ink
    return np.round(255 * image / image.max()).astype(np.uint8)


def _reading_order(digits):
    """Sort into lines from top to bottom, each from left to right."""
    lines = []
    for digit in sorted(digits, key=lambda digit: digit.box[1] + digit.box[3]):
        middle = (digit.box[1] + digit.box[3]) / 2
        for line in lines:
            if line[-1].box[1] <= middle <= line[-1].box[3]:
                line.append(digit)
                break
        else:
            lines.append([digit])
    return [digit for line in lines for digit in sorted(line, key=lambda digit: digit.box[0])]
