"""Step 4: frame digits as MNIST does (LeCun et al., Proc. IEEE 86(11), 1998), and order them."""

import numpy as np
from scipy import ndimage

from .ink import slope
from .opening import resized
from .pieces import Piece

STROKE = 2.0, 3.4  # between these widths, in a frame of 20 pixels, lie three of four MNIST digits


def frame(ink, pieces):
    """Give pieces their images: strokes of a usual width, 20 pixels, centred in 28 × 28."""
    for piece in pieces:
        own = np.where(ndimage.binary_dilation(piece.mask), ink[piece.place], 0)
        piece.image = centre(usual_strokes(own, piece.mask, piece.size))


def usual_strokes(ink, mask, size):
    """The ink, from 0 to 1, with strokes as wide as are MNIST's on digits of that size."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    width = 4 * depth[mask].mean() - 2  # of a long stroke; ends and crossings count little
    # A digit grows together with its strokes: how far must its outline move?
    stroke = np.clip(20 * width / size, *STROKE)
    move = (stroke / 20 * size - width) / (2 - stroke / 10)
    if move > 0.001:
        return np.float32(ndimage.distance_transform_edt(~np.pad(mask, int(np.ceil(move)))) <= move)
    if move < -0.001:
        ink = depth > min(-move, 0.8 * depth.max())
        return np.float32(ink[ndimage.find_objects(ink.astype(int))[0]])
    return np.float32(np.clip(2 * ink / np.percentile(ink[mask], 80) - 0.5, 0, 1))


def centre(ink):
    """Ink scaled to 20 pixels, and its centre of mass in the middle of 28 × 28."""
    ink = np.clip(resized(ink, 20), 0, 1)
    margins = []  # MNIST's centre of mass is pixel 14, counting from 0, in both directions
    for middle, side in zip(ndimage.center_of_mass(ink), ink.shape):
        before = int(np.clip(round(14 - middle), 0, 28 - side))
        margins.append((before, 28 - side - before))
    return np.round(255 * (np.pad(ink, margins) / ink.max())).astype(np.uint8)


def tiny_piece(grey):
    """A tiny picture is one digit: framed already, or blurred when it is enlarged."""
    border = np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.clip(border - grey if border > 0.5 else grey - border, 0, 1)
    if ink.max() < 0.1:
        return []
    piece = Piece(np.argwhere(ink > 0.1 * ink.max()))
    framed = grey.shape == (28, 28) and ink.max() > 0.8 and piece.size <= 20
    if framed and np.abs(np.subtract(ndimage.center_of_mass(ink), 14)).max() < 1:
        piece.image = np.round(255 * ink).astype(np.uint8)
    else:
        piece.image = centre(ink[piece.place] / ink.max())
    return [piece]


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
