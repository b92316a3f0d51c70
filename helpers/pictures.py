"""From a picture of handwriting to digits as MNIST would have them."""

import io
import warnings
from collections import namedtuple
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps
from scipy import ndimage
from skimage import filters, measure, morphology

Digit = namedtuple("Digit", "image box")
Digit.__doc__ = "One digit: `image` uint8 (28, 28), ink 255; `box` (left, top, right, bottom)."

LONGEST_SIDE, SHORTEST_SIDE = 1600, 100  # in pixels; other pictures are reduced or enlarged
TINY = 32  # a picture of at most so many pixels each way is one digit
STROKE = 2.0, 3.4  # between these widths, in a frame of 20 pixels, lie three of four MNIST digits


def read_digits(picture):
    """Find the digits in a picture, and frame each as MNIST frames its own.

    The picture is compared with the brightness of its paper, so that light and shadow go; what is
    clearly darker than the grain of the paper is ink (lighter, if the paper is dark). Ruled lines
    are taken away. Each connected piece of ink is a digit, after loose strokes were joined to the
    digit that they belong to, and specks, dashes and what reaches in from the edge were dropped. A
    digit's strokes are brought to a width that MNIST knows, its longer side is scaled to 20 pixels,
    and its centre of mass is placed in the middle of 28 × 28. A picture of at most 32 × 32 is one
    digit; an image of MNIST is returned as it is.

    Parameters
    ----------
    picture : str, pathlib.Path, bytes, PIL.Image.Image or numpy.ndarray
        Dark ink on light paper or the reverse; what is transparent is paper. An array is
        (height, width) or (height, width, 1, 3 or 4), bool, uint8, uint16, or float from 0 to 1.

    Returns
    -------
    list of Digit
        Each with its `image`, uint8 (28, 28), 0 for paper and 255 for ink, and its `box`
        (left, top, right, bottom) in pixels of the upright picture; lines from top to bottom,
        digits from left to right within a line. Empty where there is no ink.

    Raises
    ------
    ValueError
        If `picture` cannot be read as one still picture, is empty, or has more than 89 million
        pixels.

    References
    ----------
    The paper is a morphological closing of the picture (black top-hat: Serra, "Image Analysis and
    Mathematical Morphology", 1982). The framing is MNIST's own: LeCun et al., Proc. IEEE 86(11),
    1998, section III.
    """
    grey, scale = _grey(picture)
    if max(grey.shape) <= TINY:
        return _single(grey, scale)
    digits = [
        Digit(image, tuple(round(float(edge * scale)) for edge in box))
        for image, box in _find(grey)
    ]
    return _reading_order(digits)


def _find(grey):
    """The digits of a picture and their boxes, in its own pixels."""
    top, left = 0, 0
    if sheet := _sheet(grey):
        top, left = sheet[0].start, sheet[1].start
        grey = grey[sheet]
    ink, noise = _ink(grey)
    threshold = _threshold(ink, noise)
    mask = ink > threshold
    mask &= ~_ruling(ink, threshold)
    mask &= ~_ruling(ink.T, threshold).T
    digits = _only_digits(_join(_pieces(mask)), mask.shape)
    return [
        Digit(_frame(ink, piece), tuple(np.add(piece.box, (left, top, left, top))))
        for piece in digits
    ]


def _sheet(grey):
    """Where a sheet of paper lies on a darker table, as rows and columns; None without a table."""
    small = _resized(grey, 200)
    table = np.median(np.r_[small[0], small[-1], small[:, 0], small[:, -1]])
    # Lines of ink must not cut the sheet into pieces.
    labels = measure.label(ndimage.binary_closing(small > 1.7 * table, np.ones((3, 3))))
    if not labels.any():
        return None
    sheet = labels == 1 + np.bincount(labels.ravel())[1:].argmax()
    place = _bounds(sheet)
    large = min(np.divide(sheet[place].shape, small.shape)) > 0.25
    full = sheet.sum() > 0.6 * sheet[place].size
    # Paper that is half in the shadow reaches the border of the picture on several sides.
    touched = sum((side.start < 2) + (side.stop > end - 2) for side, end in zip(place, small.shape))
    if not (large and full and touched < 2):
        return None
    scale = max(grey.shape) / 200
    return tuple(
        slice(int((side.start + 1) * scale), int((side.stop - 1) * scale)) for side in place
    )


