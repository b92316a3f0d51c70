"""The answers that prove the checks: an exercise, the key of what is to be said, and an answer."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy import ndimage
from scipy.special import log_softmax, softmax
from scipy.stats import binom, binomtest, chi2, norm, ttest_rel, wilcoxon
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    ShuffleSplit,
    StratifiedGroupKFold,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline as pipe
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

import handwriting
import helpers

IMAGES, LABELS = helpers.load_mnist("validation")
TRAIN_IMAGES, TRAIN_LABELS = (part[:500] for part in helpers.load_mnist("train"))
ROWS, COLUMNS = np.indices((28, 28))
SHARED = np.random.default_rng(0)
NUMBER = {image.tobytes(): number for number, image in enumerate(IMAGES)}


def step(function):
    """A step of a pipeline that remembers what it has computed, for the sake of speed."""
    known = {}

    def remembering(images):
        key = len(images), images[0].tobytes(), images[-1].tobytes()
        if key not in known:
            known[key] = function(images)
        return known[key]

    return FunctionTransformer(remembering)


DESKEW, SIZE, HISTOGRAMS = map(
    step, (helpers.deskew, helpers.normalize_size, helpers.gradient_features)
)
FLATTEN, KNN = FunctionTransformer(lambda images: images.reshape(-1, 784)), KNeighborsClassifier(3)
RAW = TRAIN_IMAGES.reshape(-1, 784) / 255


def misclassify(count):
    """The labels of `validation`, but for some that are wrong."""
    return (LABELS + (np.arange(len(LABELS)) < count)) % 10


def of_images(labels):
    """What stands in for a classifier: the labels that it knows of images of `validation`."""
    return lambda images: labels[[NUMBER[image.tobytes()] for image in images]]


def learned(*steps, last=SVC):
    return pipe(*steps or (PCA(20),), helpers.WithinClassWhitening(), last())


def search(model=None, grid=None, cv=None):
    """A search as exercise 4.4 wants it, but for what is given."""
    model = learned() if model is None else model
    return GridSearchCV(model, grid or {"svc__C": [1, 10]}, cv=cv or GroupKFold(3))


def support_vector_machines(sizes=(500, 2000, 8000), features=None, **settings):
    """Three of them, fitted to 500 digits each; they only say that it were more."""
    if features is None:
        features = pipe(DESKEW, SIZE, HISTOGRAMS).transform(TRAIN_IMAGES)
    models = [SVC(**{"C": 10} | settings).fit(features, TRAIN_LABELS) for _ in sizes]
    for model, size in zip(models, sizes):
        model.shape_fit_ = size, features.shape[1]
    return models


def network(count, size=10_000, change=np.asarray, columns=10):
    """What stands in for a Keras network of some size that misclassifies some of `validation`."""
    probabilities = change(np.eye(10)[misclassify(count)])
    if columns < 10:
        probabilities = probabilities[:columns].T
    return SimpleNamespace(count_params=lambda: size, predict=lambda *of, **settings: probabilities)


def mended(
    *, shape=(28, 28, 1), outputs=10, activation="softmax", rate=0.001, loss=None, learns=True
):
    """A compiled Keras network; in place of its training it knows the labels, or nothing."""
    with helpers.quietly():
        import keras

    inner = [keras.layers.Flatten(), keras.layers.Dense(outputs, activation)]
    model = keras.Sequential([keras.Input(shape), *inner])
    optimizer = keras.optimizers.Adam(rate) if isinstance(rate, float | int) else rate
    model.compile(optimizer, loss or "sparse_categorical_crossentropy")
    labels = LABELS[:2000] if learns else 0 * LABELS[:2000]
    model.predict = lambda images, **settings: np.eye(10)[labels]
    return model


def path_of(slope, weight, rate, count):
    """The weights of gradient descent, from the first on."""
    return [weight] + [weight := weight - rate * slope(weight) for _ in range(count)]


def descend(slope, weight, rate, count):
    for _ in range(count):
        weight -= rate * slope(weight)
    return weight


def restored(losses, patience, returns=0, in_a_row=True, beats=np.less):
    """The epoch whose weights early stopping restores, or with `returns=1` where it stops."""
    best = waited = 0
    for epoch, loss in enumerate(losses[1:], 1):
        if beats(loss, losses[best]):
            best, waited = epoch, 0 if in_a_row else waited
        else:
            waited += 1
            if waited >= patience:
                break
    return (best, epoch)[returns]


def lead(probabilities):
    """How far the highest probability of each row lies above the second."""
    return np.sort(probabilities, axis=1)[:, -1] - np.sort(probabilities, axis=1)[:, -2]


def noise(images, share):
    """The images with a share of their pixels replaced by noise."""
    generator = np.random.default_rng(0)
    where = generator.random(images.shape) < share
    return np.where(where, generator.integers(0, 256, images.shape), images).astype("uint8")


def seeded(number):
    """What exercise 10.2 asks for."""
    return np.random.default_rng(number).normal(size=(100, 28, 28))


def variance(places, ink):
    return np.average(places**2, weights=ink) - np.average(places, weights=ink) ** 2


def heights(images):
    """How far the ink of each image reaches up and down, as a standard deviation."""
    rows = images.sum(axis=2) / images.sum(axis=(1, 2))[:, None]
    return np.sqrt(rows @ np.arange(28) ** 2 - (rows @ np.arange(28)) ** 2)


def covariance(image, column=None):
    """Of rows and columns, weighted by ink, about the centre of mass or about one of the image."""
    row = np.average(ROWS, weights=image) if column is None else column
    column = np.average(COLUMNS, weights=image) if column is None else column
    return np.average((ROWS - row) * (COLUMNS - column), weights=image)


def about_the_middle(image):
    return covariance(image, 13.5) / np.average((ROWS - 13.5) ** 2, weights=image)


def by_hand(image):
    """The slope of a weighted regression of columns on rows."""
    rows, columns = np.nonzero(image)
    return np.polyfit(rows, columns, 1, w=np.sqrt(image[rows, columns]))[0]


def rebuilt(image, mean, components):
    return mean + (image - mean) @ components.T @ components


def coarse(images):
    """The mean ink of 7 × 7 cells."""
    return DESKEW.transform(images).reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4))


def weights_of(labels, distances):
    return {digit: sum(1 / distances[labels == digit]) for digit in set(labels)}


def mean_distances(labels, distances):
    return {digit: -distances[labels == digit].mean() for digit in set(labels)}


def winner(score):
    return lambda *given: max(score(*given), key=score(*given).get)


def class_means(features, labels):
    return np.stack([features[labels == digit].mean(axis=0) for digit in np.unique(labels)])


def from_means(features, labels):
    return features - class_means(features, labels)[np.unique(labels, return_inverse=True)[1]]


def mean_of_covariances(features, labels):
    return np.mean([np.cov(features[labels == digit].T) for digit in np.unique(labels)], axis=0)


def cross_validation(cv, grouped=True):
    """A function of model, features, labels and writers that returns the scores of the folds."""

    def scores(model, features, labels, writers):
        groups = writers if grouped else None
        return cross_val_score(model, features, labels, cv=cv, groups=groups)

    return scores


def cross_validated(cv, grouped=True):
    return lambda *given: cross_validation(cv, grouped)(*given).mean()


def virtual_digits(images, labels, support, axes=(2, 1), steps=(1, -1)):
    moves = [np.roll(images[support], step, axis=axis) for axis in axes for step in steps]
    copies = np.concatenate([images[support], *moves])
    return copies, np.tile(labels[support], 1 + len(moves))


def virtual(change, **settings):
    """An answer that changes what the right one returns."""
    return lambda *given: change(*virtual_digits(*given, **settings), *given)


def bootstrap(
    right,
    writers,
    count=2000,
    seed=0,
    *,
    equal=False,
    once=False,
    as_many=False,
    ends=(0.025, 0.975),
):
    """The share of what is right, over writers; `as_many` are drawn as there are digits."""
    _, writers = np.unique(writers, return_inverse=True)
    counts, correct = np.bincount(writers), np.bincount(writers, right)
    size = count, len(right) if as_many else len(counts)
    drawn = np.random.default_rng(seed).integers(len(counts), size=size)
    if equal:
        return np.quantile((correct / counts)[drawn].mean(axis=1), ends)
    drawn = [np.unique(draw) if once else draw for draw in drawn]
    return np.quantile([correct[draw].sum() / counts[draw].sum() for draw in drawn], ends)


def over_digits(right, writers):
    return bootstrap(right, np.arange(len(right)))


def wilson(right, writers):
    return np.array(binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson"))


def tosses(a, b):
    """How many digits each of two models alone gets right."""
    return np.sum(a & ~b), np.sum(b & ~a)


def exact(first, second):
    return binomtest(first, first + second).pvalue


def p_value(a, b):
    return exact(*tosses(a, b))


def one_sided(a, b):
    """Twice the smaller tail."""
    return 2 * binomtest(min(tosses(a, b)), sum(tosses(a, b)), alternative="less").pvalue


def people(before, after):
    """Of how many people there are fewer mistakes, and of how many more."""
    return np.sum(after < before), np.sum(after > before)


def asymptotic(a, b, correction=0):
    first, second = tosses(a, b)
    return chi2.sf((abs(first - second) - correction) ** 2 / (first + second), 1)


def unpaired(a, b):
    return 2 * norm.sf(abs(a.mean() - b.mean()) / np.sqrt((a.var() + b.var()) / len(a)))


def precision(confusion, digit):
    return confusion[digit, digit] / confusion[:, digit].sum()


def recall(confusion, digit):
    return confusion[digit, digit] / confusion[digit].sum()


def both(confusion, digit):
    return np.array([precision(confusion, digit), recall(confusion, digit)])


def fixed(function):
    """An answer that returns the same, whatever it is given after its first time."""
    first = []

    def answer(*given):
        first.append(function(*given))
        return first[0]

    return answer


def flat_digits(images):
    return heights(images) < np.quantile(heights(images), 0.05)


def from_group(values, threshold):
    """The difference of each value from the mean of its group."""
    above = values > threshold
    return values - np.where(above, values[above].mean(), values[~above].mean())


def within(values, threshold):
    return np.mean(from_group(values, threshold) ** 2)


def variances(values, threshold):
    return values[values > threshold].var(), values[values <= threshold].var()


def placed(small, middle):
    """A digit with some point of it in the middle of 28 × 28."""
    image, (height, width) = np.zeros((28, 28)), small.shape
    top, left = (14 - round(place) for place in middle)
    image[top : top + height, left : left + width] = small
    return image


READ = {}


def framed(grey):
    """The digits in a picture, which is read once."""
    key = grey.shape, grey.tobytes()
    if key not in READ:
        READ[key] = np.stack([digit.image for digit in handwriting.read_digits(grey)])
    return READ[key]


def is_page(grey):
    """Whether a picture is the page, light in its upper left corner."""
    return grey.shape == (495, 1035) and 0.85 < grey[0, 0] < 0.95


def tossed(heads, tosses):
    return binomtest(int(heads), int(tosses)).pvalue


VALUES = {
    "1.3": {"right": "b", "a": "a", "c": "c", "d": "d", "letter": "e"},
    "1.5": {"right": "d", "a": "a", "b": "b", "c": "c", "letter": "bd"},
    "2.2": {"right": "c", "a": "a", "b": "b", "d": "d", "letter": 90},
    "3.2": {"right": pipe(DESKEW, FLATTEN, PCA(30), KNeighborsClassifier(3))}
    | {"pipeline": KNeighborsClassifier(3), "components": pipe(DESKEW, FLATTEN, KNN)}
    | {"deskew": pipe(FLATTEN, PCA(30), KNN), "stops": pipe(DESKEW, PCA(30), KNN)}
    | {"neighbours": pipe(DESKEW, FLATTEN, PCA(30), KNeighborsClassifier(5))}
    | {"last": pipe(DESKEW, FLATTEN, PCA(30)), "other": pipe(DESKEW, SIZE, FLATTEN, PCA(30), KNN)},
    "3.5": {"right": "b", "a": "a", "c": "c", "d": "d", "letter": ""},
    "3.6": {"right": pipe(DESKEW, SIZE, HISTOGRAMS, PCA(60), KNeighborsClassifier(4))}
    | {"short": pipe(DESKEW, SIZE, FLATTEN, PCA(2), KNN), "pipeline": KNN, "stops": pipe(KNN)}
    | {"many": pipe(DESKEW, SIZE, HISTOGRAMS, KNN), "last": pipe(FLATTEN, PCA(30), SVC())},
    "4.3": {"right": "b", "a": "a", "c": "c", "d": "d", "letter": 0.05},
    "4.4": {"right": search(), "type": learned(), "grid": search(grid={"C": [1, 10]})}
    | {"whitening": search(pipe(PCA(20), SVC())), "writers": search(cv=5)}
    | {"stops": search(cv=GroupKFold(10**6)), "folds": search(cv=[(range(400), range(400, 500))])},
    "4.6": {"right": support_vector_machines(), "three": support_vector_machines()[:2]}
    | {"type": [60, 34, 18], "C": support_vector_machines(C=1), "fitted": [SVC(C=10)] * 3}
    | {"kernel": support_vector_machines(kernel="linear")}
    | {"digits": support_vector_machines([500, 500, 500])}
    | {"features": support_vector_machines(features=RAW)}
    | {"other": support_vector_machines(features=helpers.gradient_features(TRAIN_IMAGES))},
    "6.3": {"right": "c", "a": "a", "b": "b", "d": "d", "letter": "students"},
    "6.4": {"right": "d", "a": "a", "b": "b", "c": "c", "letter": None},
    "5.3": {"right": mended(), "type": 0.9, "ten": mended(outputs=1)}
    | {"compile": SimpleNamespace(layers=[]), "softmax": mended(activation="relu")}
    | {"rate": mended(rate=1.0, learns=False), "bug": mended(learns=False)}
    | {"flat": mended(shape=(784,))},
    "5.4": {"right": network(250), "large": network(250, 10_001), "short": network(350)}
    | {"new": network(1100), "type": 0.98, "no labels": network(250, columns=9)}
    | {"flat": mended(shape=(784,))},
    "8.3": {"right": "b", "shadow": "A", "connected": " c", "frame": "d)", "letter": "threshold"},
    "9.3": {"right": "b", "everybody": "A", "probability": "c", "absence": "d.", "family": "e"}
    | {"letter": "f"},
    "9.4": {"right": [[True] * 40, [True] * 39 + [False]], "few": [[True] * 9, [False] * 9]}
    | {"two": [[True] * 50, [True] * 49], "no number": [["yes"] * 40] * 2},
    "10.1": {"right": "b", "a": "a", "c": "(c)", "d": "D", "letter": 20},
}
FUNCTIONS = [
    ("1.1", "right", lambda images: (images > 0).mean(axis=(1, 2))),
    ("1.1", "right", lambda images: [np.count_nonzero(image) / 784 for image in images]),
    ("1.1", "one", lambda images: (images > 0).mean()),
    ("1.1", "count", lambda images: (images > 0).sum(axis=(1, 2))),
    ("1.1", "grey", lambda images: images.mean(axis=(1, 2)) / 255),
    ("1.1", "grey", lambda images: images.mean(axis=(1, 2))),
    ("1.1", "per cent", lambda images: (images > 0).mean(axis=(1, 2)) * 100),
    ("1.1", "rest", lambda images: (images == 0).mean(axis=(1, 2))),
    ("1.1", "size", lambda images: (images > 0).mean(axis=0)),
    ("1.1", "size", lambda images: (images > 0).mean(axis=1)),
    ("1.1", "fixed", fixed(lambda images: (images > 0).mean(axis=(1, 2)))),
    ("1.1", "type", 0.2),
    ("1.2", "right", lambda image: max(np.ptp(places) for places in np.nonzero(image)) + 1),
    ("1.2", "gap", lambda image: max(np.any(image, 0).sum(), np.any(image, 1).sum())),
    ("1.2", "same", lambda image: max(np.ptp(places) for places in np.nonzero(image))),
    ("1.2", "shorter", lambda image: np.ptp(np.nonzero(image)[0]) + 1),
    ("1.2", "shorter", lambda image: np.ptp(np.nonzero(image)[1]) + 1),
    ("1.2", "shorter", lambda image: min(np.ptp(places) for places in np.nonzero(image)) + 1),
    ("1.2", "both", lambda image: [np.ptp(places) + 1 for places in np.nonzero(image)]),
    ("1.2", "always", lambda image: 20),
    ("1.2", "last", lambda image: max(places.max() for places in np.nonzero(image))),
    ("1.2", "last", lambda image: max(places.max() for places in np.nonzero(image)) + 1),
    ("1.2", "other", lambda image: (image > 0).sum(axis=0).max() - 40),
    ("1.2", "other", lambda image: max(image.shape)),
    ("1.4", "right", lambda writers: writers % 6 == 5),
    ("1.4", "right", lambda writers: np.isin(writers, np.unique(writers)[::6])),
    ("1.4", "mask", lambda writers: np.unique(writers) % 6 == 2),
    ("1.4", "mask", lambda writers: np.flatnonzero(writers % 6 == 2)),
    ("1.4", "mask", lambda writers: writers % 6),
    ("1.4", "leak", lambda writers: np.random.default_rng(0).random(len(writers)) < 1 / 6),
    ("1.4", "leak", lambda writers: np.arange(len(writers)) >= 50_000),
    ("1.4", "leak", lambda writers: np.arange(len(writers)) % 6 == 2),
    ("1.4", "size", lambda writers: writers % 2 == 0),
    ("1.4", "size", lambda writers: writers % 6 != 2),
    ("1.4", "size", lambda writers: writers == 2100),
    ("1.4", "one group", lambda writers: (writers >= 2100) & (writers % 3 == 0)),
    ("1.4", "one group", lambda writers: (writers < 2100) & (writers % 3 == 0)),
    ("1.6", "right", of_images(misclassify(1500))),
    ("1.6", "means", of_images(misclassify(1700))),
    ("1.6", "means", of_images(misclassify(5000))),
    ("1.6", "chance", lambda images: np.zeros(len(images), int)),
    ("1.6", "chance", lambda images: LABELS[: len(images)]),
    ("1.6", "chance", lambda images: misclassify(1500)[: len(images)]),
    ("1.6", "known", of_images(LABELS)),
    ("1.6", "no labels", lambda images: np.zeros((len(images), 10))),
    ("1.6", "no labels", lambda images: LABELS[0]),
    ("1.6", "stops", lambda images: images.no_such_thing),
    ("1.6", "nothing", lambda images: None),
    ("1.6", "type", LABELS),
    ("2.1", "right", lambda image: covariance(image) / variance(ROWS, image)),
    ("2.1", "right", by_hand),
    ("2.1", "corner", lambda image: np.sum(ROWS * COLUMNS * image) / np.sum(ROWS**2 * image)),
    ("2.1", "middle", about_the_middle),
    ("2.1", "sign", lambda image: -covariance(image) / variance(ROWS, image)),
    ("2.1", "inverse", lambda image: covariance(image) / variance(COLUMNS, image)),
    ("2.1", "inverse", lambda image: variance(ROWS, image) / covariance(image)),
    ("2.1", "covariance", lambda image: covariance(image)),
    ("2.1", "pixels", lambda image: covariance(image > 0) / variance(ROWS, image > 0)),
    ("2.1", "other", lambda image: covariance(image) / variance(ROWS, image) ** 0.5),
    ("2.1", "other", lambda image: 0.0),
    ("2.1", "angle", lambda image: np.arctan(covariance(image) / variance(ROWS, image))),
    ("2.1", "size", lambda image: (COLUMNS - 13.5) / (ROWS - 13.5)),
    ("2.3", "right", lambda image: (5 / variance(COLUMNS, image) ** 0.5) ** 0.5),
    ("2.3", "right", lambda image: 5**0.5 * variance(COLUMNS, image) ** -0.25),
    ("2.3", "full", lambda image: 5 / variance(COLUMNS, image) ** 0.5),
    ("2.3", "narrower", lambda image: (variance(COLUMNS, image) ** 0.5 / 5) ** 0.5),
    ("2.3", "narrower", lambda image: variance(COLUMNS, image) ** 0.5 / 5),
    ("2.3", "variance", lambda image: (5 / variance(COLUMNS, image)) ** 0.5),
    ("2.3", "height", lambda image: (5 / variance(ROWS, image) ** 0.5) ** 0.5),
    ("2.3", "pixels", lambda image: (5 / variance(COLUMNS, image > 0) ** 0.5) ** 0.5),
    ("2.3", "width", lambda image: variance(COLUMNS, image) ** 0.5),
    ("2.3", "other", lambda image: (1 + 5 / variance(COLUMNS, image) ** 0.5) / 2),
    ("2.3", "other", lambda image: 2),
    (
        "2.3",
        "other",
        lambda image: (5 / np.average((COLUMNS - 13.5) ** 2, weights=image) ** 0.5) ** 0.5,
    ),
    ("2.3", "size", lambda image: helpers.normalize_size(image[None])),
    ("2.4", "right", lambda image, mean, components: (image - mean) @ components.T),
    ("2.4", "right", lambda image, mean, components: [c @ image - c @ mean for c in components]),
    ("2.4", "mean", lambda image, mean, components: image @ components.T),
    ("2.4", "sign", lambda image, mean, components: (mean - image) @ components.T),
    ("2.4", "added", lambda image, mean, components: (image + mean) @ components.T),
    ("2.4", "length", lambda image, mean, components: abs((image - mean) @ components.T)),
    ("2.4", "rebuilt", rebuilt),
    ("2.4", "stops", lambda image, mean, components: (image - mean) @ components),
    ("2.4", "first", lambda image, mean, components: (image - mean) @ components[0]),
    ("2.4", "products", lambda image, mean, components: (image - mean) * components),
    ("2.4", "products", lambda image, mean, components: components * image),
    ("2.4", "other", lambda image, mean, components: (image - image.mean()) @ components.T),
    ("2.4", "other", lambda image, mean, components: np.arange(len(components))),
    ("2.5", "right", lambda images: coarse(images).reshape(-1, 49) / 255),
    ("2.5", "right", coarse),
    ("2.5", "rows", lambda images: images.mean()),
    ("2.5", "rows", lambda images: images.reshape(784, -1)),
    ("2.5", "rows", lambda images: images[:100].reshape(100, -1)),
    ("2.5", "together", lambda images: PCA(10).fit_transform(images.reshape(-1, 784))),
    ("2.5", "together", lambda images: coarse(images) - coarse(images).mean(axis=0)),
    ("2.5", "many", lambda images: images.reshape(-1, 784)),
    ("2.5", "many", lambda images: images),
    ("2.5", "many", lambda images: np.hstack([images.reshape(-1, 784)] * 2)),
    ("2.5", "lost", lambda images: images.mean(axis=1)),
    ("2.5", "lost", lambda images: images.mean(axis=(1, 2))),
    ("2.5", "lost", lambda images: np.full((len(images), 3), np.nan)),
    ("2.5", "lost", lambda images: np.eye(10)[LABELS[: len(images)]]),
    ("2.5", "lost", lambda images: np.zeros((len(images), 5))),
    ("3.1", "right", lambda labels, distances: np.bincount(labels, 1 / distances).argmax()),
    ("3.1", "right", winner(weights_of)),
    ("3.1", "majority", lambda labels, distances: np.bincount(labels).argmax()),
    ("3.1", "far", lambda labels, distances: np.bincount(labels, distances).argmax()),
    ("3.1", "nearest", lambda labels, distances: labels[distances.argmin()]),
    ("3.1", "square", lambda labels, distances: np.bincount(labels, distances**-2).argmax()),
    ("3.1", "exp", lambda labels, distances: np.bincount(labels, np.exp(-distances)).argmax()),
    ("3.1", "mean", winner(mean_distances)),
    ("3.1", "average", lambda labels, distances: round(np.average(labels, weights=1 / distances))),
    ("3.1", "average", lambda labels, distances: np.average(labels, weights=1 / distances)),
    ("3.1", "farthest", lambda labels, distances: labels[distances.argmax()]),
    ("3.1", "other", lambda labels, distances: 4),
    ("3.1", "size", lambda labels, distances: np.bincount(labels, 1 / distances)),
    ("3.1", "size", lambda labels, distances: np.bincount(labels, 1 / distances, minlength=10)),
    ("3.1", "other", lambda labels, distances: 0),
    ("3.1", "weight", lambda labels, distances: np.bincount(labels, 1 / distances).max()),
    ("3.1", "stops", lambda labels, distances: labels.no_such_thing),
    ("3.3", "right", lambda features, labels: np.cov(from_means(features, labels).T)),
    ("3.3", "right", lambda features, labels: np.cov(from_means(features, labels).T, ddof=0)),
    ("3.3", "right", mean_of_covariances),
    ("3.3", "total", lambda features, labels: np.cov(features.T)),
    ("3.3", "total", lambda features, labels: np.cov(features, rowvar=False, ddof=0)),
    ("3.3", "between", lambda *given: np.cov((given[0] - from_means(*given)).T)),
    ("3.3", "between", lambda *given: np.cov(class_means(*given).T)),
    ("3.3", "digits", lambda *given: np.cov(from_means(*given))),
    ("3.3", "correlation", lambda *given: np.corrcoef(from_means(*given).T)),
    ("3.3", "one class", lambda features, labels: np.cov(features[labels == labels[0]].T)),
    ("3.3", "variances", lambda *given: from_means(*given).var(axis=0)),
    ("3.3", "sum", lambda *given: from_means(*given).T @ from_means(*given)),
    ("3.3", "inverse", lambda *given: np.linalg.inv(np.cov(from_means(*given).T))),
    ("3.3", "other", lambda features, labels: np.eye(features.shape[1])),
    ("3.3", "size", lambda *given: from_means(*given)),
    ("3.3", "fixed", fixed(lambda *given: np.cov(from_means(*given).T))),
    ("3.4", "right", cross_validated(GroupKFold(5))),
    ("3.4", "right", cross_validated(GroupKFold(3))),
    ("3.4", "right", cross_validated(StratifiedGroupKFold(5, shuffle=True, random_state=0))),
    ("3.4", "right", cross_validated(LeaveOneGroupOut())),
    ("3.4", "leak", cross_validated(5)),
    ("3.4", "leak", cross_validated(KFold(5, shuffle=True, random_state=0))),
    ("3.4", "leak", cross_validated(ShuffleSplit(5, random_state=0))),
    ("3.4", "learned", lambda model, *digits: model.fit(*digits[:2]).score(*digits[:2])),
    ("3.4", "fixed", lambda *given: max(cross_validation(GroupKFold(5))(*given))),
    ("3.4", "stops", cross_validated(GroupKFold(5), grouped=False)),
    ("3.4", "each", cross_validation(GroupKFold(5))),
    ("3.4", "each", cross_validation(5)),
    ("3.4", "per cent", lambda *given: 100 * cross_validated(GroupKFold(5))(*given)),
    ("3.4", "mistakes", lambda *given: 1 - cross_validated(GroupKFold(5))(*given)),
    ("3.4", "fixed", fixed(cross_validated(GroupKFold(5)))),
    ("3.4", "fixed", lambda *given: 0.5),
    ("3.4", "other", lambda *given: 0.0),
    ("3.4", "other", lambda model, features, labels, writers: len(labels)),
    ("4.1", "right", lambda decisions: np.maximum(1 - decisions, 0).mean()),
    ("4.1", "right", lambda decisions: sum(1 - d for d in decisions if d < 1) / len(decisions)),
    ("4.1", "sum", lambda decisions: np.maximum(1 - decisions, 0).sum()),
    ("4.1", "each", lambda decisions: np.maximum(1 - decisions, 0)),
    ("4.1", "negative", lambda decisions: (1 - decisions).mean()),
    ("4.1", "margin", lambda decisions: np.maximum(-decisions, 0).mean()),
    ("4.1", "count", lambda decisions: np.mean(decisions < 1)),
    ("4.1", "count", lambda decisions: np.mean(decisions < 0)),
    ("4.1", "some", lambda decisions: (1 - decisions[decisions < 1]).mean()),
    ("4.1", "negative", lambda decisions: max(0, 1 - decisions.mean())),
    ("4.1", "sign", lambda decisions: np.maximum(1 + decisions, 0).mean()),
    ("4.1", "square", lambda decisions: (np.maximum(1 - decisions, 0) ** 2).mean()),
    ("4.1", "stops", lambda decisions: max(0, 1 - decisions)),
    ("4.1", "stops", lambda decisions: np.maximum(1 - decisions, 0).mean(axis=1)),
    ("4.1", "other", lambda decisions: np.median(np.maximum(1 - decisions, 0))),
    ("4.1", "nothing", lambda decisions: None),
    ("4.2", "right", lambda a, b, gamma: np.exp(-gamma * np.sum((a - b) ** 2))),
    ("4.2", "right", lambda a, b, gamma: rbf_kernel([a], [b], gamma)),
    ("4.2", "sign", lambda a, b, gamma: np.exp(gamma * np.sum((a - b) ** 2))),
    ("4.2", "distance", lambda a, b, gamma: np.exp(-gamma * np.linalg.norm(a - b))),
    ("4.2", "gamma", lambda a, b, gamma: np.exp(-np.sum((a - b) ** 2))),
    ("4.2", "each", lambda a, b, gamma: np.exp(-gamma * (a - b) ** 2)),
    ("4.2", "late", lambda a, b, gamma: np.sum(np.exp(-gamma * (a - b) ** 2))),
    ("4.2", "sum first", lambda a, b, gamma: np.exp(-gamma * np.sum(a - b) ** 2)),
    ("4.2", "mean", lambda a, b, gamma: np.exp(-gamma * np.mean((a - b) ** 2))),
    ("4.2", "divided", lambda a, b, gamma: np.exp(-np.sum((a - b) ** 2) / gamma)),
    ("4.2", "divided", lambda a, b, gamma: np.exp(-np.sum((a - b) ** 2) / (2 * gamma**2))),
    ("4.2", "no exp", lambda a, b, gamma: -gamma * np.sum((a - b) ** 2)),
    ("4.2", "linear", lambda a, b, gamma: a @ b),
    ("4.2", "other", lambda a, b, gamma: 0.0),
    ("4.2", "other", lambda a, b, gamma: 1 / (1 + gamma * np.sum((a - b) ** 2))),
    ("4.2", "unanswered", lambda a, b, gamma: ...),
    ("4.5", "right", virtual_digits),
    ("4.5", "right", virtual(lambda images, labels, *given: (images[::-1], labels[::-1]))),
    (
        "4.5",
        "labels",
        virtual(lambda images, _, own, labels, at: (images, np.repeat(labels[at], 5))),
    ),
    ("4.5", "labels", virtual(lambda images, _, own, labels, at: (images, labels))),
    ("4.5", "labels", lambda *given: (virtual_digits(*given)[0], np.tile(given[2], 5))),
    ("4.5", "right", lambda images, *given: virtual_digits(images + 1e-13, *given)),
    ("4.5", "labels", virtual(lambda images, _, own, labels, at: (images, labels[at]))),
    ("4.5", "all", lambda images, labels, support: virtual_digits(images, labels, range(8))),
    ("4.5", "originals", virtual(lambda images, labels, *given: (images[3:], labels[3:]))),
    ("4.5", "copies", lambda *given: virtual_digits(*given, steps=(0, 0))),
    ("4.5", "axis", lambda *given: virtual_digits(*given, axes=(0, 1))),
    ("4.5", "directions", lambda *given: virtual_digits(*given, axes=(None, None))),
    ("4.5", "directions", lambda *given: virtual_digits(*given, axes=(2,))),
    ("4.5", "directions", lambda *given: virtual_digits(*given, axes=(1,))),
    ("4.5", "far", lambda *given: virtual_digits(*given, steps=(2, -2))),
    ("4.5", "other", lambda *given: virtual_digits(*given, steps=(1,))),
    ("4.5", "two", virtual(lambda images, *others: images)),
    ("4.5", "two", lambda *given: 5),
    ("4.5", "images", lambda images, labels, support: (labels[support], images[support])),
    ("4.5", "images", virtual(lambda images, labels, *given: (images.reshape(-1, 28), labels))),
    ("4.5", "images", virtual(lambda images, labels, *given: (images / 255, labels))),
    ("5.1", "right", descend),
    ("5.1", "right", lambda *given: path_of(*given)[-1]),
    ("5.1", "right", lambda *given: np.float32(descend(*given))),
    ("5.1", "uphill", lambda slope, weight, rate, count: descend(slope, weight, -rate, count)),
    ("5.1", "one", lambda slope, weight, rate, count: weight - rate * slope(weight)),
    ("5.1", "start", lambda slope, weight, rate, count: weight - count * rate * slope(weight)),
    ("5.1", "rate", lambda slope, weight, rate, count: descend(slope, weight, 1, count)),
    ("5.1", "path", lambda *given: path_of(*given)),
    ("5.1", "path", lambda *given: path_of(*given)[1:]),
    ("5.1", "steps", lambda *given: path_of(*given)[-2]),
    ("5.1", "steps", lambda slope, weight, rate, count: descend(slope, weight, rate, count + 1)),
    ("5.1", "slope", lambda slope, *given: slope(descend(slope, *given))),
    ("5.1", "fixed", lambda slope, weight, rate, count: descend(slope, weight, 0.15, 5)),
    ("5.1", "fixed", lambda slope, weight, rate, count: descend(slope, weight, rate, 5)),
    ("5.1", "fixed", lambda *given: 3.49579),
    ("5.1", "other", lambda slope, weight, *given: weight),
    ("5.1", "other", lambda slope, weight, rate, count: descend(slope, weight, rate, 1000)),
    ("5.1", "other", lambda slope, weight, rate, count: descend(slope, 0, rate, count)),
    ("5.1", "stops", lambda slope, weight, rate, count: weight - rate * slope),
    ("5.1", "no number", lambda *given: str(descend(*given))),
    ("5.1", "no number", lambda *given: lambda: descend(*given)),
    ("5.2", "right", restored),
    ("5.2", "right", lambda losses, patience: restored(np.array(losses), patience)),
    ("5.2", "all", lambda losses, patience: int(np.argmin(losses))),
    ("5.2", "all", lambda losses, patience: restored(losses, patience + 1)),
    ("5.2", "stop", lambda *given: restored(*given, returns=1)),
    ("5.2", "one", lambda *given: restored(*given) + 1),
    ("5.2", "first", lambda losses, patience: restored(losses, 1)),
    ("5.2", "loss", lambda losses, patience: losses[restored(losses, patience)]),
    ("5.2", "loss", lambda losses, patience: min(losses)),
    ("5.2", "row", lambda *given: restored(*given, in_a_row=False)),
    ("5.2", "early", lambda losses, patience: restored(losses, patience - 1)),
    ("5.2", "equal", lambda losses, patience: restored(losses, patience, beats=np.less_equal)),
    ("5.2", "equal", lambda losses, patience: restored(losses, 3)),
    ("5.2", "end", lambda losses, patience: restored(losses, patience, returns=1) - patience),
    ("5.2", "fixed", lambda losses, patience: 3),
    ("5.2", "fixed", lambda losses, patience: patience),
    ("5.2", "other", lambda losses, patience: len(losses) - patience),
    ("5.2", "size", lambda losses, patience: losses[:patience]),
    ("5.2", "stops", lambda losses, patience: losses.argmin()),
    ("6.1", "right", lambda *given: 100 * bootstrap(*given)),
    ("6.1", "right", lambda *given: 100 * bootstrap(*given, count=400, seed=3)),
    ("6.1", "digits", lambda *given: 100 * over_digits(*given)),
    ("6.1", "digits", lambda *given: 100 * wilson(*given)),
    ("6.1", "share", bootstrap),
    ("6.1", "share", over_digits),
    ("6.1", "share", wilson),
    ("6.1", "equal", lambda *given: 100 * bootstrap(*given, equal=True)),
    ("6.1", "middle", lambda *given: 100 * bootstrap(*given, ends=(0.25, 0.75))),
    ("6.1", "right", lambda *given: 100 * bootstrap(*given, count=200, seed=1)),
    ("6.1", "narrow", lambda *given: 100 * bootstrap(*given, ends=(0.05, 0.95))),
    ("6.1", "narrow", lambda *given: 100 * bootstrap(*given, 300, 5, ends=(0.05, 0.95))),
    ("6.1", "narrow", lambda *given: 100 * bootstrap(*given, once=True)),
    ("6.1", "wide", lambda *given: 100 * bootstrap(*given, ends=(0.01, 0.99))),
    ("6.1", "as many", lambda *given: 100 * bootstrap(*given, count=400, as_many=True)),
    ("6.1", "order", lambda *given: 100 * bootstrap(*given)[::-1]),
    ("6.1", "one", lambda right, writers: 100 * right.mean()),
    ("6.1", "one", lambda right, writers: right),
    ("6.1", "mistakes", lambda right, writers: 100 * bootstrap(~right, writers)),
    ("6.1", "other", lambda *given: 100 * bootstrap(*given, ends=(0, 1))),
    ("6.1", "other", lambda right, writers: [0, 100]),
    ("6.1", "fixed", fixed(lambda *given: 100 * bootstrap(*given))),
    ("6.2", "right", p_value),
    ("6.2", "right", lambda a, b: min(1, one_sided(a, b))),
    ("6.2", "per cent", one_sided),
    ("6.2", "tail", lambda a, b: p_value(a, b) / 2),
    ("6.2", "approximate", asymptotic),
    ("6.2", "approximate", lambda a, b: asymptotic(a, b, correction=1)),
    ("6.2", "unpaired", unpaired),
    ("6.2", "tosses", lambda a, b: binomtest(tosses(a, b)[0], len(a)).pvalue),
    ("6.2", "totals", lambda a, b: exact(np.sum(a), np.sum(b))),
    ("6.2", "mistakes", lambda a, b: exact(np.sum(~a), np.sum(~b))),
    ("6.2", "counts", tosses),
    ("6.2", "lead", lambda a, b: a.mean() - b.mean()),
    ("6.2", "per cent", lambda a, b: 100 * p_value(a, b)),
    ("6.2", "rest", lambda a, b: 1 - p_value(a, b)),
    ("6.2", "fixed", fixed(p_value)),
    ("6.2", "other", lambda a, b: 0.05),
    ("6.5", "right", both),
    ("6.5", "right", lambda *given: pd.Series(both(*given), index=["precision", "recall"])),
    ("6.5", "order", lambda *given: both(*given)[::-1]),
    ("6.5", "counts", lambda matrix, digit: (matrix[:, digit].sum(), matrix[digit].sum())),
    ("6.5", "counts", lambda matrix, digit: [matrix[digit, digit]] * 2),
    ("6.5", "total", lambda matrix, digit: [matrix[digit, digit] / matrix.sum()] * 2),
    ("6.5", "accuracy", lambda matrix, digit: [np.trace(matrix) / matrix.sum()] * 2),
    ("6.5", "per cent", lambda *given: 100 * both(*given)),
    ("6.5", "one", precision),
    ("6.5", "one", recall),
    ("6.5", "all", lambda matrix, digit: [both(matrix, one) for one in range(len(matrix))]),
    (
        "6.5",
        "all",
        lambda matrix, digit: np.diag(matrix) / [matrix.sum(axis=0), matrix.sum(axis=1)],
    ),
    ("6.5", "rest", lambda *given: 1 - both(*given)),
    ("6.5", "twice", lambda *given: [precision(*given)] * 2),
    ("6.5", "twice", lambda *given: [recall(*given)] * 2),
    ("6.5", "fixed", fixed(both)),
    ("6.5", "fixed", lambda matrix, digit: both(matrix, 1)),
    ("6.6", "right", flat_digits),
    ("6.6", "mask", lambda images: np.flatnonzero(heights(images) < 4.5)),
    ("6.6", "mask", lambda images: heights(images)),
    ("6.6", "mask", lambda images: True),
    ("6.6", "small", lambda images: heights(images) < 1),
    ("6.6", "small", lambda images: np.arange(len(images)) < 400),
    ("6.6", "order", lambda images: np.arange(len(images)) % 2 == 0),
    ("6.6", "alike", lambda images: np.full(len(images), True)),
    ("6.6", "alike", lambda images: heights(images) > np.quantile(heights(images), 0.95)),
    ("6.6", "alike", lambda images: images.mean(axis=(1, 2)) > 30),
    ("6.6", "order", lambda images: np.arange(len(images)) < 5000),
    ("6.6", "order", fixed(flat_digits)),
    ("6.6", "nothing", lambda images: None),
    ("6.6", "type", np.full(10_000, True)),
    ("7.1", "right", lambda margins, by: softmax(margins / by, axis=1)),
    ("7.1", "right", lambda margins, by: softmax(margins / by, axis=1).round(2)),
    ("7.1", "right", lambda margins, by: [softmax(row / by) for row in margins]),
    ("7.1", "multiplied", lambda margins, by: softmax(margins * by, axis=1)),
    ("7.1", "rows", lambda margins, by: softmax(margins / by)),
    ("7.1", "columns", lambda margins, by: softmax(margins / by, axis=0)),
    ("7.1", "unused", lambda margins, by: softmax(margins, axis=1)),
    ("7.1", "after", lambda margins, by: softmax(margins, axis=1) / by),
    ("7.1", "exp", lambda margins, by: margins / by),
    ("7.1", "exp", lambda margins, by: margins / margins.sum(axis=1, keepdims=True)),
    ("7.1", "sum", lambda margins, by: np.exp(margins / by)),
    ("7.1", "each", lambda margins, by: 1 / (1 + np.exp(-margins / by))),
    ("7.1", "log", lambda margins, by: log_softmax(margins / by, axis=1)),
    ("7.1", "highest", lambda margins, by: softmax(margins / by, axis=1).max(axis=1)),
    ("7.1", "highest", lambda margins, by: margins.argmax(axis=1)),
    ("7.1", "fixed", lambda margins, by: softmax(margins / 2, axis=1)),
    ("7.1", "other", lambda margins, by: softmax(margins - by, axis=0)),
    ("7.1", "other", lambda margins, by: softmax(-margins / by, axis=1)),
    ("7.1", "per cent", lambda margins, by: 100 * softmax(margins / by, axis=1)),
    ("7.1", "transposed", lambda margins, by: softmax(margins / by, axis=1).T),
    ("7.1", "stops", lambda margins, by: np.exp(margins) / np.exp(margins).sum(axis=1)),
    ("7.1", "nothing", lambda margins, by: None),
    ("7.2", "right", lambda p, share: p.max(1) < np.quantile(p.max(1), share)),
    ("7.2", "right", lambda p, share: p.max(1).argsort().argsort() < share * len(p)),
    ("7.2", "right", lambda p, share: pd.DataFrame(p).max(axis=1).rank(pct=True) <= share),
    ("7.2", "most confident", lambda p, share: p.max(1) > np.quantile(p.max(1), 1 - share)),
    ("7.2", "accepted", lambda p, share: p.max(1) > np.quantile(p.max(1), share)),
    ("7.2", "threshold", lambda p, share: p.max(1) < share),
    ("7.2", "threshold", lambda p, share: p.max(1) < 1 - share),
    ("7.2", "lead", lambda p, share: lead(p) < np.quantile(lead(p), share)),
    ("7.2", "lowest", lambda p, share: p.min(1) < np.quantile(p.min(1), share)),
    ("7.2", "places", lambda p, share: p.max(1).argsort()[: int(share * len(p))]),
    ("7.2", "confidence", lambda p, share: np.sort(p.max(1))[: int(share * len(p))]),
    ("7.2", "confidence", lambda p, share: p.max(1)),
    ("7.2", "size", lambda p, share: p < share),
    ("7.2", "size", lambda p, share: p.max(0) < np.quantile(p.max(0), share)),
    ("7.2", "size", lambda p, share: np.quantile(p.max(1), share)),
    ("7.2", "fixed", lambda p, share: p.max(1) < np.quantile(p.max(1), 0.1)),
    ("7.2", "threshold", lambda p, share: p.max(1) < np.quantile(p, share)),
    ("7.2", "other", lambda p, share: np.arange(len(p)) < share * len(p)),
    ("7.2", "no number", lambda p, share: ["reject"] * len(p)),
    ("7.3", "right", np.quantile),
    ("7.3", "right", lambda distances, kept: np.sort(distances)[int(kept * len(distances))]),
    ("7.3", "right", lambda distances, kept: sorted(distances)[int(kept * len(distances)) - 1]),
    ("7.3", "right", lambda distances, kept: round(np.percentile(distances, 100 * kept), 2)),
    ("7.3", "nearest", lambda distances, kept: np.quantile(distances, 1 - kept)),
    ("7.3", "per cent", np.percentile),
    ("7.3", "greatest", lambda distances, kept: kept * distances.max()),
    ("7.3", "greatest", lambda distances, kept: distances.min() + kept * np.ptp(distances)),
    ("7.3", "normal", lambda distances, _: distances.mean() + 1.2816 * distances.std()),
    ("7.3", "mean", lambda distances, kept: distances.mean()),
    ("7.3", "mean", lambda distances, kept: np.median(distances)),
    ("7.3", "sorted", lambda distances, kept: distances[int(kept * len(distances))]),
    ("7.3", "place", lambda distances, kept: int(kept * len(distances))),
    ("7.3", "place", lambda distances, kept: distances.argsort()[int(kept * len(distances))]),
    ("7.3", "size", lambda distances, kept: distances < np.quantile(distances, kept)),
    ("7.3", "fixed", lambda distances, kept: np.quantile(distances, 0.9)),
    ("7.3", "other", lambda distances, kept: np.quantile(distances, 0.99)),
    ("7.3", "other", lambda distances, kept: distances.max()),
    ("7.3", "stops", lambda distances, kept: sorted(distances)[kept]),
    ("7.4", "right", lambda images: np.where(np.isin(ROWS, [3, 24]), 255, images).astype("uint8")),
    ("7.4", "uint8", lambda images: images / 255),
    ("7.4", "alike", lambda images: images // 255),
    ("7.4", "uint8", lambda images: images[:10]),
    ("7.4", "same", lambda images: images),
    ("7.4", "alike", np.zeros_like),
    ("7.4", "alike", lambda images: np.maximum(images, 255)),
    ("7.4", "illegible", lambda images: noise(images, 1)),
    ("7.4", "illegible", lambda images: noise(images, 0.95)),
    ("7.4", "illegible", lambda images: np.random.default_rng(0).permutation(images)),
    ("7.4", "illegible", lambda images: np.where(ROWS + COLUMNS > 20, 0, images).astype("uint8")),
    ("7.4", "robust", lambda images: np.roll(images, 1, axis=1)),
    ("7.4", "robust", lambda images: images // 2),
    ("7.4", "robust", lambda images: noise(images, 0.02)),
    ("8.1", "right", within),
    ("8.1", "right", lambda values, threshold: round(within(values, threshold), 3)),
    ("8.1", "unweighted", lambda values, at: sum(variances(values, at))),
    ("8.1", "unweighted", lambda values, at: np.mean(variances(values, at))),
    ("8.1", "unweighted", lambda values, at: variances(values, at)),
    ("8.1", "sum", lambda values, threshold: len(values) * within(values, threshold)),
    ("8.1", "deviation", lambda values, threshold: np.sqrt(within(values, threshold))),
    ("8.1", "between", lambda values, threshold: np.var(values) - within(values, threshold)),
    ("8.1", "one group", lambda values, threshold: np.var(values)),
    ("8.1", "one group", lambda values, threshold: np.var(values[values > threshold])),
    ("8.1", "each", lambda values, at: from_group(values, at) ** 2),
    ("8.1", "threshold", lambda values, at: np.mean((values - at) ** 2)),
    ("8.1", "squared", lambda values, at: np.mean(abs(from_group(values, at)))),
    ("8.1", "squared", lambda values, at: np.mean(from_group(values, at))),
    ("8.1", "fixed", lambda values, at: within(values, 0.2)),
    ("8.1", "equal", lambda values, at: within(values, np.nextafter(at, 0))),
    ("8.1", "other", lambda values, at: at),
    ("8.1", "per cent", lambda values, at: 100 * within(values, at)),
    ("8.1", "no number", lambda values, at: str(within(values, at))),
    ("8.2", "right", lambda small: placed(small, ndimage.center_of_mass(small))),
    ("8.2", "right", lambda small: placed(small, ndimage.center_of_mass(small)).tolist()),
    ("8.2", "weight", lambda small: placed(small, np.mean(np.nonzero(small), axis=1))),
    ("8.2", "right", lambda small: placed(small, np.add(ndimage.center_of_mass(small), 0.5))),
    ("8.2", "box", lambda small: placed(small, np.divide(small.shape, 2))),
    (
        "8.2",
        "half",
        lambda small: placed(small, (ndimage.center_of_mass(small)[0], small.shape[1] / 2)),
    ),
    ("8.2", "order", lambda small: placed(small, ndimage.center_of_mass(small)[::-1])),
    ("8.2", "corner", lambda small: placed(small, (14, 14))),
    ("8.2", "size", lambda small: small),
    ("8.2", "size", ndimage.center_of_mass),
    ("8.2", "ink", lambda small: 255 * placed(small, ndimage.center_of_mass(small))),
    ("8.2", "ink", lambda small: placed(small, ndimage.center_of_mass(small)) > 0),
    ("8.2", "ink", lambda small: np.zeros((28, 28))),
    ("8.2", "other", lambda small: placed(small, ndimage.center_of_mass(small)).T[::-1]),
    ("8.2", "stops", lambda small: placed(small, (0, 0))),
    ("8.2", "stops", placed),
    ("8.4", "right", framed),
    ("8.4", "only the page", lambda grey: framed(grey) if is_page(grey) else framed(grey)[:1]),
    ("8.4", "page", lambda grey: framed(grey)[int(is_page(grey)) :]),
    ("8.4", "page", lambda grey: framed(grey)[:0]),
    ("8.4", "only the page", lambda grey: framed(grey) if is_page(grey) else None),
    ("8.4", "uint8", lambda grey: framed(grey) / 255),
    ("9.1", "right", lambda originals: np.isin(originals, np.unique(originals)[::4])),
    ("9.1", "right", lambda originals: originals % 4 == 1),
    ("9.1", "right", lambda originals: originals < np.quantile(originals, 0.25)),
    ("9.1", "leak", lambda originals: np.arange(len(originals)) % 4 == 0),
    ("9.1", "leak", lambda originals: np.arange(len(originals)) < len(originals) / 4),
    ("9.1", "leak", lambda originals: np.random.default_rng(0).random(len(originals)) < 0.25),
    ("9.1", "size", lambda originals: originals < 0),
    ("9.1", "size", lambda originals: originals % 4 != 0),
    ("9.1", "size", lambda originals: originals == originals[0]),
    ("9.1", "size", lambda originals: originals < 20 + 40 * (len(originals) < 500)),
    ("9.1", "mask", lambda originals: np.unique(originals)[::4]),
    ("9.1", "mask", lambda originals: np.flatnonzero(originals % 4 == 0)),
    ("9.1", "mask", lambda originals: ["test" if n % 4 else "train" for n in originals]),
    ("9.2", "right", lambda before, after: exact(*people(before, after))),
    ("9.2", "right", lambda before, after: exact(*people(after, before))),
    ("9.2", "fixed", lambda *given: 2 * binom.cdf(min(people(*given)), sum(people(*given)), 0.5)),
    ("9.2", "tail", lambda *given: exact(*people(*given)) / 2),
    ("9.2", "digits", lambda before, after: exact(before.sum(), after.sum())),
    (
        "9.2",
        "digits",
        lambda before, after: exact(
            *np.clip([before - after, after - before], 0, None).sum(axis=1)
        ),
    ),
    (
        "9.2",
        "people",
        lambda before, after: binomtest(people(before, after)[0], len(before)).pvalue,
    ),
    (
        "9.2",
        "people",
        lambda before, after: binomtest(people(before, after)[1], len(before)).pvalue,
    ),
    ("9.2", "counts", people),
    ("9.2", "how much", lambda before, after: wilcoxon(before, after).pvalue),
    ("9.2", "how much", lambda before, after: ttest_rel(before, after).pvalue),
    ("9.2", "per cent", lambda *given: 100 * exact(*people(*given))),
    ("9.2", "rest", lambda *given: 1 - exact(*people(*given))),
    ("9.2", "fixed", fixed(lambda *given: exact(*people(*given)))),
    ("9.2", "other", lambda before, after: 0.05),
    ("10.2", "right", seeded),
    ("10.2", "right", lambda number: np.random.RandomState(number).normal(size=(100, 28, 28))),
    ("10.2", "again", lambda number: seeded(None)),
    ("10.2", "again", lambda number: SHARED.normal(size=(100, 28, 28))),
    ("10.2", "alike", lambda number: seeded(0)),
    ("10.2", "alike", lambda number: np.zeros((100, 28, 28))),
    ("10.2", "random", lambda number: seeded(0) + number),
    ("10.2", "random", lambda number: number * seeded(0)),
    ("10.2", "random", lambda number: np.full((100, 28, 28), number)),
    ("10.2", "alike", lambda number: seeded(number % 10)),
    ("10.2", "images", lambda number: np.tile(seeded(number)[:1], (100, 1, 1))),
    ("10.2", "images", lambda number: np.stack([seeded(number + i)[0] for i in range(100)])),
    ("10.2", "images", lambda number: seeded(number % 7)),
    ("10.2", "no number", lambda number: np.random.default_rng(number)),
    ("10.2", "size", lambda number: number),
    ("10.2", "size", lambda number: seeded(number)[0]),
    ("10.3", "right", lambda first, second: np.sort(np.hstack([first, second]))[:, :5]),
    ("10.3", "right", lambda *given: [sorted([*a, *b])[:5] for a, b in zip(*given)]),
    ("10.3", "each", np.minimum),
    ("10.3", "each", lambda first, second: (first + second) / 2),
    ("10.3", "first", lambda first, second: first),
    ("10.3", "positions", lambda first, second: np.hstack([first, second]).argsort()[:, :5]),
    ("10.3", "order", lambda first, second: np.sort(np.hstack([first, second]))[:, 4::-1]),
    ("10.3", "all", lambda first, second: np.sort(np.hstack([first, second]))),
    ("10.3", "all", lambda first, second: np.hstack([first, second])),
    ("10.3", "largest", lambda first, second: np.sort(np.hstack([first, second]))[:, 5:]),
    ("10.3", "columns", lambda first, second: np.sort(np.vstack([first, second]), axis=0)[:5]),
    ("10.3", "queries", lambda *given: np.sort(np.hstack(given))[:5]),
    ("10.3", "queries", lambda *given: np.sort(np.hstack(given).ravel())[:5]),
    ("10.3", "other", lambda first, second: np.hstack([first[:, :3], second[:, :2]])),
    ("10.3", "no number", lambda *given: [sorted({*a, *b})[:5] for a, b in zip(*given)]),
    ("10.3", "nothing", lambda first, second: np.hstack([first, second]).sort()),
    ("10.3", "stops", lambda first, second: min(first, second)),
    ("10.4", "right", lambda images, _: ndimage.rotate(images, 5, (1, 2), False, order=1)),
    ("10.4", "size", lambda images, _: images[:, :14]),
    ("10.4", "same", lambda images, _: images),
    ("10.4", "grey", lambda images, _: images - 100),
    ("10.4", "other", lambda images, _: images[:, ::-1, ::-1]),
    ("10.4", "old", lambda images, _: np.roll(images, 1, axis=1)),
]
KNOWN = [(n, key, answer) for n, of in VALUES.items() for key, answer in of.items()] + FUNCTIONS
# Nobody asks for these, and each is explained all the same.
ODD = ["x", None, float("nan"), [[1], [1, 2]], (), {}, {"k": "a"}, object(), 10**400, str]
ODD += [lambda *_: "x", lambda *_: [[1], [1, 2]], lambda *_: {}, lambda: 1, lambda *_: np.nan]
ODD += [lambda images: np.zeros((len(images), len(images) // 4000))]  # as wide as it is long
