"""Step 2: part the ink from the paper, with its light and shadow, and from its ruled lines."""

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import filters

from .opening import LONGEST_SIDE, resized

DESK = 0.36  # what is darker than this share of the brightest paper is the desk below
FAINTEST = 0.06  # ink is darker than its paper by this at least,
GRAIN = 7.4  # by so many times the typical grain of the paper (5 standard deviations),
PALE = 0.35  # and by this share of what most ink is
STEEPEST = 12  # degrees by which a line may slope


def separate(grey):
    """How much darker than its paper each pixel is, from 0 to 1; and which of them are ink."""
    grey = ndimage.gaussian_filter(grey, max(grey.shape) / LONGEST_SIDE)  # less grain
    small = resized(grey, min(400, max(grey.shape) // 2))
    even = even_paper(small)
    if is_dark(small) if even is None else np.mean(small[even]) < np.mean(small):
        grey, small = 1 - grey, 1 - small
    paper = filled(small, max(small.shape) // 2)
    paper -= np.median(paper - small)  # it is as light as the lightest grain
    if even is not None:
        paper[:] = np.median(small[even])
    paper[ndimage.minimum_filter(paper, 5) < DESK * np.percentile(paper, 90)] = -1  # no ink there
    paper = np.asarray(Image.fromarray(paper).resize(grey.shape[::-1], Image.Resampling.BILINEAR))
    ink = (paper - grey) / np.maximum(paper, 0.2)
    grain = np.abs(ink[::3, ::3])
    lowest = max(FAINTEST, GRAIN * np.median(np.r_[0, grain[grain < 0.3]]))
    ink = np.clip(ink, 0, 1)
    threshold = max(lowest, PALE * np.percentile(np.r_[0, ink[ink > lowest]], 85))
    ruled = ruled_lines(ink, threshold) | ruled_lines(ink.T, threshold).T
    return ink, (ink > threshold) & ~ruled


def even_paper(grey):
    """Which pixels of a drawing or a scan are paper: it has two levels, no shadow; else None."""
    light = grey > filters.threshold_otsu(grey)
    light_border = np.mean(np.r_[light[0], light[-1], light[:, 0], light[:, -1]]) >= 0.5
    paper = light if light_border else ~light
    # Light ink covers less than a sheet on a dark desk.
    if paper.all() or (not light_border and light.mean() > 0.15):
        return None
    contrast = np.abs(grey[~paper] - np.median(grey[paper]))
    even = np.ptp(np.percentile(grey[paper], (5, 95))) < 0.2 * np.median(contrast)
    return paper if even and np.percentile(contrast, 98) < 1.25 * np.median(contrast) else None


def is_dark(grey):
    """Whether the ink is lighter than the paper: then the paper is rougher if it is filled."""
    grey = resized(grey, 100)
    papers = (filled(shade, 1 + min(grey.shape) // 3) for shade in (grey, 1 - grey))
    light, dark = (np.sum(ndimage.morphological_gradient(paper, 3) ** 2) for paper in papers)
    return dark < light


def filled(grey, reach):
    """A closing (Serra, 1982): what is dark and narrow is gone, wide shadows keep their edges."""
    padded, size = np.pad(grey, reach, mode="edge"), 2 * reach + 1
    paper = np.minimum(*(ndimage.grey_closing(padded, line) for line in ((1, size), (size, 1))))
    return ndimage.gaussian_filter(paper, 1)[reach:-reach, reach:-reach]


def ruled_lines(ink, threshold):
    """The pixels of ruled lines: thin and straight, from side to side, and lighter than the pen."""
    height, width = ink.shape
    thickest = max(4, height // 50)
    smooth = ndimage.uniform_filter1d(ink, 7, axis=1)
    ridges = smooth - ndimage.grey_opening(smooth, (thickest + 3, 1)) > threshold / 3
    # Shear the picture until its lines are level.
    drop = np.round(-slope(*np.nonzero(ridges)) * np.arange(width)).astype(int)
    rows = np.arange(height + np.ptp(drop))[:, None] + drop.min()
    inside = (drop <= rows) & (rows < drop + height)
    covered, on_line = np.zeros((2, *inside.shape), bool)
    covered.T[inside.T] = ridges.T.ravel()
    covered = ndimage.maximum_filter1d(covered, 3, axis=0)
    # Of a line in the shadow only a part may be seen.
    whole = np.arange(width)
    for part in (whole, *np.array_split(whole, max(1, round(4 * width / max(ink.shape))))):
        length = inside[:, part].sum(axis=1)
        half = covered[:, part].sum(axis=1) > 0.5 * length
        lines, _ = ndimage.label(half & (length > 0.1 * len(part)))
        thickness = np.bincount(lines) - 2.0  # without what the filter added above and below
        thickness[0] = np.inf  # between the lines
        thin = thickness <= thickest
        if part is whole:
            across = np.bincount(lines, covered.mean(axis=1)) > 0.9 * np.bincount(lines)
            ends = covered[:, : width // 10], covered[:, -width // 10 :]
            begun, ended = (np.bincount(lines, end.any(axis=1)) > 0 for end in ends)
            hair = (thickness <= width / 250) & begun & ended
            thin &= (np.sum(thin) >= 3) | across | hair  # else a stroke
            thickest = max(thickness[thin], default=-3) + 1
        on_line[:, part] |= thin[lines][:, None]
    if not on_line.any():
        return np.zeros_like(ridges)
    # Where the pen crosses the line, the ink is longer, downwards, than the line is thick.
    on_line = on_line.T[inside.T].reshape(width, height).T
    on_line &= ink - ndimage.grey_opening(ink, (int(thickest) + 3, 1)) > threshold / 8
    # And it is darker, if the line is printed palely.
    rest = (ink > threshold / 2) & ~on_line
    pen, line = (np.percentile(np.r_[0, ink[part]], 90) for part in (rest, on_line))
    return on_line & (ink < ((pen + line) / 2 if pen > 1.2 * line else 2)) & rest.any()


def slope(rows, columns):
    """The slope at which pixels share few slanted rows; in doubt, none."""
    rows, columns = (places[:: 1 + len(rows) // 10_000] for places in (rows, columns))

    def alignment(degrees):
        rise = np.tan(np.radians(degrees))
        levels = np.round(rows - rise * columns).astype(int)
        return np.sum(np.bincount(levels - levels.min(initial=0)) ** 2.0) * (1 - 0.3 * abs(rise))

    best = max(np.arange(-STEEPEST, STEEPEST + 0.5, 0.5), key=alignment)
    return np.tan(np.radians(max(best + np.arange(-0.5, 0.55, 0.05), key=alignment)))