def _bounds(mask):
    """The rows and columns, as slices, that a mask reaches over."""
    return ndimage.find_objects(np.uint8(mask))[0]


def _open(picture):
    """Any picture as a PIL image."""
    if isinstance(picture, np.ndarray):
        return Image.fromarray(_as_bytes(picture))
    if isinstance(picture, bytes | bytearray):
        picture = io.BytesIO(picture)
    elif not isinstance(picture, str | Path | Image.Image):
        raise TypeError(f"a {type(picture).__name__} is not a path, bytes, image or array")
    image = picture if isinstance(picture, Image.Image) else Image.open(picture)
    # A telephone's MPO file has a second picture for the depth; it is no film.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise OSError(f"it holds {image.n_frames} pictures")
    if 0 in image.size:
        raise OSError("it is empty")
    return image


def _as_bytes(array):
    """An array of uint8, whatever it holds."""
    if array.size == 0 or array.ndim not in (2, 3) or array.shape[2:] not in ((), (1,), (3,), (4,)):
        raise TypeError(
            f"an array of shape {array.shape} is not (height, width) or (height, width, 1, 3 or 4)"
        )
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.dtype == bool or array.dtype.kind == "f":
        if not (array.min() >= 0 and array.max() <= 1):  # false for NaN, too
            raise TypeError("an array of floats must hold finite values from 0 to 1")
        array = np.round(255 * array.astype(np.float32))
    elif array.dtype == np.uint16:
        array = array // 257
    elif array.dtype != np.uint8:
        raise TypeError(
            f"an array must be bool, uint8, uint16 or float from 0 to 1, not {array.dtype}"
        )
    return np.ascontiguousarray(array, dtype=np.uint8)


