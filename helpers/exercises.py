"""The checks of the exercises: what is right, what the likeliest mistakes are, and why."""

from contextlib import redirect_stdout

import numpy as np
from scipy.signal import correlate2d
from scipy.special import softmax
from scipy.stats import binomtest
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from .data import load_mnist
from .features import WithinClassWhitening, deskew, gradient_features, normalize_size
from .models import NetworkClassifier, load_model

CHECKS = {}  # by the number of the exercise


class Mistake(Exception):
    """An answer that is not right; its text says why."""


class Unanswered(Exception):
    """No answer yet."""


def check(exercise, answer):
    """Print whether the answer to an exercise is right, and if not, why.

    Parameters
    ----------
    exercise : str
        Its number, such as "1.2".
    answer : object
        What the exercise asks for; ``...``, or a function that returns it, is no answer yet.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    if exercise not in CHECKS:
        raise ValueError(f"no exercise {exercise!r}: choose one of {', '.join(CHECKS)}")
    try:
        if answer is ...:
            raise Unanswered
        verdict = "right. " + CHECKS[exercise](answer)
    except Unanswered:
        verdict = "not answered yet."
    except Mistake as mistake:
        verdict = f"not yet. {mistake}"
    print(f"Exercise {exercise}: {verdict}")


def _exercise(number):
    def register(function):
        CHECKS[number] = function
        return function

    return register


def _call(function, *arguments):
    """What the learner's function returns; its exceptions become mistakes."""
    if not callable(function):
        raise Mistake("Hand over the function itself, without brackets.")
    try:
        result = function(*arguments)
    except Exception as error:
        raise Mistake(f"It stops with {type(error).__name__}: {error}") from error
    if result is ...:
        raise Unanswered
    if result is None:
        raise Mistake("Your function returns nothing: is `return` missing?")
    return result


def _compare(answer, right, mistakes, within):
    """Pass what is right; explain what is a known mistake. `mistakes`: explanation to value."""
    try:
        answer = np.asarray(answer, float)
    except (TypeError, ValueError) as error:
        raise Mistake("Expected a number, or an array of them.") from error
    for reason, value in [(None, right), *mistakes.items()]:
        value = np.asarray(value, float)
        if answer.shape == value.shape and np.all(np.abs(answer - value) <= within):
            if reason:
                raise Mistake(reason)
            return
    if answer.shape != np.shape(right):
        raise Mistake(f"Expected {_size(np.shape(right))}, and got {_size(answer.shape)}.")
    raise Mistake(
        f"{'These are' if answer.shape else 'That is'} not right; look at the lesson again."
    )


def _size(shape):
    if not shape:
        return "one number"
    if shape == (1,):
        return "a list of one"
    return f"{shape[0]} numbers" if len(shape) == 1 else f"an array of the shape {shape}"


def _accuracy(answers, labels):
    """The accuracy in per cent, after a look at the shape of the answers."""
    if np.shape(answers) != labels.shape:
        raise Mistake(
            f"Expected one label for each digit, shape {labels.shape}, and got "
            f"{np.shape(answers)}. An array of ten columns still needs argmax(axis=1)."
        )
    return 100 * float(np.mean(np.asarray(answers) == labels))


@_exercise("1.1")
def _(answer):
    right = 100 * np.mean(load_mnist("validation")[1] == 1)
    everywhere = 100 * np.mean(load_mnist("development")[1] == 1)
    mistakes = {
        "That is the share of ones among all 60,000 digits; ask `validation`.": everywhere,
        "That is a share from 0 to 1; multiply it by 100.": right / 100,
    }
    _compare(answer, right, mistakes, 0.05)
    return "A classifier that cannot beat this has learned nothing."


@_exercise("1.2")
def _(answer):
    images = load_mnist("validation")[0][:20]
    ink = images > 0
    mistakes = {
        "One number for all of them: take the mean over the axes 1 and 2 only.": ink.mean(),
        "These are numbers of pixels; a share is divided by 784.": ink.sum(axis=(1, 2)),
        "That is the mean grey value; ask which pixels are above 0.": images.mean(axis=(1, 2)),
        "That is the mean grey value. Ask which pixels are above 0.": images.mean((1, 2)) / 255,
        "These are per cent; a share runs from 0 to 1.": 100 * ink.mean(axis=(1, 2)),
    }
    _compare(_call(answer, images), ink.mean(axis=(1, 2)), mistakes, 1e-6)
    return "Four fifths of an average digit are paper."


