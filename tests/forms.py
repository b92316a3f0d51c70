"""Each right answer in the forms in which learners give it, and what is no longer right."""

from copy import deepcopy
from decimal import Decimal

import numpy as np
import pandas as pd
from answers import (
    DESKEW,
    FLATTEN,
    HISTOGRAMS,
    KNN,
    KNOWN,
    LABELS,
    SIZE,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    learned,
    search,
    support_vector_machines,
    virtual,
    virtual_digits,
)
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
    RandomizedSearchCV(learned(), {"svc__C": loguniform(1, 10)}, n_iter=2, cv=GroupKFold(3)),
    GridSearchCV(learned(), {"svc__C": [1, 10]}, cv=GroupKFold(3), n_jobs=2, scoring="accuracy"),
]
LEAKING = [
    *(search(cv=of) for of in (3, KFold(3), StratifiedKFold(3), ShuffleSplit(3), RepeatedKFold())),
    GridSearchCV(learned(), {"svc__C": [1, 10]}),
    search(SVC(), {"C": [1, 10]}),
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
# What cannot be made by these rules: right answers, and wrong ones.
OTHERS = {
    "3.2": (PIPELINES["3.2"], NOT_PIPELINES["3.2"]),
    "3.6": (PIPELINES["3.6"], NOT_PIPELINES["3.6"]),
    "4.4": (SEARCHES, LEAKING),
    "4.5": (VIRTUAL, []),
    "4.6": (THREE, NOT_THREE),
}


def changed(by, answer):
    """The answer changed by a function, or a function that returns what is changed."""
    if callable(answer):
        return lambda *given: by(answer(*given))
    return by(answer)


def answers(number, right):
    """All answers to an exercise that are right, or all that are wrong."""
    own = [answer for of, key, answer in KNOWN if of == number and (key == "right") == right]
    first = next(answer for of, key, answer in KNOWN if of == number and key == "right")
    if number in OTHERS:
        return own + OTHERS[number][not right]
    if isinstance(first, str):
        own = own if right else [letter for letter in "abcde" if letter != first]
        return [changed(form, letter) for letter in own for form in LETTERS]
    if number == "2.5" and not right:  # any change of a description is another description
        return own + DESCRIPTIONS
    return own + [changed(by, first) for by in (FORMS if right else SPOILS)]
