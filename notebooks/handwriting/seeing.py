"""An X-ray of how a picture is read: what one looks at when a photograph fails."""

import matplotlib.pyplot as plt
import numpy as np

from .likeness import FARTHEST, strangeness
from .reading import read_picture

DIGIT, NONE, DROPPED = ("#0072b2", "-"), ("#d55e00", "--"), ("0.35", ":")  # colour, line
COLUMNS, MOST = 12, 60  # digits in a row below the page, and in all


def xray(picture):
    """Draw how `read_digits` reads a picture: where to look when a photograph fails.

    Above stands the page, upright, the ink that was found in black. Each digit has a solid box
    and its number; "joined" or "cut" says what was done to it. What was dropped has a dotted box
    and the reason. What looks like no digit, such as a letter, has a dashed box and says so: its
    distance to training digits is too large (notebook 07). Below is what the models see, of at most
    60 digits.

    Parameters
    ----------
    picture
        What `read_digits` takes. What it refuses raises the same ValueError.

    Returns
    -------
    matplotlib.figure.Figure
    """
    read = read_picture(picture)
    strange = strangeness([digit.image for digit in read.digits]) > FARTHEST
    names = [f"{n} no digit" if odd else f"{n}" for n, odd in enumerate(strange, 1)]
    rows, (height, width) = -(-min(len(names), MOST) // COLUMNS), read.grey.shape
    tall = np.clip(9 * height / width, 1.5, 6)
    figure = plt.figure(figsize=(9, 0.3 + tall + 0.9 * rows), layout="constrained")
    grid = figure.add_gridspec(1 + rows, COLUMNS, height_ratios=[tall, *[0.8] * rows])
    page = figure.add_subplot(grid[0, :])
    page.imshow(np.where(read.mask, 0, 0.55 + 0.45 * read.grey), cmap="gray", vmin=0, vmax=1)
    page.axis("off")
    count = list(strange).count(False)
    found = f"{count} digit{'s' * (count != 1)} found"
    found += f", {len(names) - count} no digit" if any(strange) else ""
    found += f", turned by {90 * read.turns}° anticlockwise" if read.turns else ""
    page.set_title(found, fontsize=10)
    marks = [(piece, piece.fate, DROPPED) for piece in read.pieces if piece not in read.digits]
    for digit, name, odd in zip(read.digits, names, strange):
        marks.append((digit, f"{name} {digit.fate}", NONE if odd else DIGIT))
    ground = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5}
    for piece, text, (colour, line) in marks:
        left, top, right, bottom = np.subtract(piece.box, 0.5)
        style = {"edgecolor": colour, "linestyle": line, "linewidth": 1.5, "fill": False}
        page.add_patch(plt.Rectangle((left, top), right - left, bottom - top, **style))
        page.text(left, top, text, color=colour, fontsize=8, va="bottom", bbox=ground, clip_on=True)
    for number, (digit, name) in enumerate(zip(read.digits[:MOST], names)):
        axis = figure.add_subplot(grid[1 + number // COLUMNS, number % COLUMNS])
        axis.imshow(digit.image, cmap="gray_r", vmin=0, vmax=255)
        axis.set(xticks=[], yticks=[])
        axis.set_title(name, fontsize=9, pad=2)
    return figure
