"""Step 4: frame digits as MNIST does (LeCun et al., Proc. IEEE 86(11), 1998), and order them."""

import numpy as np
from scipy import ndimage

from .ink import slope
from .opening import resized

STROKE = 2.0, 3.4  # between these widths, in a frame of 20 pixels, lie three of four MNIST digits


def frame(ink, piece):
    """Bring the strokes to a usual width, scale to 20 pixels, and centre in 28 × 28."""
    ink = ink[piece.top : piece.bottom, piece.left : piece.right]
    ink = np.where(ndimage.binary_dilation(piece.mask), ink, 0)
    depth = ndimage.distance_transform_edt(np.pad(piece.mask, 1))[1:-1, 1:-1]
    width = 4 * depth[piece.mask].mean() - 2  # of a long stroke; ends and crossings count little
    # A digit grows together with its strokes: how far must its outline move?
    stroke = np.clip(20 * width / piece.size, *STROKE)
    move = (stroke / 20 * piece.size - width) / (2 - stroke / 10)
    if move > 0.001:
        ink = ndimage.distance_transform_edt(~np.pad(piece.mask, int(np.ceil(move)))) <= move
    elif move < -0.001:
        ink = depth > min(-move, 0.8 * depth.max())
        ink = ink[ndimage.find_objects(ink.astype(int))[0]]
    else:
        ink = np.clip(2 * ink / np.percentile(ink[piece.mask], 80) - 0.5, 0, 1)
    return centre(ink)


def centre(ink):
    """Ink scaled to 20 pixels, and its centre of mass in the middle of 28 × 28."""
    ink = np.clip(resized(ink.astype(np.float32), 20), 0, 1)
    height, width = ink.shape
    # MNIST's centre of mass is pixel 14, counting from 0, in both directions.
    row, column = ndimage.center_of_mass(ink)
    top = int(np.clip(round(14 - row), 0, 28 - height))
    left = int(np.clip(round(14 - column), 0, 28 - width))
    image = np.zeros((28, 28), np.float32)
    image[top : top + height, left : left + width] = ink
    return np.round(255 * np.clip(image / image.max(), 0, 1)).astype(np.uint8)


def frame_tiny(grey):
    """A tiny picture is one digit: framed already, or blurred when it is enlarged."""
    border = np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.clip(border - grey if border > 0.5 else grey - border, 0, 1)
    if ink.max() < 0.1:
        return []
    rows, columns = np.nonzero(ink > 0.1 * ink.max())
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    framed = grey.shape == (28, 28) and ink.max() > 0.8 and max(right - left, bottom - top) <= 20
    image = centre(ink[top:bottom, left:right] / ink.max())
    if framed and np.abs(np.subtract(ndimage.center_of_mass(ink), 14)).max() < 1:
        image = np.round(255 * ink).astype(np.uint8)
    return [(image, (left, top, right, bottom))]


def reading_order(digits):
    """Sort into lines from top to bottom, each from left to right, even if they slope."""
    if len(digits) < 2:
        return digits
    left, top, right, bottom = np.array([digit.box for digit in digits]).T
    x, height = (left + right) / 2, bottom - top
    rows = np.concatenate([np.arange(*ends) for ends in zip(top, bottom + 1)])
    rise = slope(rows, np.repeat(x, height + 1)) * x
    top, bottom = top - rise, bottom - rise
    shared = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    tallest = []  # of each line
    for number in np.argsort(-height, kind="stable"):
        if np.max(shared[number, tallest], initial=0) <= 0.4 * height[number]:
            tallest.append(number)
    line = np.take(tallest, np.argmax(shared[:, tallest], axis=1))
    return [digits[number] for number in np.lexsort((x, top[line]))]