def _grey(picture):
    """Grey values from 0 (black) to 1 (white), and how many original pixels one of them is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _open(picture)
            original = max(image.size)
            if image is not picture:  # decode no more of a file than is needed
                image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
                image = ImageOps.exif_transpose(image)
            image = _on_paper(image)
    except Exception as error:  # a damaged file can break its decoder in any way
        raise ValueError(
            f"cannot read the picture: {error}. Expected one still picture, such as a JPEG or PNG "
            "file, of at most 89 million pixels"
        ) from error
    if max(image.size) > TINY:
        factor = min(max(SHORTEST_SIDE / min(image.size), 1), LONGEST_SIDE / max(image.size))
        image = _resize(image, max(image.size) * factor)
    return np.asarray(image, np.float32) / 255, original / max(image.size)


def _on_paper(image):
    """Grey, 8 bits; what is transparent becomes paper."""
    if image.mode.startswith(("I", "F")):  # 16 bits and more
        array = np.asarray(image)
        if array.dtype.kind != "f":
            array = np.clip(array, 0, 65535).astype(np.uint16)
        image = Image.fromarray(_as_bytes(array))
    shrink = max(image.size) // LONGEST_SIDE
    if shrink > 1 and image.mode in ("L", "RGB", "RGBA"):
        image = image.reduce(shrink)  # before the copies below
    if not image.has_transparency_data:
        return image.convert("L")
    image = image.convert("RGBA")
    opacity = np.asarray(image.getchannel("A"))
    ink = np.asarray(image.convert("L"))[opacity > 127]
    light_ink = np.mean(opacity) < 127 and ink.size > 0 and np.mean(ink) > 127
    paper = Image.new("RGBA", image.size, "black" if light_ink else "white")
    return Image.alpha_composite(paper, image).convert("L")


def _resize(image, longest):
    """Resize an image until its longer side has that many pixels."""
    factor = longest / max(image.size)
    size = [max(1, round(side * factor)) for side in image.size]
    method = Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.HAMMING
    return image.resize(size, method)


def _resized(array, longest):
    return np.asarray(_resize(Image.fromarray(array.astype(np.float32)), longest))


def _ink(grey):
    """How much darker than its paper each pixel is, from 0 to 1, and the noise of the paper."""
    grey = ndimage.gaussian_filter(grey, max(grey.shape) / LONGEST_SIDE)  # less grain
    small = _resized(grey, min(400, max(grey.shape) // 2))
    if (paper := _even_paper(small)) is not None:
        if paper < 0.5 * (small.min() + small.max()):
            grey, paper = 1 - grey, 1 - paper
        ink = (paper - grey) / paper
    else:
        if _is_dark(grey):
            grey, small = 1 - grey, 1 - small
        paper, table = (
            np.asarray(Image.fromarray(part).resize(grey.shape[::-1], Image.Resampling.BILINEAR))
            for part in _paper(small)
        )
        ink = (paper - grey) / np.maximum(paper, 0.2)
        ink -= np.median(ink[::3, ::3])
        ink[table > 0.5] = 0
    grain = np.abs(ink[::3, ::3])
    grain = grain[grain < 0.3]
    return np.clip(ink, 0, 1), 1.4826 * float(np.median(grain)) if grain.size else 0.0


def _even_paper(grey):
    """The brightness of the paper of a drawing or a scan: two levels, no shadow; else None."""
    threshold = filters.threshold_otsu(grey)
    dark, light = grey[grey <= threshold], grey[grey > threshold]
    if light.size == 0:
        return None
    contrast = np.median(light) - np.median(dark)
    border = np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]]
    light_paper = np.mean(border > threshold) >= 0.5
    paper, ink = (light, 1 - dark) if light_paper else (1 - dark, light)
    # The paper is even, and nothing is much further from it than the ink.
    even = np.ptp(np.percentile(paper, (5, 95))) < 0.2 * contrast
    if not even or np.percentile(ink, 98) - np.median(ink) > 0.25 * contrast:
        return None
    return float(np.median(light if light_paper else dark))


def _is_dark(grey):
    """Whether the ink is lighter than the paper."""
    middle = np.uint8(255 * np.clip(_resized(grey, 100), 0, 1))
    paper = filters.rank.median(middle, morphology.disk(min(12, 1 + min(middle.shape) // 4)))
    return np.sum((middle.astype(float) - paper) ** 3) > 0  # few pixels, but far from the paper


def _paper(small):
    """The brightness of the paper under the ink; and 1 where it is so dark that it is a table."""
    # Closing fills whatever is dark and narrow, and keeps the edges of wide shadows.
    reach = 1 + min(small.shape) // 2
    padded = np.pad(small, reach, mode="edge")
    lines = (1, 2 * reach + 1), (2 * reach + 1, 1)
    paper = np.minimum(*(ndimage.grey_closing(padded, size=line) for line in lines))
    paper = ndimage.gaussian_filter(paper, 1)[reach:-reach, reach:-reach]
    # The edge of the table is no ink, either.
    table = ndimage.minimum_filter(paper, 5) < 0.36 * np.percentile(paper, 90)
    return paper, table.astype(np.float32)


def _threshold(ink, noise):
    """What is darker than this is ink."""
    lowest = max(5 * noise, 0.06)
    candidates = ink[ink > lowest]
    return max(lowest, 0.35 * np.percentile(candidates, 85)) if candidates.size else 1


def _ruling(ink, threshold):
    """The pixels of ruled lines: thin and straight, from side to side, and lighter than the pen."""
    height, width = ink.shape
    nothing = np.zeros(ink.shape, bool)
    thickest = max(4, height // 50)
    smooth = ndimage.uniform_filter1d(ink, 7, axis=1)
    ridges = _without_tall(smooth, thickest + 3) > threshold / 3
    if not ridges.any():
        return nothing
    # Shear the picture until its lines are level.
    drop = np.round(-_slope(ridges) * np.arange(width)).astype(int)
    place = np.arange(height)[:, None] + drop - drop.min(), np.arange(width)
    inside, covered = np.zeros((2, place[0].max() + 1, width), np.uint8)
    inside[place], covered[place] = 1, ridges
    covered = ndimage.maximum_filter1d(covered, 3, axis=0)

    def lines_in(part):  # the numbered rows that are ink, or beside ink, half of their way
        length = inside[:, part].sum(axis=1)
        long_enough = length > 0.1 * inside[:, part].shape[1]
        lines, count = ndimage.label(long_enough & (covered[:, part].sum(axis=1) > 0.5 * length))
        return lines, ndimage.sum_labels(lines > 0, lines, range(1, count + 1)) - 2

    lines, thickness = lines_in(slice(None))
    thin = thickness <= thickest
    if np.sum(thin) < 3:  # a single one may be the stroke of a pen
        across = ndimage.mean(covered.mean(axis=1), lines, range(1, len(thickness) + 1)) > 0.9
        thin &= across | (thickness <= width / 250)
    if not thin.any():
        return nothing
    thickest = int(thickness[thin].max())
    on_line = np.repeat(np.isin(lines, 1 + np.flatnonzero(thin))[:, None], width, axis=1)
    # Of a line in the shadow only a part may be seen.
    for part in np.array_split(np.arange(width), max(1, round(4 * width / max(ink.shape)))):
        lines, thickness = lines_in(part)
        thin = thickness <= thickest + 1
        on_line[:, part] |= np.isin(lines, 1 + np.flatnonzero(thin))[:, None]
    # Where the pen crosses the line, the ink is longer, downwards, than the line is thick.
    on_line = on_line[place] & (_without_tall(ink, thickest + 4) > threshold / 8)
    rest = (ink > threshold / 2) & ~on_line
    if not on_line.any() or not rest.any() or np.percentile(ink[on_line], 98) < threshold:
        return nothing
    # And it is darker, if the line is printed palely.
    pen, line = np.percentile(ink[rest], 90), np.percentile(ink[on_line], 90)
    return on_line & (ink < (pen + line) / 2) if pen > 1.2 * line else on_line


def _slope(mask):
    """The slope, of at most 12°, at which many pixels of a mask share few slanted rows."""
    rows, columns = np.nonzero(mask)
    some = slice(None, None, 1 + len(rows) // 10_000)

    def alignment(slope):
        levels = np.round(rows[some] - slope * columns[some]).astype(int)
        return np.sum(np.bincount(levels - levels.min()) ** 2.0)

    best = 0
    for reach, step in ((12, 0.5), (0.5, 0.05)):  # degrees
        angles = np.arange(-reach, reach + step / 2, step)
        best = max(best + np.tan(np.radians(angles)), key=alignment)
    return best


def _without_tall(ink, run):
    """The ink less what vertical runs of at least so many pixels share: its grey opening."""
    run = min(run, len(ink))
    shared = np.pad(_over_runs(np.minimum, ink, run), ((run - 1, run - 1), (0, 0)))
    return ink - _over_runs(np.maximum, shared, run)


def _over_runs(extreme, ink, run):
    """The extreme of each vertical run; several times as fast as SciPy's filters."""
    done = 1
    while done < run:
        step = min(done, run - done)
        ink = extreme(ink[:-step], ink[step:])
        done += step
    return ink


