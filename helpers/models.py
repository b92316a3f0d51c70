"""Saving and loading the three models of the course: files that hold data, never code."""

import os
import sys
import warnings
import zipfile
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import numpy as np
import psutil
import skops.io
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import InconsistentVersionWarning, NotFittedError
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted

from .data import ROOT, check_images, load_mnist

FILES = {"knn": "knn.skops", "svm": "svm.skops", "cnn": "cnn.keras"}
SHIPPED_FOLDER = ROOT / "data" / "models"

# All that a .skops file of the course may name beyond what skops trusts by itself.
TRUSTED = [
    "helpers.features.WithinClassWhitening",
    "helpers.features.deskew",
    "helpers.features.gradient_features",
    "helpers.features.normalize_size",
    "helpers.models.TemperatureScaling",
]


@contextmanager
def quietly():
    """Drop what compiled libraries write to the error channel while the block runs.

    TensorFlow greets with notes on its build, before any setting can stop it; exceptions are
    raised as ever. What it would note later, this sets it to keep to itself. It also sets
    TensorFlow to use oneDNN on every processor: by itself it does so on some only, and trains
    three times slower on the others.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class NetworkClassifier:
    """A Keras network behind the face of a scikit-learn classifier.

    Parameters
    ----------
    network : keras.Model
        Takes (n, 28, 28, 1) grey values from 0 to 255, gives (n, 10) probabilities.
    """

    def __init__(self, network):
        self.network = network

    def predict_proba(self, images):
        """Probability of each digit, float32 (n, 10), for images uint8 (n, 28, 28)."""
        images = check_images(images)
        if len(images) == 0:
            return np.empty((0, 10), np.float32)
        if len(images) <= 100:  # without the machinery for many: 40 ms less
            return np.asarray(self.network.predict_on_batch(images[..., None]))
        return self.network.predict(images[..., None], batch_size=500, verbose=0)

    def predict(self, images):
        """The most probable digit, (n,), for images uint8 (n, 28, 28)."""
        return self.predict_proba(images).argmax(axis=1)


class TemperatureScaling(ClassifierMixin, BaseEstimator):
    """Probabilities from a support vector machine that decides between pairs of classes.

    Each class is worth the margin of its weakest duel with another; the softmax of these
    margins, divided by the temperature, gives the probabilities. The answer hardly ever differs
    from the vote of all duels that `SVC.predict` takes.

    Parameters
    ----------
    machine : sklearn.svm.SVC
        With the RBF kernel, which is the default; for three classes or more.
    temperature : float, above 0
        The higher, the less sure. Choose it on digits that the machine was not fitted on.

    Raises
    ------
    ValueError
        By `fit`, if the machine or the temperature is another.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
    """

    def __init__(self, machine, temperature=1.0):
        self.machine = machine
        self.temperature = temperature

    def fit(self, X, y):
        """Fit a copy of the machine to features X (n, n_features) and labels y (n,)."""
        self.machine_ = clone(self.machine).fit(X, y)
        self.classes_ = self.machine_.classes_
        if self.machine_.kernel != "rbf" or len(self.classes_) < 3:
            raise ValueError('use SVC(kernel="rbf") and three classes or more')
        if not self.temperature > 0:
            raise ValueError(f"the temperature must be above 0, and is {self.temperature}")
        return self

    def decision_function(self, X):
        """The margin of each class in its weakest duel, (n, n_classes)."""
        return np.concatenate([self._margins(X[rows]) for rows in gen_batches(len(X), 500)])

    def _margins(self, X):
        # SVC.decision_function takes one digit and one support vector at a time. Matrix products
        # take all of them together: the same numbers, ten times as fast.
        machine, classes = self.machine_, range(len(self.classes_))
        likeness = rbf_kernel(X, machine.support_vectors_, gamma=machine._gamma)
        first_of_class = np.cumsum(machine.n_support_)[:-1]
        pulls = [  # of each class's support vectors, in its duels with the other classes in order
            part @ weights.T
            for part, weights in zip(
                np.split(likeness, first_of_class, axis=1),
                np.split(machine.dual_coef_, first_of_class, axis=1),
            )
        ]
        margins = np.full((len(X), len(classes)), np.inf)
        for (one, other), intercept in zip(combinations(classes, 2), machine.intercept_):
            duel = pulls[one][:, other - 1] + pulls[other][:, one] + intercept
            margins[:, one] = np.minimum(margins[:, one], duel)
            margins[:, other] = np.minimum(margins[:, other], -duel)
        return margins

    def predict_proba(self, X):
        """The probability of each class, (n, n_classes)."""
        return softmax(self.decision_function(X) / self.temperature, axis=1)

    def predict(self, X):
        """The most probable class, (n,)."""
        return self.classes_[self.decision_function(X).argmax(axis=1)]


def models_folder():
    """The folder of the learner's own models: ``models/``, or the one that DIGITS_MODELS names.

    Returns
    -------
    pathlib.Path
        Ignored by git; it is created if need be.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    folder = _own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise OSError(
            f"nothing can be written to {folder.resolve()}: set DIGITS_MODELS to a folder of your "
            "own before you start JupyterLab"
        )
    return folder


