"""Probabilities for the support vector machine of notebooks 04 and 07."""

from itertools import combinations

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.utils import gen_batches


class TemperatureScaling(ClassifierMixin, BaseEstimator):
    """Probabilities from a support vector classifier (SVC), which is one-vs-one.

    Each class is worth its smallest margin against any other; the softmax of these margins,
    divided by the temperature, gives the probabilities. The prediction hardly ever differs from
    the vote over all pairs that `SVC.predict` takes.

    Parameters
    ----------
    svc : sklearn.svm.SVC
        With the RBF kernel, which is the default; for three classes or more.
    temperature : float, above 0
        The higher, the less confident. Choose it on digits that the SVC was not fitted on.

    Attributes
    ----------
    svc_ : sklearn.svm.SVC
        A fitted copy of `svc`.
    gamma_ : float
        The kernel's gamma, as a number.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
    """

    def __init__(self, svc, temperature=1.0):
        self.svc = svc
        self.temperature = temperature

    def fit(self, X, y):
        """Fit a copy of the SVC to features X (n, n_features) and labels y (n,).

        A ValueError says so if the kernel, the number of classes or the temperature is another.
        """
        if self.svc.kernel != "rbf" or len(np.unique(y)) < 3:
            raise ValueError('use SVC(kernel="rbf") and three classes or more')
        if not self.temperature > 0:
            raise ValueError(f"the temperature must be above 0, and is {self.temperature}")
        # An SVC compares digits of two classes at a time. On 60,000 it is nearly three times as
        # fast where those of a class lie together in memory, and the same but for rounding.
        order = np.argsort(y, kind="stable").astype(np.int32)
        self.svc_ = clone(self.svc).fit(X[order], np.asarray(y)[order])
        self.svc_.support_ = order[self.svc_.support_]  # rows of X, as one expects
        self.classes_ = self.svc_.classes_
        named = {"scale": 1 / (X.shape[1] * np.var(X, dtype=float)), "auto": 1 / X.shape[1]}
        self.gamma_ = named.get(self.svc_.gamma, self.svc_.gamma)
        return self

    def decision_function(self, X):
        """The smallest margin of each class against any other, (n, n_classes)."""
        return np.concatenate([self._margins(X[rows]) for rows in gen_batches(len(X), 500)])

    def _margins(self, X):
        # SVC.decision_function takes one digit and one support vector at a time. Matrix products
        # take all of them together: the same numbers, ten times as fast.
        svc, classes = self.svc_, range(len(self.classes_))
        kernel = rbf_kernel(X, svc.support_vectors_, gamma=self.gamma_)
        first_of_class = np.cumsum(svc.n_support_)[:-1]
        sums = [  # over each class's support vectors, against the other classes in order
            part @ weights.T
            for part, weights in zip(
                np.split(kernel, first_of_class, axis=1),
                np.split(svc.dual_coef_, first_of_class, axis=1),
            )
        ]
        margins = np.full((len(X), len(classes)), np.inf)
        for (one, other), intercept in zip(combinations(classes, 2), svc.intercept_):
            decision = sums[one][:, other - 1] + sums[other][:, one] + intercept
            margins[:, one] = np.minimum(margins[:, one], decision)
            margins[:, other] = np.minimum(margins[:, other], -decision)
        return margins

    def predict_proba(self, X):
        """The probability of each class, (n, n_classes)."""
        return softmax(self.decision_function(X) / self.temperature, axis=1)

    def predict(self, X):
        """The most probable class, (n,)."""
        return self.classes_[self.decision_function(X).argmax(axis=1)]