@_exercise("1.3")
def _(answer):
    images, labels = load_mnist("validation")
    accuracy = _accuracy(_call(answer, images), labels)
    if accuracy < 20:
        raise Mistake(f"{accuracy:.1f} %: no better than chance. Are these the labels?")
    if accuracy < 84:  # the ten means read 83.1 %, give or take 0.7
        raise Mistake(f"{accuracy:.1f} %: no better than the ten means.")
    return f"{accuracy:.0f} % of the validation digits, against 83 % of the ten means."


@_exercise("2.1")
def _(answer):
    mistakes = {
        "That is where the ink lies; it must move the other way.": 2.5,
        "You divided; a slope is pixels to the side for each row.": (10, -10),
        "That is the move of one row; this one is five rows up.": (0.5, -0.5),
    }
    for reason, values in mistakes.items():
        if np.isscalar(answer) and answer in np.atleast_1d(values):
            raise Mistake(reason)
    _compare(answer, -2.5, {}, 1e-6)
    return "Above the centre the ink lies to the right, so the row moves to the left."


@_exercise("2.2")
def _(answer):
    image = load_mnist("validation")[0][5].astype(float)
    rows, columns = np.indices(image.shape)

    def spread(position, weights):
        mean = np.average(position, weights=weights)
        return np.sqrt(np.average((position - mean) ** 2, weights=weights))

    right = spread(columns, image)
    mistakes = {
        "That is the variance; take the square root.": right**2,
        "That is the height: measure along the columns.": spread(rows, image),
        "Here every inked pixel counts the same; weigh it by its ink.": spread(columns, image > 0),
    }
    _compare(_call(answer, image), right, mistakes, 1e-6)
    return "`helpers.normalize_size` measures this, in both directions."


@_exercise("2.3")
def _(answer):
    (images, labels), (new, new_labels) = load_mnist("train"), load_mnist("validation")
    images, labels = images[:5000], labels[:5000]
    known, asked = (np.asarray(_call(answer, part), float) for part in (images, new))
    if known.ndim != 2 or len(known) != 5000:
        raise Mistake(
            f"Expected one row of numbers for each image, and got the shape {known.shape}."
        )
    if known.shape[1] >= 784:
        raise Mistake(f"{known.shape[1]} numbers are not fewer than the 784 pixels.")
    means = np.stack([known[labels == digit].mean(axis=0) for digit in range(10)])
    distances = (means**2).sum(axis=1) - 2 * asked @ means.T
    accuracy = _accuracy(distances.argmin(axis=1), new_labels)
    if accuracy < 82:
        raise Mistake(f"{accuracy:.1f} %: the 784 pixels reach 82 %. What is lost?")
    return f"The nearest mean reads {accuracy:.0f} % with your {known.shape[1]} numbers."


@_exercise("3.1")
def _(answer):
    cases = [
        ([4, 9, 9, 4, 9], [1.0, 2.0, 2.5, 1.5, 4.0]),
        ([3, 5, 5, 8, 8], [2.0, 1.0, 3.0, 1.2, 1.3]),
        ([7, 1, 1, 1, 7], [1.0, 3.0, 3.0, 3.5, 5.0]),
        ([1, 1, 1, 8, 8], [1.0, 1.0, 1.0, 5.0, 5.0]),
        ([6, 0, 0, 6, 6], [5.0, 1.0, 1.0, 5.0, 5.0]),
    ]

    def vote(weigh):
        totals = [np.bincount(labels, weigh(np.array(d)), 10) for labels, d in cases]
        return np.argmax(totals, axis=1)

    mistakes = {
        "That is the plain majority; weigh each vote by 1 / distance.": vote(np.ones_like),
        "The far ones count most: weigh by 1 / distance.": vote(lambda d: d),
        "Only the nearest one votes; all five should.": [
            labels[np.argmin(d)] for labels, d in cases
        ],
    }
    answers = [_call(answer, np.array(labels), np.array(d)) for labels, d in cases]
    _compare(answers, vote(lambda d: 1 / d), mistakes, 0)
    return "A near neighbour outvotes two far ones."


