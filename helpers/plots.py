"""Two plotting functions that every notebook uses."""

import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image


def show(figure, alt):
    """Show a figure together with its alternative text, and close it.

    The text is kept in the output's metadata, where nbconvert finds it, and stands in for the
    picture wherever there are only words.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the figure shows and what there is to see in it, for a reader who cannot see it.

    Raises
    ------
    ValueError
        If `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("a figure needs an alternative text: say what there is to see in it")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, bbox_inches="tight")
    plt.close(figure)
    # A palette of 256 colours looks the same and takes a third of the space.
    palette = Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    palette.save(buffer, format="png", optimize=True)
    display(
        {"image/png": buffer.getvalue(), "text/plain": alt},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )


def digit_grid(images, titles=None, columns=10):
    """Draw digits side by side, dark ink on white paper.

    Parameters
    ----------
    images : array_like, shape (n, height, width)
        0 is paper; the largest value of each image is ink.
    titles : sequence of str, optional
        One short title above each digit.
    columns : int
        Digits in a row.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = -(-len(images) // columns)
    height = 1.0 if titles is None else 1.0 + 0.22 * max(str(t).count("\n") + 1 for t in titles)
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * 0.9, rows * height * 0.9), squeeze=False
    )
    for axis in axes.flat:
        axis.axis("off")
    for number, (axis, image) in enumerate(zip(axes.flat, images)):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=max(np.max(image), 1e-9))
        if titles is not None:
            axis.set_title(str(titles[number]), fontsize=9)
    figure.tight_layout(pad=0.3)
    return figure
