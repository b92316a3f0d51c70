"""A drawing pad for the notebook, with what the models make of the drawing."""

import base64
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from .models import load_model
from .pictures import read_digits

NOTHING_DRAWN = {"message": "Draw a digit.", "digits": []}


class DrawPad(anywidget.AnyWidget):
    """A pad to draw digits on, with the answers of the models below it.

    Drawn with mouse, finger or pen, or with the arrow keys and the space bar. After each stroke
    the drawing goes through `read_digits`, and every model reads what was found.

    Parameters
    ----------
    models : dict of str to model, optional
        By name, what has `predict_proba` for images. By default the three of the course.

    Attributes
    ----------
    picture : bytes
        The drawing as a PNG file of 280 × 280 pixels, dark ink on white paper; empty where
        nothing is drawn.
    answers : dict
        `message`, in words, and `digits`, a list with the `image` (784 pixels) and the `chances`
        (for each model ten probabilities) of each digit.
    """

    _esm = Path(__file__).with_suffix(".js")
    drawing = traitlets.Unicode("").tag(sync=True)  # the PNG file as a data URL
    answers = traitlets.Dict(NOTHING_DRAWN).tag(sync=True)

    def __init__(self, models=None):
        super().__init__()
        names = ("knn", "svm", "cnn")
        self.models = models or {name: load_model(name) for name in names}
        for model in self.models.values():
            model.predict_proba(np.zeros((1, 28, 28), np.uint8))  # the first time is the slowest
        self.observe(self._read, "drawing")

    @property
    def picture(self):
        return base64.b64decode(self.drawing.partition(",")[2])

    def _read(self, change):
        if not self.drawing:
            self.answers = NOTHING_DRAWN
            return
        try:
            digits = read_digits(self.picture)
        except ValueError:  # not what a canvas sends
            digits = []
        if not digits:
            self.answers = {"message": "No digit found: draw it larger.", "digits": []}
            return
        images = np.stack([digit.image for digit in digits])
        chances = {name: model.predict_proba(images) for name, model in self.models.items()}
        words = []
        for name, rows in chances.items():
            sure = [f"{row.argmax()} ({100 * row.max():.0f} %)" for row in rows]
            words.append(f"{name}: {', '.join(sure)}")
        self.answers = {
            "message": "; ".join(words),
            "digits": [
                {
                    "image": digit.image.ravel().tolist(),
                    "chances": {name: rows[n].round(4).tolist() for name, rows in chances.items()},
                }
                for n, digit in enumerate(digits)
            ],
        }