def training_folder(name):
    """A folder in which a training can be kept, to go on with it after an interruption.

    It belongs to this process. What a process that is gone has left under the same name is
    taken over, so two trainings at once do not disturb each other, and a killed one goes on.

    Parameters
    ----------
    name : str
        The same for trainings that can go on where the other stopped.

    Returns
    -------
    pathlib.Path
        In `models_folder`; it need not exist yet.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    folder = models_folder()
    own = folder / f"{name}-{os.getpid()}"
    for left in folder.glob(f"{name}-*"):
        pid = left.name.removeprefix(f"{name}-")
        if pid.isdecimal() and not _was_running(int(pid), left.stat().st_mtime):
            return left.replace(own)
    return own


def save_model(model, name):
    """Save a model as the learner's own; a file that is there is replaced only by a whole one.

    Parameters
    ----------
    model : sklearn.pipeline.Pipeline or keras.Model
        A pipeline that takes images (n, 28, 28), saved with skops, or a Keras network. A
        pipeline that is not fitted is saved as its settings, and fitted when it is loaded.
    name : {"knn", "svm", "cnn"}

    Returns
    -------
    pathlib.Path
        The file that was written.

    Raises
    ------
    ValueError
        If `name` is unknown.
    OSError
        If it cannot be written, as on a full disk; a file that was there is kept.
    """
    _check_name(name)
    path = models_folder() / FILES[name]
    partial = path.with_name(f"{path.stem}-{os.getpid()}-partial{path.suffix}")
    try:
        if path.suffix == ".keras":
            model.save(partial)
        else:
            skops.io.dump(model, partial, compression=zipfile.ZIP_DEFLATED)
        os.replace(partial, path)
    except OSError as error:
        raise OSError(
            f"{path.name} could not be saved ({error}); what was there before is kept. Make room, "
            "or set DIGITS_MODELS to a folder elsewhere."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def load_model(name):
    """Load the learner's own model if there is one, else the shipped one, and say which.

    Parameters
    ----------
    name : {"knn", "svm", "cnn"}

    Returns
    -------
    classifier
        ``.predict(images)`` gives labels (n,) and ``.predict_proba(images)`` probabilities
        (n, 10) whose rows sum to 1, for images uint8 (n, 28, 28). A pipeline that was saved
        unfitted is fitted on the development split first.

    Raises
    ------
    ValueError
        If `name` is unknown, or the shipped file is missing, damaged or of another kind.

    Warns
    -----
    UserWarning
        If the learner's own file cannot be used; the shipped model takes its place.
    """
    _check_name(name)
    own, shipped = _own_folder() / FILES[name], SHIPPED_FOLDER / FILES[name]
    if own.exists():
        try:
            model = _read(own)
        except ValueError as error:
            warnings.warn(
                f"{error} The shipped model takes its place until you train yours again.",
                stacklevel=2,
            )
        else:
            print(f"{name}: your own model, {own.parent.name}/{own.name}")
            return model
    try:
        model = _read(shipped)
    except ValueError as error:
        raise ValueError(f"{error} Restore it with: git checkout -- data/models") from error
    print(f"{name}: the shipped model, data/models/{shipped.name}")
    return model


def _was_running(pid, when):
    """Whether a process runs since then; a younger one has only got the same number."""
    try:
        return psutil.Process(pid).create_time() <= when
    except psutil.NoSuchProcess:
        return False


def _own_folder():
    return Path(os.environ.get("DIGITS_MODELS") or ROOT / "models")


def _check_name(name):
    if name not in FILES:
        raise ValueError(f"unknown model {name!r}: choose one of {', '.join(map(repr, FILES))}")


@contextmanager
def _blaming(path):
    """Turn whatever is raised into a ValueError that names the file."""
    try:
        yield
    except Exception as error:  # each library has its own errors for a file that is not a model
        reason = str(error).split("\n")[0].split(". ")[0].rstrip(".") or type(error).__name__
        raise ValueError(f"{path.name} cannot be used: {reason}.") from error


def _read(path):
    """Read a model file, fit what is not fitted, and try it on a blank image."""
    digits = None
    with _blaming(path):
        model = _open(path)
        fitted = path.suffix == ".keras" or _is_fitted(model)
    if not fitted:
        digits = load_mnist("development")  # whose errors are not the model's
    with _blaming(path):
        if digits:
            model.fit(*digits)
        if model.predict_proba(np.zeros((1, 28, 28), np.uint8)).shape != (1, 10):
            raise ValueError("it does not give ten probabilities for an image of 28 × 28")
    return model


def _is_fitted(model):
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    return True


def _open(path):
    """What a model file holds, unless it would run code of its own."""
    if path.suffix == ".keras":
        with quietly():
            import keras
        return NetworkClassifier(keras.models.load_model(path, compile=False, safe_mode=True))
    foreign = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
    if foreign:
        raise ValueError(f"it would run code that the course does not list: {foreign}")
    with warnings.catch_warnings():
        # The shipped files are read by every scikit-learn that the course supports.
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        return skops.io.load(path, trusted=TRUSTED)
