"""The checks of the exercises: what is right, what the likeliest mistakes are, and why.

An explanation such as "multiplied | You multiplied: ..." begins with a key that names it; the
learner reads what follows. The key of what is right is "right".
"""

from contextlib import redirect_stdout
from functools import partial

import numpy as np
import scipy  # its parts are loaded when they are first used, as those of helpers

import helpers

# For each exercise the explanations and the value that each is about, as `compare` takes them; or
# a function that takes the answer, and returns or raises an explanation: these follow below.
CHECKS = {
    "1.1": {
        "right | A classifier that cannot beat this has learned nothing.": 11.272,
        "all | That is the share of ones among all 60,000 digits; ask `validation`.": (
            11.237,
            11.2,
        ),
        "share | That is a share from 0 to 1; multiply it by 100.": 0.11272,
    },
    "2.1": {
        "right | Above the centre the ink lies to the right, so the row moves to the left.": -2.5,
        "direction | That is where the ink lies; it must move the other way.": 2.5,
        "divided | You divided; a slope is pixels to the side for each row.": (10, -10),
        "one row | That is the move of one row; this one is five rows up.": (0.5, -0.5),
    },
    "3.2": {
        "right | The same accuracy, but an interval about five times as wide as with 10,000 "
        "digits.": [98.25, 99.80],
        "share | Multiply by 100: per cent.": [0.9825, 0.9980],
        "all | That is the interval for 10,000 digits; there were 500.": [99.23, 99.53],
        'exact | That is SciPy\'s exact interval; ask for method="wilson".': [98.26, 99.88],
        "one | An interval is two numbers, low and high.": 99.4,
    },
    "4.1": {
        "right | Their number grows with the square of the classes.": 325,
        "twice | Each pair is counted twice.": 26 * 25,
        "itself | No class is told from itself, and each pair needs one classifier.": 26 * 26,
        "letters | That is one for each letter; here there is one for each pair.": 26,
    },
    "6.1": {
        "right | Below 5 %: such a split would surprise if both were equally good.": 0.0352,
        "tail | That is one tail: an uneven split to the other side counts, too.": 0.0176,
        "tosses | The 15 digits on which they differ are the tosses, not all 10,000.": 0,
    },
    "8.2": {
        "right | The rest of the 28 × 28 is paper.": [13, 20],
        "shape | Stretched: a digit keeps its shape.": [20, 20],
        "short | The longer side becomes 20, not the shorter one.": [20, 30],
        "order | Width first, as in Pillow.": [20, 13],
        "large | 28 is the picture; the box inside it is 20.": [19, 28],
    },
    "10.1": {
        "right | Seven times as fast, not ten; no number of workers gets it below 20 (Amdahl's "
        "law).": 68,
        "all | The 20 seconds that only one can do do not shrink.": 50,
        "part | The 20 seconds are a part of the 500.": 70,
        "missing | The 20 seconds that only one can do have to be added.": 48,
        "subtracted | The 20 seconds are not divided, only the other 480.": 52,
        "times | That is how many times as fast; how many seconds?": 500 / 68,
    },
}
# By how much an answer may differ from a value, if by more than rounding.
WITHIN = {"1.1": 0.03, "3.2": 0.05, "6.1": 0.003, "8.2": 0.5, "10.1": 0.1}


class NotYet(Exception):
    """An answer that is not right; its text is the explanation."""


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
    key, text = judge(exercise, answer)
    verdict = {"right": "right. ", "unanswered": "not answered yet."}.get(key, "not yet. ")
    print(f"Exercise {exercise}: {verdict}{text}")


def judge(exercise, answer):
    """The key and the text of the explanation that an answer deserves."""
    if exercise not in CHECKS:
        choices = ", ".join(sorted(CHECKS, key=float))
        raise ValueError(f"no exercise {exercise!r}: choose one of {choices}")
    known = CHECKS[exercise]
    try:
        refuse_if(answer is ..., "unanswered | ")
        if callable(known):
            explanation = known(answer)
        else:
            explanation = compare(answer, known, WITHIN.get(exercise, 1e-6))
    except NotYet as not_yet:
        explanation = str(not_yet)
    return explanation.split(" | ", 1)


