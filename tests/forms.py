"""Each right answer in the forms in which learners give it, and what is no longer right."""

from copy import deepcopy
from decimal import Decimal

import numpy as np
import pandas as pd
from answers import (
    COLUMNS,
    DESKEW,
    FLATTEN,
    HISTOGRAMS,
    KNN,
    KNOWN,
    LABELS,
    ROWS,
    SIZE,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    framed,
    is_page,
    learned,
    mended,
    network,
    noise,
    search,
    seeded,
    support_vector_machines,
    virtual,
    virtual_digits,
)
from scipy import ndimage
from scipy.stats import loguniform
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    LeaveOneGroupOut,
    RandomizedSearchCV,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.pipeline import make_pipeline as pipe
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import helpers

with helpers.quietly():
    import keras

STEPS, NEAREST = (DESKEW, SIZE, HISTOGRAMS), KNeighborsClassifier
PIPELINES = {
    "3.2": [
        Pipeline([("upright", DESKEW), ("flat", FLATTEN), ("pca", PCA(30)), ("knn", KNN)]),
        *(pipe(DESKEW, FLATTEN, PCA(30, svd_solver=of), KNN) for of in ("full", "randomized")),
        *(pipe(DESKEW, FLATTEN, PCA(30, random_state=of), KNN) for of in (0, 1)),
        *(pipe(DESKEW, FLATTEN, PCA(30), NEAREST(3, algorithm=of)) for of in ("brute", "kd_tree")),
        pipe(DESKEW, FLATTEN, PCA(n_components=30), NEAREST(n_neighbors=np.int64(3), p=2)),
        pipe(FunctionTransformer(helpers.deskew), FLATTEN, PCA(30), KNN),
        pipe(pipe(DESKEW, FLATTEN), PCA(30), KNN),
        pipe(DESKEW, FLATTEN, FunctionTransformer(lambda pixels: pixels / 255), PCA(30), KNN),
        pipe(DESKEW, FunctionTransformer(np.reshape, kw_args={"shape": (-1, 784)}), PCA(30), KNN),
        pipe(DESKEW, FLATTEN, PCA(30), KNN).fit(TRAIN_IMAGES, TRAIN_LABELS),
    ],
    "3.6": [
        *(pipe(*STEPS, PCA(count), NEAREST(3)) for count in (40, 50, 80, 100, 149)),
        *(pipe(*STEPS, PCA(60), NEAREST(k, metric="cosine")) for k in (1, 3)),
        *(pipe(*STEPS, PCA(60), NEAREST(5, weights=by)) for by in ("uniform", "distance")),
        pipe(*STEPS, PCA(40), helpers.WithinClassWhitening(), NEAREST(4)),
        pipe(*STEPS, LinearDiscriminantAnalysis(n_components=9), NEAREST(9)),
    ],
}
NOT_PIPELINES = {
    "3.2": [
        pipe(DESKEW, FLATTEN, PCA(30), SVC()),
        pipe(FLATTEN, DESKEW, PCA(30), KNN),
        pipe(DESKEW, FLATTEN, KNN, PCA(30)),
        pipe(DESKEW, FLATTEN, PCA(50), KNN),
        pipe(DESKEW, PCA(30), KNN),
        Pipeline(
            [("deskew", helpers.deskew), ("flatten", FLATTEN), ("pca", PCA(30)), ("knn", KNN)]
        ),
        [DESKEW, FLATTEN, PCA(30), KNN],
        LABELS,
        pipe,
    ],
    "3.6": [
        pipe(FLATTEN, PCA(60), KNN),
        pipe(SIZE, FLATTEN, PCA(10), KNN),
        pipe(DESKEW, SIZE, HISTOGRAMS, PCA(150), KNN),
        pipe(DESKEW, SIZE, FLATTEN, KNN),
        pipe(DESKEW, SIZE, HISTOGRAMS, PCA(60)),
        pipe(PCA(60), KNN),
        [DESKEW, SIZE, HISTOGRAMS, PCA(60), KNN],
        {"k": 5, "tried": 10},
    ],
}
SEARCHES = [
    *(search(cv=of) for of in (GroupKFold(2), LeaveOneGroupOut(), StratifiedGroupKFold(4))),
    *(search(cv=GroupShuffleSplit(n, random_state=0)) for n in (1, 3)),
    search(learned(PCA(30), StandardScaler())),
    search(learned(FunctionTransformer(np.sqrt))),
    search(grid={"svc__C": [1], "svc__gamma": ["scale", 0.01]}),
    search(grid=[{"svc__C": [1]}, {"svc__kernel": ["linear"]}]),
    search(grid={"pca__n_components": [10, 20], "withinclasswhitening__shrinkage": [0, 1]}),
    search(Pipeline([("w", helpers.WithinClassWhitening()), ("s", SVC())]), {"s__C": [1]}),
    search(pipe(pipe(PCA(20), helpers.WithinClassWhitening()), SVC())),
    RandomizedSearchCV(learned(), {"svc__C": loguniform(1, 10)}, n_iter=2, cv=GroupKFold(3)),
    GridSearchCV(learned(), {"svc__C": [1, 10]}, cv=GroupKFold(3), n_jobs=2, scoring="accuracy"),
]
LEAKING = [
    *(search(cv=of) for of in (3, KFold(3), StratifiedKFold(3), ShuffleSplit(3), RepeatedKFold())),
    GridSearchCV(learned(), {"svc__C": [1, 10]}),
    search(SVC(), {"C": [1, 10]}),
    search(grid={"svc__C": 10}),
    search(pipe(PCA(20), helpers.WithinClassWhitening()), {"pca__n_components": [10, 20]}),
    search(pipe(StandardScaler(), SVC())),
    *(search(grid={name: [1, 10]}) for name in ("SVC__C", "svc_C", "gamma", "svm__C")),
    {"svc__C": [1, 10]},
]
MACHINES = support_vector_machines()
THREE = [
    tuple(MACHINES),
    MACHINES[::-1],
    dict(zip((500, 2000, 8000), MACHINES)),
    np.array(MACHINES),
    pd.Series(MACHINES),
    [pipe(HISTOGRAMS, model) for model in MACHINES],
    [*map(deepcopy, MACHINES)],
    *(support_vector_machines(tol=tol) for tol in (1e-3, 1e-4, 1e-5)),
    support_vector_machines(kernel="rbf", gamma="scale", cache_size=500),
]
NOT_THREE = [
    *(support_vector_machines(C=C) for C in (0.1, 1, 100)),
    *(support_vector_machines(kernel=kernel) for kernel in ("poly", "sigmoid")),
    *(support_vector_machines(of) for of in ([500, 2000, 7999], [500, 8000, 8000], [500] * 2)),
    support_vector_machines(features=helpers.gradient_features(TRAIN_IMAGES)[:, :150]),
    support_vector_machines(features=helpers.gradient_features(TRAIN_IMAGES)),
    {500: 60, 2000: 34, 8000: 18},
    ["60 %", "34 %", "18 %"],
    MACHINES[0],
]
VIRTUAL = [
    virtual(lambda images, labels, *given: [images, labels]),
    virtual(lambda images, labels, *given: (images.astype(float), labels.astype(float))),
    virtual(lambda images, labels, *given: (np.float32(images), np.uint8(labels))),
    virtual(lambda images, labels, *given: (images.reshape(-1, 784), labels)),
    virtual(lambda images, labels, *given: (images[..., None], labels[:, None])),
    virtual(lambda images, labels, *given: (images[None], labels[None])),
    virtual(lambda images, labels, *given: (images.tolist(), labels.tolist())),
    virtual(lambda images, labels, *given: ([*images], (*labels,))),
    lambda *given: virtual_digits(*given, axes=(1, 2)),
    lambda *given: virtual_digits(*given, steps=(-1, 1)),
    lambda images, labels, support: virtual_digits(images, labels, support[::-1]),
]
LETTERS = [str.upper, " {} ".format, "{})".format, "({})".format, "{}.".format, "'{}'".format]
LETTERS += [np.str_, np.array, pd.Series, "{}\n".format, lambda letter: [letter]]
LETTERS += [lambda letter: (letter,), lambda letter: [[letter]], lambda letter: {letter}]
# The same value in the forms in which learners give it ...
FORMS = [np.asarray, np.float32, np.longdouble, np.ma.asarray, np.asfortranarray]
FORMS += [lambda value: np.asarray(value).tolist(), lambda value: (*np.atleast_1d(value),)]
FORMS += [lambda value: np.expand_dims(value, 0), lambda value: np.expand_dims(value, -1)]
FORMS += [lambda value: pd.DataFrame(np.atleast_2d(value)), lambda value: [value]]
FORMS += [lambda value: np.asarray(value, object), lambda value: np.float64(value).round(3)]
FORMS += [np.vectorize(lambda value: Decimal(str(float(value))), otypes=[object])]
# ... and values that are no longer the same.
SPOILS = [lambda value: 0 * np.asarray(value), lambda value: -np.float64(value)]
SPOILS += [lambda value, by=by: by * np.float64(value) for by in (2, 3, 1.3, 0.1, np.nan, np.inf)]
SPOILS += [lambda value, by=by: by + np.float64(value) for by in (-2, 2, 7)]
SPOILS += [lambda value: str(value) + "?", lambda value: [value, value, value], lambda value: {}]