Piece = namedtuple("Piece", "box mask")  # box (left, top, right, bottom); mask inside it


def _pieces(mask):
    """The connected pieces of ink; what almost touches is connected."""
    reach = max(1, round(max(mask.shape) / 600))
    labels = measure.label(ndimage.binary_dilation(mask, iterations=reach), connectivity=2)
    pieces = []
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    smallest = max(10, np.sort(areas)[-1000:][0])  # a picture of sand has more specks than that
    labels[areas[labels] < smallest] = 0
    for region in measure.regionprops(labels):
        own = mask[region.slice] & region.image
        inner = _bounds(own)  # without the margin of the dilation
        top, left = region.bbox[0] + inner[0].start, region.bbox[1] + inner[1].start
        own = own[inner]
        pieces.append(Piece((left, top, left + own.shape[1], top + own.shape[0]), own))
    return pieces


def _height(piece):
    return piece.box[3] - piece.box[1]


def _width(piece):
    return piece.box[2] - piece.box[0]


def _size(piece):
    return max(piece.mask.shape)


def _usual_size(pieces):
    """Half of all ink but lines, laid end to end, belongs to pieces of up to that size."""
    no_lines = [
        piece for piece in pieces if _width(piece) / 3 < _height(piece) < 12 * _width(piece)
    ]
    sizes = np.sort([_size(piece) for piece in no_lines or pieces])
    return sizes[np.searchsorted(np.cumsum(sizes), sizes.sum() / 2)]