def exercise(number):
    """Register the check of an exercise."""
    return partial(CHECKS.setdefault, number)


def refuse_if(wrong, explanation):
    if wrong:
        raise NotYet(explanation)


def call(function, *arguments):
    """What the learner's function returns; its exceptions are explained."""
    refuse_if(not callable(function), "type | Hand over the function itself, without brackets.")
    try:
        result = function(*arguments)
    except Exception as error:
        raise NotYet(f"stops | It stops with {type(error).__name__}: {error}") from error
    refuse_if(result is ..., "unanswered | ")
    refuse_if(result is None, "nothing | Your function returns nothing: is `return` missing?")
    return result


def numbers(answer, dtype=float):
    """The answer as an array."""
    try:
        return np.asarray(answer, dtype)
    except Exception as error:  # whatever an object of the learner's does
        raise NotYet("no number | Expected a number, or an array of them.") from error


def mask(answer, shape, of):
    """The answer as True or False for each of something."""
    answer = numbers(answer, dtype=None)
    if answer.shape != shape or answer.dtype != bool:
        got = f"{answer.dtype} of the shape {answer.shape}"
        raise NotYet(f"mask | Expected True or False for each {of}, and got {got}.")
    return answer


def compare(answer, explained, within=1e-6):
    """The explanation of the value, or of one of a tuple of values, that the answer is."""
    answer, right = numbers(answer), next(iter(explained.values()))
    for explanation, values in explained.items():
        for value in values if isinstance(values, tuple) else [values]:
            if answer.shape == np.shape(value) and np.allclose(answer, value, rtol=0, atol=within):
                return explanation
    if answer.shape != np.shape(right):
        return f"size | Expected {size(np.shape(right))}, and got {size(answer.shape)}."
    these_are = "These are" if answer.shape else "That is"
    return f"other | {these_are} not right; look at the lesson again."


def size(shape):
    few = {(): "one number", (1,): "a list of one"}
    return few.get(shape, f"{' × '.join(map(str, shape))} numbers")


def accuracy(predictions, labels):
    """The accuracy in per cent, after a look at the shape of the predictions."""
    predictions = numbers(predictions)
    if predictions.shape != labels.shape:
        raise NotYet(
            f"no labels | Expected one label for each digit, shape {labels.shape}, and got "
            f"{predictions.shape}. An array of ten columns still needs argmax(axis=1)."
        )
    return 100 * float(np.mean(predictions == labels))


@exercise("1.2")
def share_of_ink(answer):
    images = helpers.load_mnist("validation")[0][:20]
    ink, grey, axes = images > 0, images.mean(axis=(1, 2)), (1, 2)
    explained = {
        "right | Four fifths of an average digit are paper.": ink.mean(axes),
        "one | One number for all of them: take the mean over the axes 1 and 2 only.": ink.mean(),
        "count | These are numbers of pixels; a share is divided by 784.": ink.sum(axes),
        "grey | That is the mean grey value; ask which pixels are above 0.": (grey, grey / 255),
        "per cent | These are per cent; a share runs from 0 to 1.": 100 * ink.mean(axes),
    }
    return compare(call(answer, images), explained)


@exercise("1.3")
def split_by_writers(answer):
    writers = helpers.load_mnist("development", writers=True)[2]
    for wrote in (writers, writers[::-1]):  # and no answer holds for one order alone
        chosen = mask(call(answer, wrote.copy()), wrote.shape, "of 60,000 digits")
        torn, share = np.intersect1d(wrote[chosen], wrote[~chosen]), 100 * chosen.mean()
        refuse_if(len(torn), f"leak | {len(torn)} writers have digits on both sides.")
        refuse_if(abs(share - 100 / 6) > 6, f"size | {share:.0f} % of the digits, not a sixth.")
        students = 100 * np.mean(wrote[chosen] >= 2100)
        group = "one group | About half should be by students (2100 and above), and {:.0f} % are."
        refuse_if(abs(students - 50) > 15, group.format(students))
    return "right | Nobody is on both sides, so validation asks about new people."


@exercise("1.4")
def better_than_ten_means(answer):
    images, labels = helpers.load_mnist("validation")
    score = accuracy(call(answer, images), labels)
    refuse_if(score < 20, f"chance | {score:.1f} %: no better than chance. Are these the labels?")
    refuse_if(score < 83, f"means | {score:.1f} %: no better than the ten means.")  # 81.7 ± 0.8
    return f"right | {score:.0f} % of the validation digits, against 82 % of the ten means."