@_exercise("3.2")
def _(answer):
    interval = binomtest(497, 500).proportion_ci(method="wilson")
    large = binomtest(9940, 10_000).proportion_ci(method="wilson")
    clopper = binomtest(497, 500).proportion_ci(method="exact")
    mistakes = {
        "Multiply by 100: per cent.": interval,
        "That is the interval for 10,000 digits; there were 500.": 100 * np.array(large),
        'That is SciPy\'s exact interval; ask for method="wilson".': 100 * np.array(clopper),
        "An interval is two numbers, low and high.": 99.4,
    }
    _compare(answer, 100 * np.array(interval), mistakes, 0.05)
    return "The same accuracy, but an interval about five times as wide as with 10,000 digits."


@_exercise("3.3")
def _(answer):
    if not isinstance(answer, dict) or not {"k", "tried"} <= set(answer):
        raise Mistake('Expected a dictionary such as {"k": 5, "tried": 1}.')
    if not all(isinstance(answer[name], int) for name in ("k", "tried")):
        raise Mistake("Both are whole numbers.")
    if answer["tried"] < 2:
        raise Mistake("One setting alone was not chosen; try some others.")
    if not 2 <= answer["k"] <= 12:
        raise Mistake(f"k = {answer['k']} lies off the plateau of the curve above.")
    return f"Of {answer['tried']} settings the best had some luck, too; say so when you report it."


@_exercise("4.1")
def _(answer):
    mistakes = {
        "Each pair is counted twice.": 26 * 25,
        "Nobody fights a duel with himself, and each pair fights one.": 26 * 26,
        "That is one machine for each letter; here there is one for each pair.": 26,
    }
    _compare(answer, 325, mistakes, 0)
    return "The number of machines grows with the square of the classes."


@_exercise("4.2")
def _(answer):
    a, b = np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.0, 3.5])
    squared, distance = np.sum((a - b) ** 2), np.linalg.norm(a - b)
    mistakes = {
        "The likeness grows with the distance: mind the sign.": np.exp(0.3 * squared),
        "The distance is not squared.": np.exp(-0.3 * distance),
        "Where is gamma?": np.exp(-squared),
        "Add up the squared differences: a likeness is one number.": np.exp(-0.3 * (a - b) ** 2),
    }
    _compare(_call(answer, a, b, 0.3), np.exp(-0.3 * squared), mistakes, 1e-9)
    return "1 for equal points, and near 0 beyond a distance that gamma sets."


@_exercise("4.3")
def _(answer):
    margins = np.array([[3.0, 1.0, 0.5], [0.2, 0.1, 0.4]])
    mistakes = {
        "You multiplied: a temperature above 1 should make it less sure.": softmax(margins * 2, 1),
        "All numbers together sum to 1; each row should.": softmax(margins / 2),
        "The temperature is not used.": softmax(margins, 1),
        "The rows no longer sum to 1: divide before the softmax.": softmax(margins, 1) / 2,
    }
    _compare(_call(answer, margins, 2.0), softmax(margins / 2, 1), mistakes, 1e-6)
    return "It changes how sure the machine is, never what it answers."


@_exercise("4.4")
def _(answer):
    shares = np.asarray(answer, float)
    if shares.shape != (3,):
        raise Mistake("Expected three numbers, for 500, 2,000 and 8,000 digits.")
    if np.any(shares > 100):
        raise Mistake("These are counts; divide by the number of digits, times 100.")
    if np.all(shares < 1):
        raise Mistake("These are shares from 0 to 1; give per cent.")
    if not shares[0] > shares[1] > shares[2]:
        raise Mistake("The share should fall as digits are added. One sample, one setting?")
    if np.any(np.abs(shares - (60, 34, 18)) > 15):
        raise Mistake("They fall, but from elsewhere: did you count `support_`, with C = 10?")
    return "The share falls: of many new digits, few lie at a border that is known already."


@_exercise("5.1")
def _(answer):
    mistakes = {
        "The biases are missing, one for each filter.": 48 * 32 * 9,
        "A filter looks at all 32 answers, not at one.": 48 * 9 + 48,
    }
    _compare(answer, 48 * 32 * 9 + 48, mistakes, 0)
    return "It does not matter how large the picture is."


@_exercise("5.2")
def _(answer):
    image, kernel = np.random.default_rng(0).normal(size=(2, 6, 6))
    kernel = kernel[:3, :3]
    mistakes = {
        "The filter is turned by 180 degrees: the mathematicians' convolution.": correlate2d(
            image, kernel[::-1, ::-1], mode="valid"
        ),
        "As large as the picture: a 3 × 3 filter fits into 4 × 4 places of 6 × 6.": correlate2d(
            image, kernel, mode="same"
        ),
    }
    _compare(_call(answer, image, kernel), correlate2d(image, kernel, "valid"), mistakes, 1e-9)
    return "That is all that a convolutional layer does, many times over."


