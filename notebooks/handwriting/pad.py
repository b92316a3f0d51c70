"""A drawing pad for the notebook, with what the models make of the drawing."""

import base64
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from . import read_digits


class DrawPad(anywidget.AnyWidget):
    """A pad to draw on, by mouse, finger, pen or keyboard: after each stroke all models predict.

    Parameters
    ----------
    models : dict of str to model
        By name, what has `predict_proba` for images.
    """

    _esm = Path(__file__).with_suffix(".js")
    drawing = traitlets.Unicode("").tag(sync=True)  # a PNG file as a data URL; empty: no drawing
    predictions = traitlets.Dict().tag(sync=True)  # probabilities by name, ten for each image

    def __init__(self, models):
        super().__init__()
        self.models = models
        for model in models.values():  # the first time is the slowest
            model.predict_proba(read_digits(np.pad(np.ones((99, 9)), 90))[0].image[None])
        self._predict()
        self.observe(self._predict, "drawing")

    @property
    def picture(self):
        """The drawing as a PNG file of 280 × 280 pixels, in bytes; none where nothing is drawn."""
        return base64.b64decode(self.drawing.partition(",")[2])

    def _predict(self, change=None):
        digits = read_digits(self.picture) if self.drawing else []
        images = np.array([digit.image for digit in digits])
        probabilities = {n: m.predict_proba(images) for n, m in self.models.items() if digits}
        nothing = "No digit found: draw it larger." if self.drawing else "Draw a digit."
        self.predictions = {
            "nothing": "" if digits else nothing,
            "images": [image.ravel().tolist() for image in images],
            "probabilities": {name: p.round(4).tolist() for name, p in probabilities.items()},
        }