@exercise("2.2")
def width_of_the_ink(answer):
    image = helpers.load_mnist("validation")[0][5].astype(float)
    places = np.indices(image.shape).reshape(2, -1)
    height, width = np.sqrt(np.diag(np.cov(places, aweights=image.ravel(), ddof=0)))
    of_pixels = np.std(np.nonzero(image)[1])
    explained = {
        "right | `helpers.normalize_size` measures this, in both directions.": width,
        "variance | That is the variance; take the square root.": width**2,
        "height | That is the height: measure along the columns.": height,
        "pixels | Here every inked pixel counts the same; weigh it by its ink.": of_pixels,
    }
    return compare(call(answer, image), explained)


@exercise("2.3")
def fewer_numbers_than_pixels(answer):
    images, labels = (part[:5000] for part in helpers.load_mnist("train"))
    new_images, new_labels = helpers.load_mnist("validation")
    known, new = (numbers(call(answer, part)) for part in (images, new_images))
    if known.ndim != 2 or len(known) != 5000 or new.shape != (len(new_labels), known.shape[1]):
        raise NotYet(f"rows | Expected a row of numbers for each image, and got {known.shape}.")
    count = known.shape[1]
    refuse_if(count >= 784, f"many | {count} numbers are not fewer than the 784 pixels.")
    means = np.stack([known[labels == digit].mean(axis=0) for digit in range(10)])
    distances = (means**2).sum(axis=1) - 2 * new @ means.T
    score = accuracy(distances.argmin(axis=1), new_labels)
    refuse_if(score < 81, f"lost | {score:.1f} %: the 784 pixels reach 81 %. What is lost?")
    return f"right | The nearest centroid reaches {score:.0f} % with your {count} numbers."


@exercise("3.1")
def vote_by_distance(answer):
    generator = np.random.default_rng(0)
    labels = generator.choice([4, 9], (50, 5))  # with two classes, five votes are never even
    distances = np.sort(generator.uniform(1, 5, (50, 5)))
    right, majority, far = (
        np.where(np.average(labels, axis=1, weights=votes) > 6.5, 9, 4)
        for votes in (1 / distances, np.ones((50, 5)), distances)
    )
    explained = {
        "right | A near neighbour outvotes two far ones.": right,
        "majority | That is the plain majority; weigh each vote by 1 / distance.": majority,
        "far | The far ones count most: weigh by 1 / distance.": far,
        "nearest | Only the nearest one votes; all five should.": labels[:, 0],
    }
    return compare([call(answer, *case) for case in zip(labels, distances)], explained)


@exercise("3.3")
def choice_of_k(answer):
    if not isinstance(answer, dict) or not {"k", "tried"} <= set(answer):
        raise NotYet('dictionary | Expected a dictionary such as {"k": 5, "tried": 1}.')
    k, tried = answer["k"], answer["tried"]
    if not (isinstance(k, int | np.integer) and isinstance(tried, int | np.integer)):
        raise NotYet("whole | Both are whole numbers.")
    refuse_if(tried < 2, "tried | One setting alone was not chosen; try some others.")
    refuse_if(not 3 <= k <= 12, f"plateau | k = {k} lies off the plateau of the table above.")
    return f"right | Of {tried} settings the best had some luck, too; say so when you report it."


@exercise("4.2")
def rbf_kernel(answer):
    a, b = np.array([[1.0, 2.0, 3.0], [2.0, 0.0, 3.5]])
    squares = (a - b) ** 2
    right, distance = np.exp(-0.3 * squares.sum()), np.sqrt(squares.sum())
    explained = {
        "right | 1 for equal points, and near 0 beyond a distance that gamma sets.": right,
        "sign | The similarity grows with the distance: mind the sign.": 1 / right,
        "distance | The distance is not squared.": np.exp(-0.3 * distance),
        "gamma | Where is gamma?": np.exp(-squares.sum()),
        "sum | Add up the squared differences: a similarity is one number.": np.exp(-0.3 * squares),
    }
    return compare(call(answer, a, b, 0.3), explained)


