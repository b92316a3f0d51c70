"""The answers that prove the checks: an exercise, the key of what is to be said, and an answer."""

from types import SimpleNamespace

import numpy as np
from scipy import ndimage
from scipy.special import softmax
from scipy.stats import binomtest, chi2

import helpers

LABELS = helpers.load_mnist("validation")[1]
ONES, ALL_ONES = np.mean(LABELS == 1), np.mean(helpers.load_mnist("development")[1] == 1)
ROWS, COLUMNS = np.indices((28, 28))


def interval(right, digits, method="wilson"):
    return 100 * np.array(binomtest(right, digits).proportion_ci(method=method))


def misclassify(count):
    """The labels of `validation`, but for some that are wrong."""
    return (LABELS + (np.arange(len(LABELS)) < count)) % 10


def network(count, size=10_000):
    """What stands in for a Keras network of some size that misclassifies some of `validation`."""
    probabilities = np.eye(10)[misclassify(count)]
    return SimpleNamespace(count_params=lambda: size, predict=lambda *of, **settings: probabilities)


def trainable(learns=True, activation="softmax", rate=0.01):
    """What stands in for a compiled Keras network, which learns the digits or does not."""
    labels = helpers.load_mnist("validation")[1][:2000] if learns else np.zeros(2000, int)
    last = SimpleNamespace(activation=SimpleNamespace(__name__=activation))
    return SimpleNamespace(
        layers=[last],
        optimizer=SimpleNamespace(learning_rate=rate),
        fit=lambda images, labels, **settings: None,
        predict=lambda images, **settings: np.eye(10)[labels],
    )


def tossed(heads, tosses):
    return binomtest(int(heads), int(tosses)).pvalue


def descend(slope, weight, rate, count):
    for _ in range(count):
        weight -= rate * slope(weight)
    return weight


def variance(places, ink):
    return np.average(places**2, weights=ink) - np.average(places, weights=ink) ** 2


def heights(images):
    """How far the ink of each image reaches up and down, as a standard deviation."""
    rows = images.sum(axis=2) / images.sum(axis=(1, 2))[:, None]
    return np.sqrt(rows @ np.arange(28) ** 2 - (rows @ np.arange(28)) ** 2)


