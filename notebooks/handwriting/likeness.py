"""How much a framed piece looks like a digit, and which way up a page lies."""

from functools import cache

import numpy as np

FARTHEST = 15  # from its neighbours: farther than 99 of 100 framed digits
REFERENCES = 5000  # training digits: enough; they are fitted once, on first need, in some 1.5 s
ENOUGH = 6  # digits tell which way up a page is; fewer may be sixes or nines
UPRIGHT = 0.94  # of the mean distance, at most, is left where a turn is right


@cache
def features_and_search():
    """KNN's features of notebook 03 and a search for neighbours, fitted to training digits."""
    from sklearn.decomposition import PCA
    from sklearn.neighbors import NearestNeighbors
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    import helpers

    images, labels = (part[:REFERENCES] for part in helpers.load_mnist("train"))
    steps = helpers.deskew, helpers.normalize_size, helpers.gradient_features
    features = make_pipeline(
        *map(FunctionTransformer, steps),
        PCA(150, svd_solver="covariance_eigh"),
        helpers.WithinClassWhitening(),
    )
    search = NearestNeighbors(n_neighbors=5, algorithm="brute")
    return features, search.fit(features.fit_transform(images, labels))


def strangeness(images):
    """The mean distance of each of n images, 28 × 28, to the five nearest training digits: (n,)."""
    if not len(images):  # and nothing is fitted
        return np.zeros(0)
    features, search = features_and_search()
    return search.kneighbors(features.transform(np.asarray(images)))[0].mean(axis=1)


def turns_to_upright(images):
    """By how many right angles, anticlockwise, a page must be turned to look like digits."""
    if len(images) < ENOUGH:
        return 0
    turned = np.concatenate([np.rot90(images, turn, (1, 2)) for turn in range(4)])
    means = strangeness(turned).reshape(4, -1).mean(axis=1)
    best = int(np.argmin(means))
    return best if means[best] < UPRIGHT * means[0] else 0