def _join(pieces):
    """Join loose strokes, such as the top of a 5, to the digit that they belong to."""
    if not pieces:
        return []
    usual = _usual_size(pieces)
    largest = 1.5 * usual if len(pieces) > 3 else np.inf
    waiting = sorted((piece for piece in pieces if _size(piece) > 0.08 * usual), key=_height)
    joined = []
    while waiting:
        small = waiting.pop(0)
        for number, large in enumerate(waiting):
            if _belongs(small, large, usual) and _size(both := _union(small, large)) < largest:
                waiting[number] = both
                break
        else:
            joined.append(small)
    return joined if len(joined) == len(pieces) else _join(joined)


def _belongs(small, large, usual):
    """Whether a flatter piece lies close above or below another one, or all but touches it."""
    across, down = _gaps(small, large)
    width = min(_width(small), _width(large))
    if across < 0 and down < 0:  # the boxes overlap
        if _height(small) < 0.5 * _height(large) or down > -0.5 * _height(small):
            return True
        # Two slanted ones overlap like this, too, but they are of one height and less entangled.
        entangled = _height(small) < 0.75 * _height(large) or across < -0.4 * width
        return entangled and _distance(small, large) < 0.16 * _size(large)
    width = _width(small)
    dash = width > 2 * _height(small)
    return across < (0 if dash else -0.2 * width) and down < 0.2 * max(_height(large), usual)


def _gaps(first, second):
    """How far two boxes lie apart sideways and downwards; negative where they overlap."""
    left, top, right, bottom = first.box
    other_left, other_top, other_right, other_bottom = second.box
    across = max(left, other_left) - min(right, other_right)
    return across, max(top, other_top) - min(bottom, other_bottom)


def _distance(first, second):
    """How many pixels lie between two pieces."""
    _, masks = _side_by_side(first, second)
    return ndimage.distance_transform_edt(~masks[0])[masks[1]].min()


def _union(first, second):
    box, masks = _side_by_side(first, second)
    return Piece(box, masks.any(axis=0))


def _side_by_side(first, second):
    """The box around two pieces, and the mask of each in that box."""
    boxes = np.array([first.box, second.box])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    masks = np.zeros((2, bottom - top, right - left), bool)
    for mask, (box, own) in zip(masks, (first, second)):
        mask[box[1] - top : box[3] - top, box[0] - left : box[2] - left] = own
    return (left, top, right, bottom), masks


def _only_digits(pieces, shape):
    """Drop blots and specks, dashes and long lines, and what reaches in from outside."""
    kept = []
    for piece in pieces:
        thickness = 2 * ndimage.distance_transform_edt(np.pad(piece.mask, 1)).max()
        blot = thickness > 0.7 * _size(piece)
        if not blot and _width(piece) < 2.5 * _height(piece) and _size(piece) >= 6:
            kept.append(piece)
    inner = [piece for piece in kept if not _at_edge(piece, shape)]
    usual = _usual_size(inner or kept) if kept else 0
    digits = []
    for piece in kept:
        straight = _height(piece) > 12 * _width(piece)  # perhaps the edge of the paper
        largest = (2 if _at_edge(piece, shape) or straight else 4) * usual
        if 0.2 * usual <= _size(piece) <= largest and not _is_tick(piece, kept, usual):
            digits.append(piece)
    return digits


def _at_edge(piece, shape):
    left, top, right, bottom = piece.box
    return left == 0 or top == 0 or right == shape[1] or bottom == shape[0]


def _is_tick(piece, others, usual):
    """Whether a piece is a small mark beside a digit."""
    return _size(piece) < 0.35 * usual and any(
        max(_gaps(piece, other)) < 0.2 * usual and _size(piece) < 0.4 * _size(other)
        for other in others
    )


