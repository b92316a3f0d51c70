"""The answers that prove the checks: an exercise, the key of what is to be said, and an answer."""

from types import SimpleNamespace

import numpy as np
from scipy import ndimage
from scipy.special import softmax
from scipy.stats import binomtest

import helpers

LABELS = helpers.load_mnist("development")[1]
ONES = np.mean(LABELS[50_000:] == 1)
ROWS, COLUMNS = np.indices((28, 28))


def interval(right, digits, method="wilson"):
    return 100 * np.array(binomtest(right, digits).proportion_ci(method=method))


def misread(count):
    """The labels of `validation`, but for some that are wrong."""
    return (LABELS[50_000:] + (np.arange(10_000) < count)) % 10


def network(count, size=10_000):
    """What stands in for a Keras network of some size that misreads some digits of `validation`."""
    chances = np.eye(10)[misread(count)]
    return SimpleNamespace(count_params=lambda: size, predict=lambda *of, **settings: chances)


def variance(places, ink):
    return np.average(places**2, weights=ink) - np.average(places, weights=ink) ** 2


VALUES = {
    "1.1": {"right": 100 * ONES, "share": ONES, "all": 100 * np.mean(LABELS == 1)},
    "2.1": {"right": -2.5, "direction": 2.5, "divided": -10, "one row": -0.5},
    "3.2": {"right": interval(497, 500), "share": interval(497, 500) / 100, "one": 99.4}
    | {"all": interval(9940, 10_000), "exact": interval(497, 500, "exact")},
    "3.3": {"right": {"k": 5, "tried": np.int64(10)}, "dictionary": {"k": 5}}
    | {"tried": {"k": 5, "tried": 1}, "plateau": {"k": 1, "tried": 9}}
    | {"whole": {"k": "a", "tried": 2}},
    "4.1": {"right": 325, "twice": 650, "itself": 676, "letters": 26, "other": 27},
    "4.4": {"right": [60, 34, 18], "counts": [300, 680, 1440], "share": [0.6, 0.34, 0.18]}
    | {"three": [60, 34], "rise": [18, 34, 60], "far": [90, 50, 10]},
    "5.1": {"right": 13_872, "biases": 13_824, "answers": 480},
    "5.3": {"right": 5, "border": 7, "pooling": 22, "size": [5], "no number": "five"},
    "5.4": {"right": network(250), "large": network(250, 10_001), "short": network(350)}
    | {"new": network(1100), "type": 0.98},
    "6.1": {"right": 0.035, "tail": 0.0176, "tosses": binomtest(12, 10_000).pvalue},
    "6.2": {"right": 96.1, "ten": 96, "one": 99.6, "share": 0.9607},
    "7.2": {"right": (60 * 20 / 90, 20), "shape": (20, 20), "short": (20, 30)}
    | {"order": (20, 13), "large": (19, 28)},
    "7.3": {"right": (19, 20), "two": 5, "whole": ("19", "20"), "order": (20, 19), "few": (9, 10)},
    "8.1": {"right": 68, "all": 50, "part": 70, "missing": 48, "subtracted": 52, "times": 7.35},
}
FUNCTIONS = [
    ("1.2", "right", lambda images: (images > 0).mean(axis=(1, 2))),
    ("1.2", "one", lambda images: (images > 0).mean()),
    ("1.2", "count", lambda images: (images > 0).sum(axis=(1, 2))),
    ("1.2", "grey", lambda images: images.mean(axis=(1, 2)) / 255),
    ("1.2", "per cent", lambda images: (images > 0).mean(axis=(1, 2)) * 100),
    ("1.2", "type", 0.2),
    ("1.3", "right", lambda images: misread(1500)),
    ("1.3", "means", lambda images: misread(1700)),
    ("1.3", "chance", lambda images: np.zeros(10_000, int)),
    ("1.3", "no labels", lambda images: np.zeros((10_000, 10))),
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
    ("4.3", "right", lambda margins, temperature: softmax(margins / temperature, axis=1)),
    ("4.3", "multiplied", lambda margins, temperature: softmax(margins * temperature, axis=1)),
    ("4.3", "rows", lambda margins, temperature: softmax(margins / temperature)),
    ("4.3", "unused", lambda margins, temperature: softmax(margins, axis=1)),
    ("4.3", "after", lambda margins, temperature: softmax(margins, axis=1) / temperature),
    ("4.3", "nothing", lambda margins, temperature: None),
    ("5.2", "right", lambda image, kernel: ndimage.correlate(image, kernel)[1:-1, 1:-1]),
    ("5.2", "turned", lambda image, kernel: ndimage.convolve(image, kernel)[1:-1, 1:-1]),
    ("5.2", "large", lambda image, kernel: ndimage.correlate(image, kernel, mode="constant")),
    ("6.3", "right", lambda chances, share: chances.max(1) < np.quantile(chances.max(1), share)),
    ("6.3", "surest", lambda chances, share: chances.max(1) > np.quantile(chances.max(1), 0.9)),
    ("6.3", "answered", lambda chances, share: chances.max(1) > np.quantile(chances.max(1), 0.1)),
    ("6.3", "threshold", lambda chances, share: chances.max(1) < share),
    ("6.3", "rows", lambda chances, share: chances < share),
    ("6.4", "right", lambda images: np.where(np.isin(ROWS, [3, 24]), 255, images).astype("uint8")),
    ("6.4", "type", lambda images: images / 255),
    ("6.4", "same", lambda images: images),
    ("6.4", "alike", np.zeros_like),
    ("6.4", "read", lambda images: np.roll(images, 1, axis=1)),
    ("7.1", "right", ndimage.center_of_mass),
    ("7.1", "order", lambda image: ndimage.center_of_mass(image)[::-1]),
    ("7.1", "pixels", lambda image: ndimage.center_of_mass(image > 0)),
    ("8.2", "right", lambda first, second: np.sort(np.hstack([first, second]))[:, :5]),
    ("8.2", "each", np.minimum),
    ("8.2", "first", lambda first, second: first),
    ("8.2", "positions", lambda first, second: np.hstack([first, second]).argsort()[:, :5]),
    ("8.2", "order", lambda first, second: np.sort(np.hstack([first, second]))[:, 4::-1]),
    ("8.2", "all", lambda first, second: np.sort(np.hstack([first, second]))),
    ("8.2", "largest", lambda first, second: np.sort(np.hstack([first, second]))[:, 5:]),
    ("8.3", "right", lambda images, _: ndimage.rotate(images, 5, (1, 2), False, order=1)),
    ("8.3", "size", lambda images, _: images[:, :14]),
    ("8.3", "same", lambda images, _: images),
    ("8.3", "grey", lambda images, _: images - 100),
    ("8.3", "other", lambda images, _: images[:, ::-1, ::-1]),
    ("8.3", "old", lambda images, _: np.roll(images, 1, axis=2)),
]
KNOWN = [(n, key, answer) for n, of in VALUES.items() for key, answer in of.items()] + FUNCTIONS
# Nobody asks for these, and each is explained all the same.
ODD = ["x", None, float("nan"), [[1], [1, 2]], (), {}, {"k": "a"}, object(), 10**400, str]
ODD += [lambda *_: "x", lambda *_: [[1], [1, 2]], lambda *_: {}, lambda: 1, lambda *_: np.nan]
ODD += [lambda images: np.zeros((len(images), len(images) // 5000))]  # as wide as it is long