@exercise("4.3")
def mean_hinge_loss(answer):
    decisions = np.array([2.5, 1.0, 0.4, -0.2, -3.0])
    loss, wrong = np.maximum(1 - decisions, 0), np.maximum(-decisions, 0)
    explained = {
        "right | Beyond the margin nothing is lost; on the wrong side it grows with the "
        "distance.": loss.mean(),
        "sum | That is the sum; take the mean.": loss.sum(),
        "each | These are the losses of each point; take their mean.": loss,
        "negative | Points beyond the margin lose nothing, not less than nothing.": (
            (1 - decisions).mean()
        ),
        "margin | Loss begins at the edge of the margin, at 1, not at the border.": wrong.mean(),
        "count | These are shares of points; add up how far they are off.": (
            (decisions < 0).mean(),
            (decisions < 1).mean(),
        ),
    }
    return compare(call(answer, decisions), explained)


@exercise("4.4")
def shares_of_support_vectors(answer):
    shares = numbers(answer)
    if shares.shape != (3,):
        raise NotYet("three | Expected three numbers, for 500, 2,000 and 8,000 digits.")
    if max(shares) > 100:
        raise NotYet("counts | These are counts; divide by the number of digits, times 100.")
    refuse_if(max(shares) < 1, "share | These are shares from 0 to 1; give per cent.")
    if not shares[0] > shares[1] > shares[2]:
        raise NotYet("rise | The share should fall as digits are added. One sample, one setting?")
    if np.any(np.abs(shares - (60, 34, 18)) > 15):
        raise NotYet("far | They fall, but from elsewhere: did you count `support_`, with C = 10?")
    return "right | The share falls: of many new digits, few lie at a border that is known already."


@exercise("5.1")
def gradient_descent(answer):
    step = 0.1 * 2 * (1 - 4)  # of a parabola with its lowest point at 4, from weight 1
    explained = {
        "right | Each step is shorter, as the slope gets smaller.": 4 - 3 * 0.8**5,
        "uphill | Against the slope: subtract, and the loss falls.": 4 - 3 * 1.2**5,
        "one | That is after one step; take all of them.": 1 - step,
        "start | The slope changes with the weight: ask for it before each step.": 1 - 5 * step,
        "rate | The learning rate is not used.": 7,
    }
    return compare(call(answer, lambda weight: 2 * (weight - 4), 1.0, 0.1, 5), explained)


@exercise("5.2")
def early_stopping(answer):
    losses = [0.50, 0.30, 0.35, 0.25, 0.28, 0.27, 0.26, 0.20]
    explained = {
        "right | Patience is a bet that nothing better comes later; here it would have.": [3, 2],
        "all | That is the lowest of all; it had stopped before it saw that one.": [7, 2],
        "stop | That is where it stops, not whose weights it restores.": [6, 2],
        "one | Epochs are counted from 0 here.": [4, 3],
        "first | A loss may rise once: wait for `patience` epochs.": [1, 2],
    }
    epochs = [call(answer, losses, 3), call(answer, [3.0, 2.0, 1.0], 3)]
    return compare(epochs, explained)


@exercise("5.3")
def mended_network(answer):
    from helpers.models import NetworkClassifier

    refuse_if(not hasattr(answer, "layers"), "type | Hand over the network itself.")
    optimizer = getattr(answer, "optimizer", None)
    refuse_if(optimizer is None, "compile | It has to be compiled, with optimiser and loss.")
    images, labels = (part[:2000] for part in helpers.load_mnist("train"))
    new, new_labels = (part[:2000] for part in helpers.load_mnist("validation"))
    call(lambda: answer.fit(images[..., None], labels, batch_size=50, epochs=3, verbose=0) or 0)
    score = accuracy(call(NetworkClassifier(answer).predict, new), new_labels)
    if score < 70:
        last = getattr(getattr(answer.layers[-1], "activation", None), "__name__", "")
        refuse_if(
            last != "softmax", "softmax | Ten outputs are probabilities only after a softmax."
        )
        high = float(optimizer.learning_rate) > 0.1
        refuse_if(high, "rate | Such a learning rate jumps over every valley.")
        raise NotYet("bug | It still does not learn. What does the lesson's network do otherwise?")
    return "right | Over 70 % after three epochs, and two bugs fewer."