@_exercise("5.3")
def _(answer):
    mistakes = {
        "Convolutions take off the border, too: 28 becomes 24 first.": 7,
        "The pooling is missing: it halves the side, twice.": 22,
    }
    _compare(answer, 5, mistakes, 0)
    return "28, 24, 12, 10, 5."


@_exercise("5.4")
def _(answer):
    if not hasattr(answer, "count_params"):
        raise Mistake("Hand over the trained Keras network.")
    images, labels = load_mnist("validation")
    accuracy = _accuracy(NetworkClassifier(answer).predict(images), labels)
    size = answer.count_params()
    if size > 10_000:
        raise Mistake(f"{size:,} numbers; the goal is 10,000 or fewer.")
    if accuracy < 90:
        raise Mistake(f"{accuracy:.1f} %: was it trained? It gets grey values up to 255.")
    if accuracy < 97:
        raise Mistake(f"{accuracy:.1f} %. Give it more digits or more epochs.")
    return f"Over 97 % of the validation digits with {size:,} numbers."


@_exercise("6.1")
def _(answer):
    mistakes = {
        "That is one tail of the coin: an uneven split to the other side counts, too.": binomtest(
            12, 15, alternative="greater"
        ).pvalue,
        "The 15 digits on which they differ are the tosses, not all 10,000.": binomtest(
            12, 10_000
        ).pvalue,
    }
    _compare(answer, binomtest(12, 15).pvalue, mistakes, 0.003)
    return "Below 5 %: such a split would surprise if both were equally good."


@_exercise("6.2")
def _(answer):
    mistakes = {
        "Two decimals. (Ten times the error is not it: two mistakes may share a number.)": 96,
        "That is the accuracy for one digit; all ten must be right.": 99.6,
        "That is a share from 0 to 1; give per cent.": 0.996**10,
    }
    _compare(answer, 100 * 0.996**10, mistakes, 0.04)
    return "One telephone number in 25 has a mistake, at 99.6 % of the digits."


@_exercise("6.3")
def _(answer):
    chances = softmax(np.random.default_rng(0).normal(0, 2, (200, 10)), axis=1)
    order = chances.max(axis=1).argsort()

    def refused(chosen):
        mask = np.zeros(200)
        mask[chosen] = 1
        return mask

    mistakes = {
        "These are the surest ones.": refused(order[-20:]),
        "These are the digits to answer; refuse the others.": refused(order[20:]),
        "The share is a tenth here, not a threshold for the probability.": chances.max(axis=1)
        < 0.1,
    }
    chosen = np.asarray(_call(answer, chances, 0.1))
    if chosen.shape != (200,):
        raise Mistake("Expected True or False for each row of `chances`.")
    _compare(chosen, refused(order[:20]), mistakes, 0)
    return "Refusing is the cheapest way to be right more often."


@_exercise("6.4")
def _(answer):
    images, labels = (part[:500] for part in load_mnist("validation"))
    spoilt = np.asarray(_call(answer, images.copy()))
    if spoilt.shape != images.shape or spoilt.dtype != np.uint8:
        raise Mistake(
            f"Expected uint8 of the shape {images.shape}, and got {spoilt.dtype} of the "
            f"shape {spoilt.shape}."
        )
    if (spoilt == images).all():
        raise Mistake("Nothing has changed.")
    if len(np.unique(spoilt.reshape(len(spoilt), -1), axis=0)) < 400:
        raise Mistake("They all look alike now: nobody could read them.")
    with redirect_stdout(None):  # which models these are was said above
        models = {name: load_model(name) for name in ("knn", "svm", "cnn")}
    scores = {name: _accuracy(model.predict(spoilt), labels) for name, model in models.items()}
    told = ", ".join(f"{name} about {5 * round(score / 5)} %" for name, score in scores.items())
    if min(scores.values()) > 90:
        raise Mistake(f"All three still read it: {told}. Spoil it more.")
    return f"{told}. Now look at a few: could you still read them?"


@_exercise("7.1")
def _(answer):
    image = load_mnist("validation")[0][3].astype(float)
    mass = image.sum()
    row, column = image.sum(axis=1) @ np.arange(28) / mass, image.sum(axis=0) @ np.arange(28) / mass
    mistakes = {
        "The row comes first, then the column.": (column, row),
        "Every inked pixel counts the same here; weigh it by its ink.": [
            places.mean() for places in np.nonzero(image)
        ],
    }
    _compare(_call(answer, image), (row, column), mistakes, 1e-6)
    return "MNIST puts it at row 14 and column 14."