DESCRIPTIONS = [lambda images: np.ones((len(images), 1)), lambda images: np.float32(0)]
DESCRIPTIONS += [lambda images: images[:, 12:16, 12:16], lambda images: [1, [2, 3]]]


def crossentropy(**settings):
    return keras.losses.SparseCategoricalCrossentropy(**settings)


class Subclass(keras.Model):
    """A network as users of PyTorch write it; its layers stand in no order."""

    def __init__(self):
        super().__init__()
        self.last = keras.layers.Dense(10, "softmax")
        self.first = keras.layers.Dense(8, "relu")

    def call(self, images):
        return self.last(self.first(keras.ops.reshape(images, (-1, 784))))

    def predict(self, images, **settings):
        return mended().predict(images)


SUBCLASS = Subclass()
SUBCLASS.compile("adam", "sparse_categorical_crossentropy")
adams = keras.optimizers.Adam, keras.optimizers.RMSprop, keras.optimizers.Nadam
MENDED = [
    *(mended(rate=rate) for rate in (0.01, 0.1, 0.0003, keras.optimizers.SGD(0.5))),
    *(mended(rate=name(0.001)) for name in adams),
    *(mended(loss=loss) for loss in (crossentropy(), "categorical_crossentropy")),
    mended(activation="linear", loss=crossentropy(from_logits=True)),
    mended(activation=None, loss=crossentropy(from_logits=True)),
    mended(activation="sigmoid"),
    SUBCLASS,
]
NOT_MENDED = [
    *(mended(rate=rate, learns=False) for rate in (0.1, 10.0, adams[1](1.0))),
    mended(rate=keras.optimizers.SGD(1.0), learns=False),
    mended(loss="categorical_crossentropy", learns=False),
    *(mended(activation=name) for name in (None, "linear", "relu")),
    *(mended(outputs=count) for count in (9, 784)),
    keras.Sequential(),
    "softmax and a lower learning rate",
    keras.Sequential,
    [keras.layers.Dense(10, "softmax")],
]
SMALL = [network(250, change=change) for change in (np.float32, np.float16, np.ma.asarray)]
SMALL += [network(250, change=lambda p, by=by: by(p)) for by in (np.asfortranarray, np.log1p)]
SMALL += [network(250, change=lambda p, by=by: p + by) for by in (-1, 1, 100)]
SMALL += [network(count, size) for count, size in [(0, 10_000), (290, 1), (100, np.int64(7850))]]
NOT_SMALL = [network(count) for count in (310, 500, 990, 5000, len(LABELS))]
NOT_SMALL += [network(0, size) for size in (10_001, 10**6)]
CORRUPT = [
    lambda images: 255 - images,
    lambda images: images[:, ::-1],
    lambda images: images[:, :, ::-1],
    lambda images: np.rot90(images, axes=(1, 2)),
    lambda images: noise(images, 0.3),
    lambda images: np.where(COLUMNS % 4 == 0, 255, images).astype("uint8"),
    lambda images: np.where((ROWS + COLUMNS) % 4 == 0, 255, images).astype("uint8"),
    lambda images: np.where(ROWS % 3 == 0, 0, images).astype("uint8"),
    lambda images: np.where(abs(ROWS - 14) > 12, 255, images).astype("uint8"),
    lambda images: np.maximum(images, np.uint8(128)),
    lambda images: ndimage.rotate(images, 60, (1, 2), False, order=1),
    lambda images: np.asfortranarray(255 - images),
]
NOT_CORRUPT = [
    lambda images: images.tolist(),
    lambda images: images[0],
    lambda images: images + 0.5,
]
READERS = [lambda grey: [*framed(grey)], lambda grey: (*framed(grey),)]
READERS += [lambda grey: np.asfortranarray(framed(grey)), lambda grey: framed(grey).copy()]
READERS += [lambda grey: np.ma.asarray(framed(grey)), lambda grey: framed(grey)[:21]]
READERS += [lambda grey: [*map(np.array, framed(grey))], lambda grey: framed(grey)[:].view()]
READERS += [lambda grey: framed(grey).astype("uint8"), lambda grey: np.stack([*framed(grey)])]
READERS += [lambda grey: framed(grey) if is_page(grey) or len(grey) > 900 else framed(grey)[:0]]
NOT_READERS = [lambda grey: framed(grey)[::-1], lambda grey: framed(grey)[:20], lambda grey: grey]
NOT_READERS += [lambda grey: 255 - framed(grey), lambda grey: framed(grey)[:, ::-1]]
NOT_READERS += [lambda grey: framed(grey).astype(float), lambda grey: "416204289167957597518"]
NOT_READERS += [lambda grey: 0 * framed(grey), lambda grey: framed(grey).reshape(-1, 784)]
BEFORE, AFTER = np.arange(60) % 5 > 0, np.arange(60) % 15 > 0
PAIRS = [(BEFORE, AFTER), [BEFORE.tolist(), AFTER.tolist()], np.array([BEFORE, AFTER])]
PAIRS += [[BEFORE.astype(kind), AFTER.astype(kind)] for kind in (int, float, "uint8", object)]
PAIRS += [[BEFORE[:, None], AFTER[:, None]], {"before": BEFORE, "after": AFTER}, (AFTER, AFTER)]
PAIRS += [pd.DataFrame({"before": BEFORE, "after": AFTER}), [pd.Series(BEFORE), pd.Series(AFTER)]]
NOT_PAIRS = [(BEFORE, AFTER[:50]), (BEFORE.mean(), AFTER.mean()), [BEFORE] * 3, [None, None]]
NOT_PAIRS += [lambda: (BEFORE, AFTER), 100 * np.array([BEFORE, AFTER]), (48, 56), [[], []]]
NOT_PAIRS += [[True] * 40, np.full((2, 60), 0.9), np.zeros((2, 60, 10), bool), (BEFORE, None)]
SEEDED = [
    lambda number, by=by: by(seeded(number))
    for by in (np.float32, np.tanh, np.asfortranarray, np.ma.asarray, np.ndarray.tolist, abs)
]
SEEDED += [
    lambda number, by=by: seeded(by(number)) for by in (np.int64, lambda n: n + 1, lambda n: [0, n])
]
SEEDED += [lambda number: np.random.default_rng(seed=number).random((100, 28, 28))]
NOT_SEEDED = [lambda number: seeded(number)[:, 0], lambda number: seeded(number).tolist()[:2]]


