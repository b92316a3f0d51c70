"""How much a framed piece looks like a digit, and which way up a page lies."""

from functools import cache

import numpy as np

import helpers

FARTHEST = 15  # from its neighbours: farther than 99 of 100 framed digits
REFERENCES = 5000  # training digits: enough; they are fitted once, on first need, in some 1.5 s
ENOUGH = 6  # digits tell which way up a page is; fewer may be sixes or nines
UPRIGHT = 0.94  # of the mean distance, at most, is left where a turn is right


@cache
def knn():
    """The course's KNN, among some training digits."""
    digits = helpers.load_mnist("train")
    return helpers.shipped_model("knn", [part[:REFERENCES] for part in digits])


def strangeness(images):
    """The mean distance of each of n images, 28 × 28, to the five nearest training digits: (n,)."""
    return -knn().score_samples(np.asarray(images)) if len(images) else np.zeros(0)


def turns_to_upright(images):
    """By how many right angles, anticlockwise, a page must be turned to look like digits."""
    if len(images) < ENOUGH:
        return 0
    turned = np.concatenate([np.rot90(images, turn, (1, 2)) for turn in range(4)])
    means = strangeness(turned).reshape(4, -1).mean(axis=1)
    best = int(np.argmin(means))
    return best if means[best] < UPRIGHT * means[0] else 0