@exercise("5.4")
def small_network(answer):
    from helpers.models import NetworkClassifier

    refuse_if(not hasattr(answer, "count_params"), "type | Hand over the trained Keras network.")
    images, labels = helpers.load_mnist("validation")
    score = accuracy(call(NetworkClassifier(answer).predict, images), labels)
    count = call(answer.count_params)
    refuse_if(count > 10_000, f"large | {count:,} parameters; the goal is 10,000 or fewer.")
    refuse_if(score < 90, f"new | {score:.1f} %: was it trained? It gets grey values up to 255.")
    refuse_if(score < 97, f"short | {score:.1f} %. Give it more digits or more epochs.")
    return f"right | Over 97 % of the validation digits with {count:,} parameters."


@exercise("6.2")
def writers_without_a_mistake(answer):
    right = np.array([True] * 5 + [False] + [True] * 6)
    writers = np.array([7, 7, 9, 9, 9, 9, 2, 2, 2, 2, 2, 31])
    explained = {
        "right | A mean over people: each counts once, however much they wrote.": 0.75,
        "digits | That is the share of the digits; ask about people.": right.mean(),
        "some | That is the share of writers with a mistake.": 0.25,
        "count | That is how many; divide by the number of writers.": 3,
        "per cent | A share runs from 0 to 1.": 75,
    }
    return compare(call(answer, right, writers), explained)


@exercise("6.3")
def hard_group(answer):
    images, labels = helpers.load_mnist("test")
    group = mask(call(answer, images.copy()), labels.shape, "image")
    refuse_if(group.sum() < 500, f"small | {group.sum()} digits: fewer than 500 are luck.")
    with redirect_stdout(None):
        wrong = helpers.load_model("knn").predict(images) != labels
    times, told = wrong[group].mean() / wrong.mean(), f"{wrong[group].sum()} of {group.sum()}"
    refuse_if(times < 2, f"alike | {told} wrong: {times:.1f} times as often as of all.")
    return f"right | {told} wrong, {times:.1f} times as often. How many rules have you tried?"


@exercise("7.1")
def softmax_at_a_temperature(answer):
    margins = np.array([[3.0, 1.0, 0.5], [0.2, 0.1, 0.4]])
    cold, plain, hot = (scipy.special.softmax(margins * by, axis=1) for by in (2, 1, 0.5))
    everywhere = scipy.special.softmax(margins / 2)
    explained = {
        "right | It changes how confident the model is, never what it predicts.": hot,
        "multiplied | You multiplied: a temperature above 1 should make it less confident.": cold,
        "rows | All numbers together sum to 1; each row should.": everywhere,
        "unused | The temperature is not used.": plain,
        "after | The rows no longer sum to 1: divide before the softmax.": plain / 2,
    }
    return compare(call(answer, margins, 2.0), explained)


@exercise("7.2")
def rejection_of_the_least_certain(answer):
    probabilities = scipy.special.softmax(np.random.default_rng(0).normal(0, 2, (200, 10)), axis=1)
    confidence = probabilities.max(axis=1)
    rank, below = confidence.argsort().argsort(), confidence < 0.1
    explained = {
        "right | Rejecting is the cheapest way to be right more often.": rank < 20,
        "most confident | These are the most confident ones.": rank >= 180,
        "accepted | These are the digits to accept; reject the others.": rank >= 20,
        "threshold | The share is a tenth here, not a threshold for the probability.": below,
    }
    rejected = numbers(call(answer, probabilities, 0.1))
    refuse_if(
        rejected.shape != (200,), "rows | Expected True or False for each row of `probabilities`."
    )
    return compare(rejected, explained)


@exercise("7.3")
def threshold_that_keeps_a_share(answer):
    distances = np.random.default_rng(0).lognormal(2, 0.25, 10_000)
    nearest, small, right = np.quantile(distances, [0.1, 0.009, 0.9])
    normal = distances.mean() + 1.2816 * distances.std()
    explained = {
        "right | As many new digits are kept if the model had not seen these, either.": right,
        "nearest | That keeps the nearest tenth; keep nine tenths here.": nearest,
        "per cent | `np.percentile` takes per cent; `kept` is a share from 0 to 1.": small,
        "greatest | That is a share of the greatest distance, not of digits.": 0.9 * max(distances),
        "normal | That would hold for a bell curve; distances have a longer tail.": normal,
    }
    return compare(call(answer, distances, 0.9), explained, within=0.005)


