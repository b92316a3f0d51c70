"""Step 5: cut digits that touch where both parts look most like digits."""

import numpy as np
from scipy import ndimage

from .framing import centre, frame, usual_strokes
from .likeness import strangeness
from .opening import resized
from .pieces import Piece

NARROW = 0.7  # of its height: a piece that is no wider is one digit
STRANGE = 12  # a piece that is no stranger is one digit
LEANS = -0.3, 0, 0.3  # of a cut: pixels to the left for each pixel down
STEP = 0.05  # between cuts, as a share of the height


def cut(ink, piece):
    """The digits that a framed piece is made of, framed: mostly the piece alone."""
    if piece.width < NARROW * piece.height or strangeness([piece.image])[0] < STRANGE:
        return [piece]
    aspect = piece.width / piece.height
    small = resized(piece.mask.astype(np.float32), 40 * max(1, aspect))
    small = usual_strokes(small, small > 0.5, 40)
    places = np.arange(-0.3 * aspect, 0.3 * aspect, STEP)
    cuts, halves = [], []
    for lean in LEANS:
        for place in places:
            left = right_of(*np.indices(small.shape), small.shape, lean) < place
            parts = [np.where(side, small, 0) for side in (left, ~left)]
            if min(part.sum() for part in parts) > 0.1 * small.sum():
                cuts.append((lean, place))
                halves += [
                    centre(part[ndimage.find_objects((part > 0).astype(int))[0]]) for part in parts
                ]
    if not cuts:
        return [piece]
    distances = strangeness(halves).reshape(-1, 2).mean(axis=1)
    if distances.min() > strangeness([piece.image])[0] * (0.55 + 0.2 * min(aspect, 1.6)):
        return [piece]
    lean, place = cuts[np.argmin(distances)]
    rows, columns = (piece.pixels - (piece.top, piece.left)).T
    left = right_of(rows, columns, piece.mask.shape, lean) < place
    parts = [Piece(piece.pixels[side], "cut") for side in (left, ~left)]
    for part in parts:
        part.image = frame(ink, part)
    return [digit for part in parts for digit in cut(ink, part)]


def right_of(rows, columns, shape, lean):
    """How far, in heights, pixels lie to the right of a leaning line through the middle."""
    return (columns - shape[1] / 2 + lean * (rows - shape[0] / 2)) / shape[0]
