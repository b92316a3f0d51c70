"""Two plotting functions that every notebook uses."""

import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image


def show(figure, alt):
    """Show a Matplotlib figure together with its alternative text, and close it.

    An empty text raises a ValueError. It is kept in the output's metadata, where nbconvert finds
    it, and stands in for the picture wherever there are only words.
    """
    if not alt.strip():
        raise ValueError("a figure needs an alternative text: say what there is to see in it")
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100, bbox_inches="tight")
    plt.close(figure)
    # A palette of 256 colours looks the same and takes a third of the space.
    palette = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    palette.save(small, format="png", optimize=True)
    data = {"image/png": small.getvalue(), "text/plain": alt}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)


def digit_grid(images, titles=None, columns=10):
    """Draw digits, images (n, height, width), side by side; return the Matplotlib figure.

    Of each image 0 is white paper and the largest value black ink; `titles` are short texts to
    stand above them, `columns` is the number of digits in a row.
    """
    rows = max(1, -(-len(images) // columns))  # of no image, an empty figure
    titles = titles if titles is None else [*map(str, titles)]
    pitch = 0.9 if titles is None else 1.098 + 0.198 * max(t.count("\n") for t in [*titles, ""])
    figure, axes = plt.subplots(rows, columns, figsize=(0.9 * columns, pitch * rows), squeeze=False)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(color="0.85", visible=True)  # without a frame, no shift can be seen
    for axis in axes.flat[len(images) :]:
        axis.axis("off")
    for number, (axis, image) in enumerate(zip(axes.flat, images)):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=np.max(image), interpolation="nearest")
        if titles is not None:
            axis.set_title(titles[number], fontsize=9)
    figure.tight_layout(pad=0.3)
    return figure
