"""Step 5: cut digits that touch where both parts look most like digits."""

from itertools import product

import numpy as np
from scipy import ndimage

from .framing import centre, frame, usual_strokes
from .likeness import strangeness
from .opening import resized
from .pieces import Piece

NARROW = 0.6  # of its height: a piece that is no wider is one digit,
USUAL = 1.2  # of the median on its page, too
STRANGE = 13  # a piece that is no stranger is one digit, as are most
MOST = 20  # of the strangest pieces are tried: on a page of letters, all are strange
LEANS = -0.3, 0, 0.3  # of a cut: pixels to the left for each pixel down
STEP = 0.05  # between cuts, as a share of the height


def cut_touching(ink, pieces):
    """Framed pieces, of which those that look like two digits are cut in two, and again."""
    usual = USUAL * np.median([piece.width for piece in pieces]) if len(pieces) > 3 else 0
    wide = [piece for piece in pieces if piece.width > max(NARROW * piece.height, usual)]
    distances = strangeness([piece.image for piece in wide])
    result = [piece for piece in pieces if piece not in wide]
    for rank, number in enumerate(np.argsort(-distances)):
        piece, whole = wide[number], distances[number]
        parts = halves(ink, piece, whole) if whole > STRANGE and rank < MOST else []
        result += cut_touching(ink, parts) if parts else [piece]
    return result


def halves(ink, piece, whole):
    """The two digits, framed, that make a piece of that strangeness; none if it is not two."""
    aspect = min(piece.width / piece.height, 1.6)  # the wider, the more likely it is two
    small = usual_strokes(piece.mask.astype(np.float32), piece.mask, piece.height)
    small = resized(small, 40 * max(small.shape) / len(small)).clip(0)
    middle = 0.3 * piece.width / piece.height
    cuts, images = [], []
    for lean, place in product(LEANS, np.arange(-middle, middle, STEP)):
        left = left_of(small, lean, place)
        parts = [np.where(side, small, 0) for side in (left, ~left)]
        if min(part.sum() for part in parts) > 0.1 * small.sum():
            cuts.append((lean, place))
            boxes = [ndimage.find_objects((part > 0).astype(int))[0] for part in parts]
            images += [centre(part[box]) for part, box in zip(parts, boxes)]
    if not cuts:
        return []
    distances = np.sort(strangeness(images).reshape(-1, 2))
    scores = distances @ (0.25, 0.75)  # the half that looks less like a digit counts more
    best = np.argmin(scores)
    # Of a letter, one half at least is far from all digits.
    if scores[best] > (0.55 + 0.25 * aspect) * whole or distances[best, 1] > 10 + 3 * aspect:
        return []
    left = left_of(piece.mask, *cuts[best])[tuple((piece.pixels - (piece.top, piece.left)).T)]
    parts = [Piece(piece.pixels[side], "cut") for side in (left, ~left) if side.any()]
    frame(ink, parts)
    return parts if min(part.height for part in parts) > 0.6 * piece.height else []


def left_of(mask, lean, place):
    """Which pixels lie left of a leaning line that passes so many heights right of the middle."""
    rows, columns = np.indices(mask.shape) - np.reshape(mask.shape, (2, 1, 1)) / 2
    return columns + lean * rows < place * len(mask)