@exercise("7.4")
def digits_corrupted(answer):
    images, labels = (part[:500] for part in helpers.load_mnist("validation"))
    corrupted = numbers(call(answer, images.copy()), dtype=None)
    if corrupted.shape != images.shape or corrupted.dtype != np.uint8:
        got = f"{corrupted.dtype} of the shape {corrupted.shape}"
        raise NotYet(f"type | Expected uint8 of the shape {images.shape}, and got {got}.")
    refuse_if((corrupted == images).all(), "same | Nothing has changed.")
    if len(np.unique(corrupted.reshape(500, 784), axis=0)) < 400:
        raise NotYet("alike | They all look alike now: nobody could read them.")
    with redirect_stdout(None):  # which models these are was said above
        models = {name: helpers.load_model(name) for name in ("knn", "svm", "cnn")}
    scores = {name: accuracy(model.predict(corrupted), labels) for name, model in models.items()}
    told = ", ".join(f"{name} about {5 * round(score / 5)} %" for name, score in scores.items())
    refuse_if(
        min(scores.values()) > 90, f"robust | Most are still right: {told}. Corrupt them more."
    )
    return f"right | {told}. Now look at a few: could you still read them?"


@exercise("8.1")
def centre_of_ink(answer):
    image = helpers.load_mnist("validation")[0][3].astype(float)
    row, column = (np.average(places, weights=image) for places in np.indices(image.shape))
    of_pixels = [places.mean() for places in np.nonzero(image)]
    explained = {
        "right | MNIST puts it at row 14 and column 14.": [row, column],
        "order | The row comes first, then the column.": [column, row],
        "pixels | Every inked pixel counts the same here; weigh it by its ink.": of_pixels,
    }
    return compare(call(answer, image), explained)


@exercise("8.3")
def own_handwriting(answer):
    counts = numbers(answer, dtype=None)
    refuse_if(counts.shape != (2,), "two | Expected two numbers: classified correctly, written.")
    refuse_if(counts.dtype.kind not in "iu", "whole | Both are whole numbers.")
    right, written = counts.tolist()
    if not 0 <= right <= written:
        raise NotYet("order | No more can be right than were written: the order is changed.")
    refuse_if(written < 20, "few | Collect at least 20 digits.")
    low, high = 100 * np.array(scipy.stats.binomtest(right, written).proportion_ci(method="wilson"))
    return f"right | The true accuracy lies plausibly between {low:.0f} and {high:.0f} %."


@exercise("9.1")
def copies_held_out(answer):
    generator = np.random.default_rng(0)
    for numbers_of in (np.arange(80), generator.choice(1000, 40, replace=False)):
        originals = generator.permutation(np.repeat(numbers_of, 10))
        chosen = mask(call(answer, originals.copy()), originals.shape, "copy")
        torn, share = np.intersect1d(originals[chosen], originals[~chosen]), 100 * chosen.mean()
        refuse_if(len(torn), f"leak | {len(torn)} digits have copies on both sides.")
        refuse_if(abs(share - 25) > 10, f"size | {share:.0f} % of the copies, not a quarter.")
    return "right | As with the writers of notebook 1: a copy is no new digit."


@exercise("9.2")
def exact_mcnemar(answer):
    before = np.repeat([True, True, False, False], [80, 2, 11, 7])
    after = np.repeat([True, False, True, False], [80, 2, 11, 7])
    p = partial(scipy.stats.binomtest, p=0.5)
    explained = {
        "right | Only the 13 digits on which they differ are tossed.": p(2, 13).pvalue,
        "tail | That is one tail: a change for the worse would count, too.": (
            p(2, 13, alternative="less").pvalue
        ),
        "all | Digits that are right, or wrong, both times are no tosses.": (
            p(2, 100).pvalue,
            p(11, 100).pvalue,
        ),
        "mistakes | The numbers of mistakes forget which digits they were; compare digit by "
        "digit.": p(9, 27).pvalue,
        "approximate | That is the chi-squared approximation; with few digits, be exact.": (
            scipy.stats.chi2.sf(64 / 13, 1),
            scipy.stats.chi2.sf(81 / 13, 1),
        ),
    }
    return compare(call(answer, before, after), explained, within=1e-4)


