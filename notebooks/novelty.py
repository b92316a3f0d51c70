"""Telling digits from what is none, for notebooks 07 and 08."""

from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted


class NoveltyKNN(ClassifierMixin, BaseEstimator):
    """A k-nearest-neighbours classifier that also knows what is far from all training digits.

    It predicts as the classifier that it is given. An image counts as a digit if the mean distance
    to its nearest neighbours is not above the threshold.

    Parameters
    ----------
    knn : sklearn.neighbors.KNeighborsClassifier
        Its `n_neighbors` and metric are those of the distance, too.
    threshold : float, above 0
        The greatest mean distance of a digit. Choose it on digits that the classifier was not
        fitted on.

    Attributes
    ----------
    knn_ : sklearn.neighbors.KNeighborsClassifier
        A fitted copy of `knn`.
    classes_ : numpy.ndarray of shape (n_classes,)

    References
    ----------
    Ramaswamy, Rastogi and Shim, "Efficient algorithms for mining outliers from large data sets",
    SIGMOD 2000, take the distance to the k-th nearest neighbour; Angiulli and Pizzuti, "Fast
    outlier detection in high dimensional spaces", PKDD 2002, the sum over the k nearest.
    """

    def __init__(self, knn, threshold):
        self.knn = knn
        self.threshold = threshold

    def fit(self, X, y):
        """Fit a copy of the classifier to features X (n, n_features) and labels y (n,).

        A ValueError says so if the threshold is not above 0.
        """
        if not self.threshold > 0:
            raise ValueError(f"the threshold must be above 0, and is {self.threshold}")
        self.knn_ = clone(self.knn).fit(X, y)
        self.classes_ = self.knn_.classes_
        return self

    def kneighbors(self, X, n_neighbors=None, return_distance=True):
        """The nearest training digits, as `KNeighborsClassifier.kneighbors` returns them."""
        check_is_fitted(self)
        return self.knn_.kneighbors(X, n_neighbors, return_distance)

    def score_samples(self, X):
        """Minus the mean distance to the nearest neighbours, (n,): the lower, the more novel."""
        return -self.kneighbors(X)[0].mean(axis=1)

    def predict_proba(self, X):
        """The probability of each class, (n, n_classes)."""
        check_is_fitted(self)
        return self.knn_.predict_proba(X)

    def predict(self, X):
        """The most probable class, (n,)."""
        check_is_fitted(self)
        return self.knn_.predict(X)


def is_digit(model, images):
    """Whether each image is near enough to some training digits to be a digit.

    Parameters
    ----------
    model : sklearn.pipeline.Pipeline
        The course's KNN: fitted, with a `NoveltyKNN` as its last step. A ValueError says what to
        do if it has none, as the one that notebook 03 saves.
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    last = getattr(model, "steps", [("", model)])[-1][1]
    if not isinstance(last, NoveltyKNN):
        raise ValueError(
            "this model has no threshold for what is no digit: run notebook 07, which chooses one "
            'and saves it, then helpers.load_model("knn")'
        )
    return model.score_samples(images) >= -last.threshold