VALUES = {
    "1.1": {"right": 100 * ONES, "share": ONES, "all": 100 * ALL_ONES},
    "2.1": {"right": -2.5, "direction": 2.5, "divided": -10, "one row": -0.5},
    "3.2": {"right": interval(497, 500), "share": interval(497, 500) / 100, "one": 99.4}
    | {"all": interval(9940, 10_000), "exact": interval(497, 500, "exact")},
    "3.3": {"right": {"k": 5, "tried": np.int64(10)}, "dictionary": {"k": 5}}
    | {"tried": {"k": 5, "tried": 1}, "plateau": {"k": 1, "tried": 9}}
    | {"whole": {"k": "a", "tried": 2}},
    "4.1": {"right": 325, "twice": 650, "itself": 676, "letters": 26, "other": 27},
    "4.4": {"right": [60, 34, 18], "counts": [300, 680, 1440], "share": [0.6, 0.34, 0.18]}
    | {"three": [60, 34], "rise": [18, 34, 60], "far": [90, 50, 10]},
    "5.3": {"right": trainable(), "compile": SimpleNamespace(layers=[]), "type": 0.9}
    | {"softmax": trainable(False, activation="relu"), "rate": trainable(False, rate=1)}
    | {"bug": trainable(False)},
    "5.4": {"right": network(250), "large": network(250, 10_001), "short": network(350)}
    | {"new": network(1100), "type": 0.98},
    "6.1": {"right": 0.035, "tail": 0.0176, "tosses": binomtest(12, 10_000).pvalue},
    "8.2": {"right": (60 * 20 / 90, 20), "shape": (20, 20), "short": (20, 30)}
    | {"order": (20, 13), "large": (19, 28)},
    "8.3": {"right": (19, 20), "two": 5, "whole": ("19", "20"), "order": (20, 19), "few": (9, 10)},
    "9.3": {"right": "b)", "everybody": "A", "probability": "c", "absence": "d.", "family": "e"}
    | {"letter": "f"},
    "9.4": {"right": [[True] * 40, [True] * 39 + [False]], "few": [[True] * 9, [False] * 9]}
    | {"two": [True] * 40},
    "10.1": {"right": 68, "all": 50, "part": 70, "missing": 48, "subtracted": 52, "times": 7.35},
}
FUNCTIONS = [
    ("1.2", "right", lambda images: (images > 0).mean(axis=(1, 2))),
    ("1.2", "one", lambda images: (images > 0).mean()),
    ("1.2", "count", lambda images: (images > 0).sum(axis=(1, 2))),
    ("1.2", "grey", lambda images: images.mean(axis=(1, 2)) / 255),
    ("1.2", "per cent", lambda images: (images > 0).mean(axis=(1, 2)) * 100),
    ("1.2", "type", 0.2),
    ("1.3", "right", lambda writers: writers % 6 == 5),
    ("1.3", "mask", lambda writers: np.unique(writers) % 6 == 2),
    ("1.3", "leak", lambda writers: np.random.default_rng(0).random(len(writers)) < 1 / 6),
    ("1.3", "leak", lambda writers: np.arange(len(writers)) >= 50_000),
    ("1.3", "size", lambda writers: writers % 2 == 0),
    ("1.3", "one group", lambda writers: (writers >= 2100) & (writers % 3 == 0)),
    ("1.4", "right", lambda images: misclassify(1500)),
    ("1.4", "means", lambda images: misclassify(1700)),
    ("1.4", "chance", lambda images: np.zeros(len(LABELS), int)),
    ("1.4", "no labels", lambda images: np.zeros((len(LABELS), 10))),
    ("2.2", "right", lambda image: np.sqrt(variance(COLUMNS, image))),
    ("2.2", "variance", lambda image: variance(COLUMNS, image)),
    ("2.2", "height", lambda image: np.sqrt(variance(ROWS, image))),
    ("2.2", "pixels", lambda image: np.sqrt(variance(COLUMNS, image > 0))),
    ("2.3", "right", lambda images: helpers.deskew(images)[:, ::2, ::2].reshape(-1, 196)),
    ("2.3", "rows", lambda images: images.mean()),
    ("2.3", "many", lambda images: images.reshape(-1, 784)),
    ("2.3", "lost", lambda images: images.mean(axis=1)),
    ("3.1", "right", lambda labels, distances: np.bincount(labels, 1 / distances).argmax()),
    ("3.1", "majority", lambda labels, distances: np.bincount(labels).argmax()),
    ("3.1", "far", lambda labels, distances: np.bincount(labels, distances).argmax()),
    ("3.1", "nearest", lambda labels, distances: labels[distances.argmin()]),
    ("3.1", "stops", lambda labels, distances: labels.no_such_thing),
    ("4.2", "right", lambda a, b, gamma: np.exp(-gamma * np.sum((a - b) ** 2))),
    ("4.2", "sign", lambda a, b, gamma: np.exp(gamma * np.sum((a - b) ** 2))),
    ("4.2", "distance", lambda a, b, gamma: np.exp(-gamma * np.linalg.norm(a - b))),
    ("4.2", "gamma", lambda a, b, gamma: np.exp(-np.sum((a - b) ** 2))),
    ("4.2", "sum", lambda a, b, gamma: np.exp(-gamma * (a - b) ** 2)),
    ("4.2", "unanswered", lambda a, b, gamma: ...),
    ("4.3", "right", lambda decisions: np.maximum(1 - decisions, 0).mean()),
    ("4.3", "sum", lambda decisions: np.maximum(1 - decisions, 0).sum()),
    ("4.3", "each", lambda decisions: np.maximum(1 - decisions, 0)),
    ("4.3", "negative", lambda decisions: (1 - decisions).mean()),
    ("4.3", "margin", lambda decisions: np.maximum(-decisions, 0).mean()),
    ("4.3", "count", lambda decisions: np.mean(decisions < 1)),
    ("4.3", "nothing", lambda decisions: None),
    ("5.1", "right", descend),
    ("5.1", "uphill", lambda slope, weight, rate, count: descend(slope, weight, -rate, count)),
    ("5.1", "one", lambda slope, weight, rate, count: weight - rate * slope(weight)),
    ("5.1", "start", lambda slope, weight, rate, count: weight - count * rate * slope(weight)),
    ("5.1", "rate", lambda slope, weight, rate, count: descend(slope, weight, 1, count)),
    ("5.2", "right", lambda losses, patience: int(np.argmin(losses[:7]))),
    ("5.2", "all", lambda losses, patience: int(np.argmin(losses))),
    ("5.2", "stop", lambda losses, patience: min(6, len(losses) - 1)),
    ("5.2", "one", lambda losses, patience: int(np.argmin(losses[:7])) + 1),
    ("5.2", "first", lambda losses, patience: int(np.argmin(losses[:3]))),
    ("6.2", "right", lambda right, writers: 1 - len(set(writers[~right])) / len(set(writers))),
    ("6.2", "digits", lambda right, writers: right.mean()),
    ("6.2", "some", lambda right, writers: len(set(writers[~right])) / len(set(writers))),
    ("6.2", "count", lambda right, writers: len(set(writers)) - len(set(writers[~right]))),
    ("6.2", "per cent", lambda right, writers: 75),
    ("6.3", "right", lambda images: heights(images) < np.quantile(heights(images), 0.05)),
    ("6.3", "mask", lambda images: np.flatnonzero(heights(images) < 4.5)),
    ("6.3", "small", lambda images: heights(images) < 1),
    ("6.3", "alike", lambda images: np.arange(len(images)) % 2 == 0),
    ("7.1", "right", lambda margins, temperature: softmax(margins / temperature, axis=1)),
    ("7.1", "multiplied", lambda margins, temperature: softmax(margins * temperature, axis=1)),
    ("7.1", "rows", lambda margins, temperature: softmax(margins / temperature)),
    ("7.1", "unused", lambda margins, temperature: softmax(margins, axis=1)),
    ("7.1", "after", lambda margins, temperature: softmax(margins, axis=1) / temperature),
    ("7.1", "nothing", lambda margins, temperature: None),
    ("7.2", "right", lambda p, share: p.max(1) < np.quantile(p.max(1), share)),
    ("7.2", "most confident", lambda p, share: p.max(1) > np.quantile(p.max(1), 0.9)),
    ("7.2", "accepted", lambda p, share: p.max(1) > np.quantile(p.max(1), 0.1)),
    ("7.2", "threshold", lambda p, share: p.max(1) < share),
    ("7.2", "rows", lambda p, share: p < share),
    ("7.3", "right", np.quantile),
    ("7.3", "right", lambda distances, kept: np.sort(distances)[int(kept * len(distances))]),
    ("7.3", "nearest", lambda distances, kept: np.quantile(distances, 1 - kept)),
    ("7.3", "per cent", np.percentile),
    ("7.3", "greatest", lambda distances, kept: kept * distances.max()),
    ("7.3", "normal", lambda distances, _: distances.mean() + 1.2816 * distances.std()),
    ("7.3", "size", lambda distances, kept: distances < np.quantile(distances, kept)),
    ("7.4", "right", lambda images: np.where(np.isin(ROWS, [3, 24]), 255, images).astype("uint8")),
    ("7.4", "type", lambda images: images / 255),
    ("7.4", "same", lambda images: images),
    ("7.4", "alike", np.zeros_like),
    ("7.4", "robust", lambda images: np.roll(images, 1, axis=1)),
    ("8.1", "right", ndimage.center_of_mass),
    ("8.1", "order", lambda image: ndimage.center_of_mass(image)[::-1]),
    ("8.1", "pixels", lambda image: ndimage.center_of_mass(image > 0)),
    ("9.1", "right", lambda originals: np.isin(originals, np.unique(originals)[::4])),
    ("9.1", "right", lambda originals: originals % 4 == 1),
    ("9.1", "leak", lambda originals: np.arange(len(originals)) % 4 == 0),
    ("9.1", "size", lambda originals: originals < 0),
    ("9.1", "mask", lambda originals: np.unique(originals)[::4]),
    ("9.2", "right", lambda before, after: tossed(np.sum(before < after), np.sum(before != after))),
    ("9.2", "tail", lambda before, after: tossed(2, 13) / 2),
    ("9.2", "all", lambda before, after: tossed(np.sum(before < after), len(before))),
    (
        "9.2",
        "mistakes",
        lambda before, after: tossed(np.sum(~after), np.sum(~after) + np.sum(~before)),
    ),
    ("9.2", "approximate", lambda before, after: chi2.sf(9**2 / 13, 1)),
    ("9.2", "other", lambda before, after: 0.5),
    ("10.2", "right", lambda first, second: np.sort(np.hstack([first, second]))[:, :5]),
    ("10.2", "each", np.minimum),
    ("10.2", "first", lambda first, second: first),
    ("10.2", "positions", lambda first, second: np.hstack([first, second]).argsort()[:, :5]),
    ("10.2", "order", lambda first, second: np.sort(np.hstack([first, second]))[:, 4::-1]),
    ("10.2", "all", lambda first, second: np.sort(np.hstack([first, second]))),
    ("10.2", "largest", lambda first, second: np.sort(np.hstack([first, second]))[:, 5:]),
    ("10.3", "right", lambda images, _: ndimage.rotate(images, 5, (1, 2), False, order=1)),
    ("10.3", "size", lambda images, _: images[:, :14]),
    ("10.3", "same", lambda images, _: images),
    ("10.3", "grey", lambda images, _: images - 100),
    ("10.3", "other", lambda images, _: images[:, ::-1, ::-1]),
    ("10.3", "old", lambda images, _: np.roll(images, 1, axis=1)),
]
KNOWN = [(n, key, answer) for n, of in VALUES.items() for key, answer in of.items()] + FUNCTIONS
# Nobody asks for these, and each is explained all the same.
ODD = ["x", None, float("nan"), [[1], [1, 2]], (), {}, {"k": "a"}, object(), 10**400, str]
ODD += [lambda *_: "x", lambda *_: [[1], [1, 2]], lambda *_: {}, lambda: 1, lambda *_: np.nan]
ODD += [lambda images: np.zeros((len(images), len(images) // 4000))]  # as wide as it is long
