"""Step 3: find the connected pieces of ink, and which of them make a digit."""

import numpy as np
from scipy import ndimage, spatial
from skimage import measure

KEPT = "", "joined", "cut"  # the fates of digits


class Piece:
    """Ink that belongs together: its pixels (row, column), its box, and its mask in the box.

    A digit has an `image`. The `fate` says why another piece has none, or that a digit is "joined"
    of loose strokes or "cut" from what it touched.
    """

    def __init__(self, pixels, fate=""):
        self.pixels, self.fate, self.image = pixels, fate, None
        self.top, self.left = corner = pixels.min(axis=0).tolist()
        self.bottom, self.right = (pixels.max(axis=0) + 1).tolist()
        self.box = self.left, self.top, self.right, self.bottom
        self.place = slice(self.top, self.bottom), slice(self.left, self.right)
        self.height, self.width = self.bottom - self.top, self.right - self.left
        self.size = max(self.height, self.width)
        self.mask = np.zeros((self.height, self.width), bool)
        self.mask[tuple((pixels - corner).T)] = True


def find_pieces(mask):
    """All pieces of ink, but for dust, in no particular order; the fate says which are digits."""
    reach = max(1, round(max(mask.shape) / 600))  # what almost touches is connected
    labels = measure.label(ndimage.binary_dilation(mask, iterations=reach), connectivity=2)
    areas = np.bincount(labels.ravel())
    smallest = max(10, np.sort(areas)[-1000:][0])  # a picture of sand has more pieces
    labels[~mask | (areas[labels] < smallest)] = 0
    pieces = join([Piece(region.coords) for region in measure.regionprops(labels)])
    for piece in pieces:
        thickness = 2 * ndimage.distance_transform_edt(np.pad(piece.mask, 1)).max()
        if piece.width >= 2.5 * piece.height:
            piece.fate = "too long: a line"
        elif thickness > 0.7 * piece.size:
            piece.fate = "too thick: a blot"
        elif piece.size < 6:
            piece.fate = "too small"
    shaped = [piece for piece in pieces if piece.fate in KEPT]
    # What reaches in from outside is no digit, nor is a long line, perhaps the paper's edge.
    inner = [p for p in shaped if min(p.box) > 0 and np.all(p.box[2:] < np.flip(mask.shape))]
    usual = usual_size(inner or shaped)
    for piece in shaped:
        if piece.size > 4 * usual:
            piece.fate = "too large"
        elif piece.size > 2 * usual and piece not in inner:
            piece.fate = "reaches in from outside"
        elif piece.size > 2 * usual and piece.height > 12 * piece.width:
            piece.fate = "too long: a line"
    for piece in pieces:
        if piece.size < 0.2 * usual:
            piece.fate = "too small"
    return pieces


def usual_size(pieces):
    """Half of all ink but lines, laid end to end, belongs to pieces of up to that size."""
    no_lines = [piece for piece in pieces if piece.width / 3 < piece.height < 12 * piece.width]
    sizes = [0] + sorted(piece.size for piece in no_lines or pieces)
    return sizes[np.searchsorted(np.cumsum(sizes), sum(sizes) / 2)]


def join(pieces):
    """Join loose strokes, such as the top of a 5, to the digit that they belong to."""
    usual = usual_size(pieces)
    largest = 1.5 * usual if len(pieces) > 3 else np.inf
    specks = [piece for piece in pieces if piece.size <= 0.08 * usual]
    waiting = sorted((p for p in pieces if p not in specks), key=lambda p: p.height)
    joined = []
    while waiting:
        small = waiting.pop(0)
        for number, large in enumerate(waiting):
            if belongs(small, large, usual):
                both = Piece(np.concatenate([small.pixels, large.pixels]), "joined")
                if both.size < largest:
                    waiting[number] = both
                    break
        else:
            joined.append(small)
    for speck in specks:
        speck.fate = "too small"
    return specks + (joined if len(joined) == len(pieces) else join(joined))


def belongs(small, large, usual):
    """Whether a flatter piece lies close above or below another one, or all but touches it."""
    # How far the boxes lie apart; negative where they overlap.
    across = max(small.left, large.left) - min(small.right, large.right)
    down = max(small.top, large.top) - min(small.bottom, large.bottom)
    if across < 0 and down < 0:
        if small.height < 0.5 * large.height or down > -0.5 * small.height:
            return True
        # Two slanted ones overlap like this, too, but they are of one height and less entangled.
        if small.height >= 0.75 * large.height and across >= -0.4 * min(small.width, large.width):
            return False
        return gap(small, large) < 0.16 * large.size
    dash = small.width > 2 * small.height
    if across < (0 if dash else -0.2 * small.width) and down < 0.2 * max(large.height, usual):
        return True
    # As the loop of a 9 that does not quite meet its stem; the next digit would be as high.
    near = 0.12 * large.size
    lower = small.height < 0.75 * large.height
    return lower and max(across, down) < near and gap(small, large) < near


def gap(piece, other):
    """How far apart two pieces are, in pixels."""
    return spatial.KDTree(piece.pixels).query(other.pixels)[0].min()
