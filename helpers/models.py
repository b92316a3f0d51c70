"""Saving and loading the three models of the course: files that hold data, never code."""

import logging
import os
import subprocess
import sys
import tempfile
import warnings
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sklearn.exceptions import InconsistentVersionWarning

from .data import ROOT, DamagedData, check_images, load_mnist

FILES = {"knn": "knn.skops", "svm": "svm.skops", "cnn": "cnn.keras"}
SHIPPED_FOLDER = ROOT / "data" / "models"

# All that a .skops file of the course may name beyond what skops trusts by itself.
FEATURES = "WithinClassWhitening", "deskew", "gradient_features", "normalize_size"
TRUSTED = [f"helpers.features.{name}" for name in FEATURES]
TRUSTED += ["notebooks.calibration.TemperatureScaling", "notebooks.novelty.NoveltyKNN"]

# Run by a process of its own, so that it still tells why TensorFlow has aborted this one.
SIEVE = """import sys
greeting = "I0000", "WARNING: All log messages before absl"
sys.stderr.writelines(line for line in sys.stdin if not line.startswith(greeting))"""


@contextmanager
def quietly():
    """Import TensorFlow without its greeting, which no setting stops; all else comes through.

    It is also told to use oneDNN, without which some processors train three times slower.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if "keras" in sys.modules:  # so the greeting is over
        return (yield)
    sys.stderr.flush()
    kept, command = os.dup(2), [sys.executable, "-ISc", SIEVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=kept) as sieve:
        os.dup2(sieve.stdin.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


class NetworkClassifier:
    """A Keras network, from (n, 28, 28, 1) to (n, 10), behind the face of a classifier."""

    def __init__(self, network):
        self.network = network

    def predict_proba(self, images):
        """Probability of each digit, float32 (n, 10), for images uint8 (n, 28, 28)."""
        images = check_images(images)[..., None]
        if images.dtype.kind == "f" and 0 < images.max(initial=0) <= 1:
            raise ValueError("expected grey values up to 255, not up to 1: multiply by 255")
        if len(images) <= 100:  # without the machinery for many: 40 ms less
            return np.asarray(self.network.predict_on_batch(images))
        return self.network.predict(images, batch_size=250, verbose=0)

    def predict(self, images):
        """The most probable digit, (n,), for images uint8 (n, 28, 28)."""
        return self.predict_proba(images).argmax(axis=1)


def models_folder():
    """The folder of the learner's own models: ``models/``, or the one that DIGITS_MODELS names.

    It is created if need be; an OSError says what to do if nothing can be written there.
    """
    folder = _own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        remedy = "set DIGITS_MODELS to a folder of your own before you start JupyterLab"
        raise OSError(f"nothing can be written to {folder.resolve()}: {remedy}") from error
    return folder


def save_model(model, name):
    """Save a model as the learner's own; a file that is there is replaced only by a whole one.

    The model is a pipeline that takes images (n, 28, 28), named "knn" or "svm", or a Keras network
    that takes (n, 28, 28, 1), bare or as `load_model` returns it, named "cnn". A pipeline that is
    not fitted is saved as its settings, and fitted when it is loaded. Returns the path of the file;
    a ValueError says what could not be loaded again, an OSError what to do if the disk is full.
    """
    path, model = models_folder() / _file(name), getattr(model, "network", model)
    if hasattr(model, "save") != (path.suffix == ".keras"):
        raise ValueError(f"{path.name} is not for a {type(model).__name__}: choose another name")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            partial = Path(folder, path.name)
            if path.suffix == ".keras":
                model.save(partial)
            else:
                import skops.io

                skops.io.dump(model, partial, compression=zipfile.ZIP_DEFLATED)
            # As `load_model` will, but settings are fitted to few digits.
            _read(partial, "What was there is kept", count=2000)
            os.replace(partial, path)
    except OSError as error:
        remedy = "what was there is kept. Make room, or set DIGITS_MODELS to a folder elsewhere."
        raise OSError(f"{path.name} could not be saved ({error}); {remedy}") from error
    return path


def load_model(name):
    """Load the learner's own model if there is one, else the shipped one, and say which.

    A file of the learner's that cannot be used is named in a warning; a ValueError says what to do
    if the shipped one cannot, or if the name is not "knn", "svm" or "cnn". Of the model that is
    returned ``.predict(images)`` gives labels (n,) and ``.predict_proba(images)`` probabilities
    (n, 10) whose rows sum to 1, for images uint8 (n, 28, 28).
    """
    file, own = _file(name), _own_folder()
    if os.path.exists(own / file):  # not if the folder may not be entered
        try:
            model = _read(own / file, "The shipped one stands in until you train yours again.")
            print(f"{name}: your own model, {own.name}/{file}")
            return model
        except UnusableModel as error:
            warnings.warn(str(error), stacklevel=2)
    model = shipped_model(name)
    print(f"{name}: the shipped model, data/models/{file}")
    return model


def shipped_model(name, digits=None):
    """The model as it ships, the KNN fitted to `digits` if given; errors are as of `load_model`."""
    return _read(SHIPPED_FOLDER / _file(name), "Restore it: git checkout -- data/models", digits)


class UnusableModel(ValueError):
    """A file that is no model of the course."""


def _own_folder():
    return Path(os.environ.get("DIGITS_MODELS") or ROOT / "models").expanduser()


def _file(name):
    if name not in FILES:
        raise ValueError(f"unknown model {name!r}: choose one of {', '.join(map(repr, FILES))}")
    return FILES[name]


def _read(path, remedy, digits=None, count=None):
    """Open a model file, fit what is not fitted, and try it on a blank image."""
    try:
        model, blank = _open(path), np.zeros((1, 28, 28), np.uint8)
        predict_proba = model.predict_proba
        try:
            probabilities = predict_proba(blank)
        except AttributeError:  # settings alone: NotFittedError, or with scikit-learn 1.6 this
            digits = digits or [part[:count] for part in load_mnist("development")]
            probabilities = model.fit(*digits).predict_proba(blank)
        if probabilities.shape != (1, 10):
            raise ValueError("it does not give ten probabilities for an image of 28 × 28")
    except DamagedData:
        raise
    except Exception as error:  # each library has its own errors for a file that is not a model
        reason = str(error).split("\n")[0].split(". ")[0].rstrip(".") or type(error).__name__
        raise UnusableModel(f"{path.name} cannot be used: {reason}. {remedy}") from error
    return model


def _open(path):
    """What a model file holds, unless it would run code of its own."""
    if path.suffix == ".keras":
        with quietly():
            import keras
        logging.getLogger("tensorflow").setLevel("ERROR")  # no advice on tracing each anew
        return NetworkClassifier(keras.models.load_model(path, compile=False, safe_mode=True))
    import skops.io

    if foreign := sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED)):
        raise ValueError(f"it holds code that the course does not load: {foreign}")
    # The shipped files are read by every scikit-learn that the course supports.
    with warnings.catch_warnings(action="ignore", category=InconsistentVersionWarning):
        return skops.io.load(path, trusted=TRUSTED)