@exercise("9.3")
def what_the_figures_bear_out(answer):
    explained = {
        "b": "right | It says what was measured, of whom, and how easily luck does the same.",
        "a": "everybody | They were 110 digits, all of them Ann's.",
        "c": "probability | p assumes that teaching changes nothing; it is no probability of that.",
        "d": "absence | Six digits show little: that help is not proved does not disprove it.",
        "e": "family | Nobody else's digits were read; the matrix shows how little others gain.",
    }
    letter = str(answer).strip(" .)").lower()
    return explained.get(letter, 'letter | Answer with a letter from "a" to "e".')


@exercise("9.4")
def before_and_after_teaching(answer):
    pair = numbers(answer, dtype=None)
    if pair.ndim != 2 or len(pair) != 2 or pair.dtype != bool:
        raise NotYet("two | Expected two arrays of True and False, both of the same length.")
    before, after = pair
    refuse_if(len(before) < 40, f"few | {len(before)} digits say little: measure on 40 or more.")
    better, worse = int(np.sum(~before & after)), int(np.sum(before & ~after))
    p = scipy.stats.binomtest(better, better + worse).pvalue if better + worse else 1
    told = f"{better} digits better, {worse} worse, p = {p:.2g}"
    return f"right | {told}. Were none of them taught, and none the reason to stop?"


@exercise("10.2")
def five_nearest_of_both(answer):
    first, second = np.sort(np.random.default_rng(0).random((2, 100, 5)), axis=2)
    both, smaller = np.concatenate([first, second], axis=1), np.minimum(first, second)
    merged, positions = np.sort(both, axis=1), both.argsort(axis=1)[:, :5]
    explained = {
        "right | Merging two reports gives a report again, so any number of them can be "
        "merged.": merged[:, :5],
        "each | Place by place will not do: all of the five may come from the same part.": smaller,
        "first | These are the five of the first part; sort all ten, then keep five.": first,
        "positions | These are their places; the distances themselves are asked for.": positions,
        "order | Smallest first.": merged[:, 4::-1],
        "all | These are all ten; keep the five smallest.": merged,
        "largest | These are the five largest.": merged[:, 5:],
    }
    return compare(call(answer, first, second), explained)


@exercise("10.3")
def copies_that_help(answer):
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    images, labels = (part[:500] for part in helpers.load_mnist("train"))
    queries, query_labels = helpers.load_mnist("validation")
    normal, queries = (helpers.normalize_size(helpers.deskew(part)) for part in (images, queries))
    copies = np.tile(normal, (4, 1, 1))
    changed = numbers(call(answer, copies.copy(), np.random.default_rng(0)))
    if changed.shape != copies.shape:
        raise NotYet(f"size | Expected the shape {copies.shape}, and got {changed.shape}.")
    if np.abs(changed - copies).mean() < 0.1:
        raise NotYet("same | Nothing has changed: a copy of the same digit brings nothing new.")
    if not (changed.min() >= 0 and changed.max() <= 255):  # NaN fails here, too
        raise NotYet("grey | These are no digits any more: grey values run from 0 to 255.")
    queries, reference, changed = map(helpers.gradient_features, (queries, normal, changed))
    steps = make_pipeline(PCA(100, svd_solver="covariance_eigh"), helpers.WithinClassWhitening())
    steps.fit(reference, labels)
    scores = []
    for features in (reference, np.concatenate([reference, changed])):
        distances = scipy.spatial.distance.cdist(*map(steps.transform, (queries, features)))
        scores.append(accuracy(labels[distances.argmin(axis=1) % 500], query_labels))
    without, with_them = scores
    told = f"{without:.2f} % without the copies, {with_them:.2f} % with them"
    refuse_if(with_them < without - 0.5, f"other | {told}: they look like other digits now.")
    new = "they bring nothing new. What do deskew and normalize_size leave?"
    refuse_if(with_them <= without, f"old | {told}: {new}")
    return f"right | {told}."