def _frame(ink, piece):
    """Bring the strokes to a usual width, scale to 20 pixels, and centre in 28 × 28."""
    left, top, right, bottom = piece.box
    mask = piece.mask
    ink = np.where(ndimage.binary_dilation(mask), ink[top:bottom, left:right], 0)
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    width = 4 * depth[mask].mean() - 2  # of a long stroke; its ends and crossings matter little
    # A digit grows together with its strokes: how far must its outline move?
    thinner, wider = (
        (stroke / 20 * max(mask.shape) - width) / (2 - stroke / 10) for stroke in STROKE
    )
    if thinner > 0:
        outside = ndimage.distance_transform_edt(~np.pad(mask, int(np.ceil(thinner))))
        ink = outside <= thinner
    elif wider < 0:
        ink = depth > min(-wider, 0.8 * depth.max())
        ink = ink[_bounds(ink)]
    else:
        ink = np.clip(2 * ink / np.percentile(ink[mask], 80) - 0.5, 0, 1)
    return _centre(np.clip(_resized(ink, 20), 0, None))


def _centre(ink):
    image = np.zeros((28, 28), np.float32)
    height, width = ink.shape
    # MNIST's centre of mass is pixel 14, counting from 0, in both directions.
    row = ink.sum(axis=1) @ np.arange(height) / ink.sum()
    column = ink.sum(axis=0) @ np.arange(width) / ink.sum()
    top = int(np.clip(round(14 - row), 0, 28 - height))
    left = int(np.clip(round(14 - column), 0, 28 - width))
    image[top : top + height, left : left + width] = ink
    return np.round(255 * np.clip(image / image.max(), 0, 1)).astype(np.uint8)


def _single(grey, scale):
    """A tiny picture is one digit: framed already, or blurred when it is enlarged."""
    border = np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.clip(border - grey if border > 0.5 else grey - border, 0, 1)
    if ink.max() < 0.1:
        return []
    image = np.round(255 * ink).astype(np.uint8)
    rows, columns = np.nonzero(image)
    framed = grey.shape == (28, 28) and image.max() > 200
    framed &= max(np.ptp(rows), np.ptp(columns)) < 20
    framed &= np.abs(np.array(ndimage.center_of_mass(image)) - 14).max() < 1
    if not framed:
        rows, columns = np.nonzero(ink > 0.1 * ink.max())
    box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    if not framed:
        ink = ink[box[1] : box[3], box[0] : box[2]] / ink.max()
        image = _centre(np.clip(_resized(ink, 20), 0, 1))
    return [Digit(image, tuple(round(float(edge * scale)) for edge in box))]


def _reading_order(digits):
    """Sort into lines from top to bottom, each from left to right, even if they slope."""
    if len(digits) < 2:
        return digits
    boxes = np.array([digit.box for digit in digits], float)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    heights = boxes[:, 3] - boxes[:, 1]

    def overlap(slope):  # large where the boxes stand side by side; in doubt, lines are level
        tops = y - heights / 2 - slope * x
        edges = np.concatenate([tops, tops + heights])
        steps = np.repeat([1, -1], len(boxes))[np.argsort(edges)]
        together = np.cumsum(steps)[:-1]
        return np.sum(together**2 * np.diff(np.sort(edges))) * (1 - 0.3 * abs(slope))

    level = y - max(np.arange(-0.2, 0.201, 0.01), key=overlap) * x
    lines = []  # each (top, bottom, members); the tallest digits open them
    for number in np.argsort(-heights, kind="stable"):
        top, bottom = level[number] - heights[number] / 2, level[number] + heights[number] / 2
        shared = [min(bottom, line[1]) - max(top, line[0]) for line in lines]
        if lines and max(shared) > 0.4 * heights[number]:
            lines[int(np.argmax(shared))][2].append(number)
        else:
            lines.append((top, bottom, [number]))
    lines.sort(key=lambda line: line[0])
    return [digits[n] for line in lines for n in sorted(line[2], key=lambda n: x[n])]