@_exercise("7.2")
def _(answer):
    mistakes = {
        "Stretched: a digit keeps its shape.": (20, 20),
        "The longer side becomes 20, not the shorter one.": (20, 30),
        "Width first, as in Pillow.": (20, 13),
        "28 is the picture; the box inside it is 20.": (19, 28),
    }
    _compare(answer, (13, 20), mistakes, 0.5)
    return "The rest of the 28 × 28 is paper."


@_exercise("7.3")
def _(answer):
    if np.shape(answer) != (2,):
        raise Mistake("Expected two numbers: read right, written.")
    right, written = answer
    if not all(isinstance(count, int | np.integer) for count in answer):
        raise Mistake("Both are whole numbers.")
    if not 0 <= right <= written:
        raise Mistake("No more can be read right than were written: the order is changed.")
    if written < 20:
        raise Mistake("Collect at least 20 digits.")
    low, high = binomtest(int(right), int(written)).proportion_ci(method="wilson")
    return f"The true accuracy lies plausibly between {100 * low:.0f} and {100 * high:.0f} %."


@_exercise("8.1")
def _(answer):
    mistakes = {
        "The 20 seconds that only one can do do not shrink.": 50,
        "The 20 seconds are a part of the 500.": 70,
        "The 20 seconds that only one can do have to be added.": 48,
        "The 20 seconds are not divided, only the other 480.": 52,
        "That is how many times as fast; how many seconds?": 500 / 68,
    }
    _compare(answer, 68, mistakes, 0.1)
    return "Seven times as fast, not ten; no number of workers gets it below 20 (Amdahl's law)."


@_exercise("8.2")
def _(answer):
    first, second = np.sort(np.random.default_rng(0).random((2, 100, 5)), axis=2)
    both = np.concatenate([first, second], axis=1)
    mistakes = {
        "Place by place will not do: all of the five may come from the same part.": np.minimum(
            first, second
        ),
        "These are the five of the first part; sort all ten, then keep five.": both[:, :5],
        "These are their places; the distances themselves are asked for.": both.argsort(axis=1)[
            :, :5
        ],
        "Smallest first.": np.sort(both, axis=1)[:, 4::-1],
        "These are all ten; keep the five smallest.": np.sort(both, axis=1),
        "These are the five largest.": np.sort(both, axis=1)[:, 5:],
    }
    _compare(_call(answer, first, second), np.sort(both, axis=1)[:, :5], mistakes, 0)
    return "Merging two reports gives a report again, so any number of them can be merged."


@_exercise("8.3")
def _(answer):
    images, labels = (part[:500] for part in load_mnist("train"))
    asked, asked_labels = (part[:2000] for part in load_mnist("validation"))
    normal, asked = normalize_size(deskew(images)), normalize_size(deskew(asked))
    copies = np.tile(normal, (4, 1, 1))
    changed = np.asarray(_call(answer, copies.copy(), np.random.default_rng(0)))
    if changed.shape != copies.shape:
        raise Mistake(f"Expected the shape {copies.shape}, and got {changed.shape}.")
    if np.abs(changed - copies).mean() < 0.1:
        raise Mistake("Nothing has changed: a copy of the same digit brings nothing new.")
    try:
        changed = gradient_features(changed)
    except ValueError as error:
        raise Mistake(f"These are no digits any more: {error}.") from error
    stored = gradient_features(normal)
    steps = make_pipeline(PCA(100, svd_solver="covariance_eigh"), WithinClassWhitening())
    steps.fit(stored, labels)
    right = []
    for features in (stored, np.concatenate([stored, changed])):
        knn = KNeighborsClassifier(1, algorithm="brute")
        knn.fit(steps.transform(features), np.resize(labels, len(features)))
        answers = knn.predict(steps.transform(gradient_features(asked)))
        right.append(_accuracy(answers, asked_labels))
    told = f"{right[0]:.2f} % without the copies, {right[1]:.2f} % with them"
    if right[1] < right[0] - 0.5:
        raise Mistake(f"{told}: they look like other digits now.")
    if right[1] <= right[0]:
        raise Mistake(f"{told}: they bring nothing new. What do deskew and normalize_size leave?")
    return f"{told}."