def changed(by, answer):
    """The answer changed by a function, or a function that returns what is changed."""
    if callable(answer):
        return lambda *given: by(answer(*given))
    return by(answer)


def turned(by):
    return lambda images, _: ndimage.rotate(images, by, (1, 2), False, order=1)


def turned_once(images, _, known=[]):  # noqa: B006
    """The copies turned by five degrees; the check always shows the same."""
    known.extend([] if known else [turned(5)(images, _)])
    return known[0]


HELPING = [turned(by) for by in (-8, 6)] + [
    turned_once,
    lambda *given: turned_once(*given).tolist(),
]
HELPING += [
    changed(by, turned_once) for by in (np.float64, np.round, np.uint8, np.ascontiguousarray)
]
HELPING += [lambda *given: [*turned_once(*given)], lambda *given: (*turned_once(*given),)]
HELPING += [changed(by, turned_once) for by in (np.asfortranarray, np.ma.asarray)]
NOT_HELPING = [lambda images, _: images[::-1], lambda images, _: images / 0, lambda images, _: 255]
NOT_HELPING += [lambda images, _: 255 - images, lambda images, _: 2 * images, turned(90)]
NOT_HELPING += [lambda images: images, lambda images, _: images[:500]]


# What cannot be made by these rules: right answers, and wrong ones.
OTHERS = {
    "3.2": (PIPELINES["3.2"], NOT_PIPELINES["3.2"]),
    "3.6": (PIPELINES["3.6"], NOT_PIPELINES["3.6"]),
    "4.4": (SEARCHES, LEAKING),
    "4.5": (VIRTUAL, []),
    "4.6": (THREE, NOT_THREE),
    "5.3": (MENDED, NOT_MENDED),
    "5.4": (SMALL, NOT_SMALL),
    "7.4": (CORRUPT, NOT_CORRUPT),
    "8.4": (READERS, NOT_READERS),
    "9.4": (PAIRS, NOT_PAIRS),
    "10.2": (SEEDED, NOT_SEEDED),
    "10.4": (HELPING, NOT_HELPING),
}


def answers(number, right):
    """All answers to an exercise that are right, or all that are wrong."""
    own = [answer for of, key, answer in KNOWN if of == number and (key == "right") == right]
    first = next(answer for of, key, answer in KNOWN if of == number and key == "right")
    if others := OTHERS.get(number, ([], []))[not right]:
        return own + others
    if isinstance(first, str):
        own = own if right else [letter for letter in "abcde" if letter != first]
        return [changed(form, letter) for letter in own for form in LETTERS]
    if number == "2.5" and not right:  # any change of a description is another description
        return own + DESCRIPTIONS
    return own + [changed(by, first) for by in (FORMS if right else SPOILS)]
