"""A drawing pad for the notebook: the models read what is drawn, and learn the learner's hand."""

import base64
import itertools
import threading
from collections import Counter
from pathlib import Path

import anywidget
import numpy as np
import traitlets

import handwriting
import helpers
from helpers.models import FILES


class DrawPad(anywidget.AnyWidget):
    """A pad to draw on, by mouse, finger, pen or keyboard: after each stroke all models predict.

    One click or key keeps a drawing with its label, as `3-000.png` and so on. "Teach the models"
    adapts them to all digits in the folder and saves them as the learner's own.

    Parameters
    ----------
    models : dict of str to model
        By name, what has `predict_proba` for images. "knn", "svm" and "cnn" can be taught: the
        pad then predicts with the new models, and the dictionary stays as it is.
    folder : str or pathlib.Path
        Where drawings are kept.
    """

    _esm = Path(__file__).with_suffix(".js")
    drawing = traitlets.Unicode("").tag(sync=True)  # a PNG file as a data URL; empty: no drawing
    predictions = traitlets.Dict().tag(sync=True)  # probabilities by name, ten for each image
    told = traitlets.Dict().tag(sync=True)  # words for the learner, and how many digits are kept

    def __init__(self, models, folder="../my-digits"):
        super().__init__()
        self.models, self.folder = dict(models), Path(folder).expanduser().resolve()
        self._files, self._numbers = [], itertools.count()
        self._lock, self._lesson = threading.RLock(), threading.Thread()
        # The first time is the slowest: of the models, and of reading what is not narrow.
        ring = np.pad(np.pad(np.zeros((81, 61)), 9, constant_values=1), 90)
        zero = handwriting.read_digits(ring)[0].image
        for model in models.values():
            model.predict_proba(zero[None])
        self._predict()
        self._tell(f"Drawings are kept in {self.folder.name}.")
        self.observe(self._predict, "drawing")
        self.on_msg(self._obey)

    @property
    def picture(self):
        """The drawing as a PNG file of 280 × 280 pixels, in bytes; none where nothing is drawn."""
        return base64.b64decode(self.drawing.partition(",")[2])

    def _predict(self, change=None):
        with self._lock:  # a lesson predicts, too: whoever is later has the later drawing
            digits = handwriting.read_digits(self.picture) if self.drawing else []
            images = np.array([digit.image for digit in digits])
            probabilities = {n: m.predict_proba(images) for n, m in self.models.items() if digits}
            nothing = "No digit found: draw it larger." if self.drawing else "Draw a digit."
            self.predictions = {
                "nothing": "" if digits else nothing,
                "images": [image.ravel().tolist() for image in images],
                "probabilities": {name: p.round(4).tolist() for name, p in probabilities.items()},
            }

    def _tell(self, words, change=""):
        """Say something; `change` is what became of a drawing: kept, refused or taken back."""
        files = Counter(path.name[0] for path in self.folder.glob("[0-9]-*.png"))
        kept, number = [files[digit] for digit in "0123456789"], next(self._numbers)
        words = f"{words}\nKept in all: {sum(kept)}"
        with self._lock:  # else of two that speak at once, one may not reach the page
            self.told = {"words": words, "change": change, "kept": kept, "number": number}

    def _obey(self, pad, message, buffers):
        actions = {"keep": self._keep, "take back": self._take_back, "teach": self._teach}
        try:
            actions[message["do"]](*message["with"])
        except OSError as error:
            remedy = "Make room, or choose another folder: DrawPad(models, folder)"
            self._tell(f"{self.folder.name} is as it was ({error.strerror}). {remedy}", "refused")

    def _keep(self, digit, drawing):
        self.drawing = drawing  # its last stroke may still be on the way
        if (count := len(self.predictions["images"])) != 1:
            why = self.predictions["nothing"] or f"There are {count} digits: draw one at a time."
            return self._tell(f"Not kept. {why}", "refused")
        self.folder.mkdir(parents=True, exist_ok=True)
        paths = (self.folder / f"{digit}-{number:03}.png" for number in itertools.count())
        path = next(path for path in paths if not path.exists())
        path.touch(exist_ok=False)  # nothing is overwritten, whoever else writes here
        try:
            path.write_bytes(self.picture)
        except OSError:
            path.unlink()
            raise
        self._files.append(path)
        self._tell(f"Kept as a {digit}: {path.name}", "kept")

    def _take_back(self):
        if not self._files:
            return self._tell("Nothing was kept since this pad was made.")
        self._files[-1].unlink(missing_ok=True)
        self._tell(f"Taken back: {self._files.pop().name}", "taken back")

    def _teach(self):
        if not self._lesson.is_alive():  # else it was a second click
            self._lesson = threading.Thread(target=self._teach_all, daemon=True)
            self._lesson.start()

    def _teach_all(self):
        names = [name for name in self.models if name in FILES]
        try:
            skipped = []
            images, labels = handwriting.load_folder(self.folder, skipped.append)
            if not len(labels):
                raise ValueError("no digit is kept. Draw some, and say what each was.")
            for number, name in enumerate(names, 1):
                self._tell(f"Teaching {name}, {number} of {len(names)} …")
                model = handwriting.adapt(name, images, labels)
                model.predict_proba(images[:1])
                helpers.save_model(model, name)
                self.models[name] = model
                self._predict()
            taught = f"Taught {', '.join(names) or 'no model'}. Digits used: {len(labels)}"
            self._tell("\n".join([taught, *skipped]))
        except Exception as error:  # in a thread: only the pad can tell
            self._tell(f"Teaching stopped: {error}")
