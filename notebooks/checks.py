"""The checks of the exercises: what is right, what the likeliest mistakes are, and why.

An explanation such as "multiplied | You multiplied: ..." begins with a key that names it; the
learner reads what follows. The key of what is right is "right".
"""

import re
import warnings
from collections import Counter
from contextlib import redirect_stdout
from copy import deepcopy
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import scipy  # its parts are loaded when they are first used, as those of helpers

import helpers


class NotYet(Exception):
    """An answer that is not right; its text is the explanation."""


def choice(*explanations):
    """The check of a multiple choice, given what is said of "a", of "b" and so on."""
    return partial(explain_letter, dict(zip("abcdefg", explanations)))


def explain_letter(explanations, answer):
    """The explanation of the letter that the answer is, with or without brackets."""
    text = str(numbers(answer, dtype=None).squeeze().tolist()).lower()
    letter = re.fullmatch(r"\W*([a-z])\W*", text)
    letters = '", "'.join(explanations)
    unknown = f'letter | Expected one letter in quotes: "{letters}".'
    return explanations.get(letter and letter[1], unknown)


# For each exercise the explanations and the value that each is about, as `compare` takes them; or
# a function that takes the answer, and returns or raises an explanation: these follow below.
CHECKS = {
    "1.3": choice(
        "a | How far two distant islands are apart means nothing on such a map: only who is "
        "whose neighbour counts.",
        "right | Neighbours on the map have similar pixels, and here they are of two classes.",
        "c | Its pixels are like a nine's. Whether the label is wrong, only the image can tell.",
        "d | It saw no labels: they were drawn in afterwards.",
    ),
    "1.5": choice(
        "a | It was chosen for this very score: of five equally good models, the luckiest.",
        "b | `development` holds the validation digits: by then the model has learned them.",
        "c | Then `test` would be what chooses, and the best of five scores holds luck again.",
        "right | Nothing was learned from these digits, and nothing was chosen by them.",
    ),
    "2.2": choice(
        "a | Those are the votes of a vertical stroke: a gradient points across the stroke.",
        "b | That is its upper edge alone. Across the lower one the ink grows upwards.",
        "right | Downwards into the ink at the upper edge, upwards into it at the lower one.",
        "d | Along a stroke the grey value hardly changes, so only the directions across it get "
        "votes.",
    ),
    "3.5": choice(
        "a | The other way round: fitting stores the digits, a prediction compares with them all.",
        "right | Each stored digit is one more to compare with, and people differ more than the "
        "digits of one hand.",
        "c | The lesson tried: these features gained nothing from moved copies.",
        "d | In 150 dimensions a tree can skip too little: it was slower than brute force.",
    ),
    "4.3": choice(
        "a | A point between its own points and new ones is little. Overfitting is the border on "
        "the right.",
        "right | It is too smooth to follow the zeros: this is called underfitting.",
        "c | C is the same in all three, and a lower price of slack would make it smoother still.",
        "d | A small gap is worth nothing by itself: gamma = 1 gets more of the new points right.",
    ),
    "6.3": choice(
        "a | The table shows otherwise: the same models make more mistakes on others.",
        "b | That holds for these students. How children differ from employees, nobody measured.",
        "right | An accuracy holds for people like those it was measured on; ask children.",
        "d | It narrowed the gap to the students, and did not close it.",
    ),
    "6.4": choice(
        "a | That is as it should be: nobody is on both sides.",
        "b | That is as it should be: nothing was learned from the test digits.",
        "c | That is as it should be: validation chooses, and then may be learned from.",
        "right | These test digits have chosen the change, so they flatter it: the seal is broken "
        "without a single line of code that leaks.",
    ),
    "8.3": choice(
        "shadow | Then the shadow would be marked as ink, and nothing is but the pen.",
        "right | The pen is so dark that paper and pencil fall into one group.",
        "connected | No writing is marked, so there is nothing that could be connected.",
        "frame | The frame comes after the pieces, and the writing is in none of them.",
    ),
    "9.3": choice(
        "everybody | They were 110 digits, all of them Ann's.",
        "right | It says what was measured, of whom, and how easily luck does the same.",
        "probability | p assumes that teaching changes nothing; it is no probability of that.",
        "absence | Six digits show little: that help is not proved does not disprove it.",
        "family | Nobody else's digits were read; the matrix shows how little others gain.",
    ),
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
WITHIN = {"10.1": 0.1}
CHECKED = {}  # for each exercise what was said of its answers


class Result(NamedTuple):
    """What is said of an answer; where a notebook shows it, the sentence is printed."""

    exercise: str
    right: bool
    says: str

    def __repr__(self):
        return self.says

    def _ipython_display_(self):
        print(self.says)


def check(exercise, answer):
    """Tell whether the answer to an exercise is right, and if not, why.

    Parameters
    ----------
    exercise : str
        Its number, such as "1.2".
    answer : object
        What the exercise asks for; ``...``, or a function that returns it, is no answer yet.

    Returns
    -------
    Result
        The exercise, whether the answer is right, and the sentence that says so.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    if exercise not in CHECKS:
        choices = ", ".join(sorted(CHECKS, key=float))
        raise ValueError(f"no exercise {exercise!r}: choose one of {choices}")
    try:
        key, text = judge(exercise, answer)
    except Exception as error:  # rather a sentence than the traceback of a check
        key, text = "other", f"It cannot be checked, as {type(error).__name__} says: {error}"
    verdict = {"right": "right. ", "unanswered": "not answered yet."}.get(key, "not yet. ")
    result = Result(exercise, key == "right", f"Exercise {exercise}: {verdict}{text}")
    if key != "unanswered":
        CHECKED.setdefault(exercise, []).append(result)
    return result


def results():
    """What was answered since the kernel started, a line for each exercise: text to hand in."""
    return "\n".join(
        f"{exercise}: {'right' if said[-1].right else 'not yet'}, answers: {len(said)}"
        for exercise, said in sorted(CHECKED.items(), key=lambda item: float(item[0]))
    )


def judge(exercise, answer):
    """The key and the text of the explanation that an answer deserves."""
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
    answer = numbers(answer, dtype=None).squeeze()
    if answer.shape != shape or not np.isin(answer, (0, 1)).all():
        got = f"{answer.dtype} of the shape {answer.shape}"
        raise NotYet(f"mask | Expected True or False for each {of}, and got {got}.")
    return answer.astype(bool)


def compare(answer, explained, within=1e-6):
    """The explanation of the value, or of one of a tuple of values, that the answer is.

    Axes of length one do not count: a column, a row and a list of one are as good.
    """
    answer, right = numbers(answer).squeeze(), next(iter(explained.values()))
    for explanation, values in explained.items():
        for value in map(np.squeeze, values if isinstance(values, tuple) else [values]):
            if answer.shape == value.shape and np.allclose(answer, value, rtol=1e-5, atol=within):
                return explanation
    right = np.squeeze(right[0] if isinstance(right, tuple) else right)
    if answer.shape != right.shape:
        return f"size | Expected {size(right.shape)}, and got {size(answer.shape)}."
    these_are = "These are" if answer.shape else "That is"
    return f"other | {these_are} not right; look at the lesson again."


def compare_each(answer, cases, explain, within=1e-6):
    """The explanation of what a function returns for the first case in which it is wrong."""
    for number, case in enumerate(cases):
        explanation = compare(call(answer, *deepcopy(case)), explain(*case), within)
        key = explanation.split(" | ")[0]
        if key in ("other", "size") and number:
            return "fixed | Right once, and wrong for other numbers: does it use all it is given?"
        if key != "right":
            return explanation
    return explanation


def size(shape):
    few = {(): "one number", (1,): "a list of one"}
    return few.get(shape, f"{' × '.join(map(str, shape))} numbers")


def accuracy(predictions, labels):
    """The accuracy in per cent, after a look at the shape of the predictions."""
    predictions = numbers(predictions).squeeze()
    if predictions.shape != labels.shape:
        raise NotYet(
            f"no labels | Expected one label for each digit, shape {labels.shape}, and got "
            f"{predictions.shape}. An array of ten columns still needs argmax(axis=1)."
        )
    return 100 * float(np.mean(predictions == labels))


@exercise("1.1")
def share_of_ink(answer):
    def explain(images):
        ink, grey, axes = images > 0, images.mean(axis=(1, 2)), (1, 2)
        return {
            "right | Four fifths of an average digit are paper.": ink.mean(axes),
            "one | One number for all of them: take the mean over the axes 1 and 2 only.": (
                ink.mean()
            ),
            "count | These are numbers of pixels; a share is divided by 784.": ink.sum(axes),
            "grey | That is the mean grey value; ask which pixels are above 0.": (grey, grey / 255),
            "per cent | These are per cent; a share runs from 0 to 1.": 100 * ink.mean(axes),
            "paper | That is the share of the paper: ask for the pixels above 0.": (
                1 - ink.mean(axes)
            ),
        }

    images = helpers.load_mnist("validation")[0]
    return compare_each(answer, [(images[:20],), (images[20:27],)], explain, within=0.0006)


@exercise("1.2")
def longer_side(answer):
    def explain(image):
        rows, columns = np.nonzero(image)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        longer = max(height, width)
        return {
            "right | From row 4 to row 23 there are 20 rows: both ends count.": longer,
            "same | Still one short: from row 4 to row 23, how many rows are there?": longer - 1,
            "both | One number, the longer one.": [height, width],
            "shorter | That is its shorter side; some digits are wider than high.": min(
                height, width
            ),
            "always | MNIST's are 20; measure the image that is given.": 20,
            "last | That is the number of the last row or column; the ink begins later.": (
                max(rows.max(), columns.max()),
                max(rows.max(), columns.max()) + 1,
            ),
        }

    image = np.zeros((28, 28), np.uint8)
    image[7:24, 5:14] = helpers.load_mnist("validation")[0][3][5:22, 9:18]
    image[7, 7] = image[23, 9] = image[8, 5] = image[9, 13] = 255  # so its box is known
    return compare_each(answer, [(image,), (image.T,)], explain)


@exercise("1.4")
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


@exercise("1.6")
def better_than_ten_means(answer):
    images, labels = helpers.load_mnist("validation")
    order = np.random.default_rng(0).permutation(len(labels))  # labels by heart will not do
    score = accuracy(call(answer, images[order]), labels[order])
    refuse_if(
        score < 20,
        f"chance | {score:.1f} %: no better than chance. The check changes the order of the "
        "digits: does it look at the images?",
    )
    refuse_if(score < 83, f"means | {score:.1f} %: no better than the ten means.")  # 81.7 ± 0.8
    refuse_if(score > 99.9, f"known | {score:.1f} %: it knows these very digits. Fit on `train`.")
    return f"right | {score:.0f} % of the validation digits, against 82 % of the ten means."


@exercise("2.1")
def slope_of_the_ink(answer):
    def moments(ink, row, column):
        """The variances of y and of x about some point, and their covariance."""
        y, x = np.indices(ink.shape)
        y, x = y - row, x - column
        return [np.average(part, weights=ink) for part in (y * y, x * x, x * y)]

    def explain(image):
        height, width, both = moments(image, *scipy.ndimage.center_of_mass(image))
        corner, middle = moments(image, 0, 0), moments(image, 13.5, 13.5)
        of_pixels = moments(image > 0, *scipy.ndimage.center_of_mass(image > 0))
        return {
            "right | Moments are taken about the centre of mass.": both / height,
            "corner | It is still measured from the corner of the image.": corner[2] / corner[0],
            "middle | Measure from the centre of this digit's ink, not of the image.": (
                middle[2] / middle[0]
            ),
            "sign | The other way: it is positive where the ink moves to the right with each row "
            "down.": -both / height,
            "inverse | Columns for each row: divide by the variance of y.": (
                both / width,
                height / both,
            ),
            "covariance | That is the covariance; divide it by the variance of y.": both,
            "pixels | Here every inked pixel counts the same; weigh it by its ink.": (
                of_pixels[2] / of_pixels[0]
            ),
        }

    images = helpers.load_mnist("validation")[0][:12].astype(float)
    moved = np.roll(images, (-2, 3), axis=(1, 2))
    return compare_each(answer, [(moved[5],), (moved[10],)], explain, within=0.005)


@exercise("2.3")
def widened(answer):
    def explain(image):
        places = np.indices(image.shape).reshape(2, -1)
        height, width = np.sqrt(np.diag(np.cov(places, aweights=image.ravel(), ddof=0)))
        of_pixels = np.std(np.nonzero(image)[1])
        return {
            "right | Halfway: what is four times too narrow becomes twice as wide.": (
                (5 / width) ** 0.5
            ),
            "full | That goes all the way to 5 pixels; halfway takes the square root.": 5 / width,
            "narrower | The other way: a narrow digit is to become wider.": (
                (width / 5) ** 0.5,
                width / 5,
            ),
            "variance | That compares 5 with the variance; take the standard deviation.": (
                (5 / width**2) ** 0.5
            ),
            "height | That is for the height: measure along the columns.": (5 / height) ** 0.5,
            "pixels | Here every inked pixel counts the same; weigh it by its ink.": (
                (5 / of_pixels) ** 0.5
            ),
            "width | That is the width; the factor compares it with 5 pixels.": width,
        }

    images = helpers.load_mnist("validation")[0].astype(float)
    return compare_each(answer, [(images[6],), (images[0],)], explain, within=0.005)


@exercise("2.4")
def amounts_of_components(answer):
    def explain(image, mean, components):
        amounts = components @ (image - mean)
        return {
            "right | `pca.transform` does no more than this.": amounts,
            "mean | Subtract the mean first: the components say how a digit differs from it.": (
                components @ image
            ),
            "sign | The digit minus the mean, not the mean minus the digit.": -amounts,
            "added | The mean is added when a digit is rebuilt; here subtract it.": (
                components @ (image + mean)
            ),
            "length | An amount may be negative.": abs(amounts),
            "first | That is the first of the amounts; one for each component.": amounts[0],
            "rebuilt | That is the digit again, rebuilt; its amounts are asked for.": (
                mean + amounts @ components
            ),
            "products | Add up the products over the pixels: one number for each component.": (
                components * (image - mean),
                components * image,
            ),
        }

    images = helpers.load_mnist("validation")[0].reshape(-1, 784).astype(float)
    axes = np.linalg.qr(np.random.default_rng(0).normal(size=(784, 9)))[0].T
    mean = images[:100].mean(axis=0)
    cases = [(images[5], mean, axes[:4]), (images[9], mean, axes[4:])]
    return compare_each(answer, cases, explain, within=0.06)


@exercise("2.5")
def fewer_numbers_than_pixels(answer):
    images, labels = (part[:5000] for part in helpers.load_mnist("train"))
    new_images, new_labels = (part[::-1] for part in helpers.load_mnist("validation"))
    known, new = (numbers(call(answer, part.copy())).squeeze() for part in (images, new_images))
    if known.shape[:1] != (5000,) or new.shape != (len(new_labels), *known.shape[1:]):
        raise NotYet(f"rows | Expected a row of numbers for each image, and got {known.shape}.")
    known, new = known.reshape(len(known), -1), new.reshape(len(new), -1)
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
    distances = generator.uniform(1, 5, (50, 5))
    own = [numbers(call(answer, *case)) for case in deepcopy([*zip(labels, distances)])]
    one_each = all(vote.size == 1 for vote in own)
    refuse_if(not one_each, "size | One digit is asked for: the one with most votes.")

    def won(votes):
        return np.where(np.average(labels, axis=1, weights=votes) > 6.5, 9, 4)

    means = [
        np.ma.masked_array(distances, labels != digit).mean(axis=1).filled(9) for digit in (4, 9)
    ]
    average = np.average(labels, axis=1, weights=1 / distances)
    nearest, farthest = (
        labels[range(50), distances.argmin(1)],
        labels[range(50), distances.argmax(1)],
    )
    explained = {
        "right | A near neighbour outvotes two far ones.": won(1 / distances),
        "majority | That is the plain majority; weigh each vote by 1 / distance.": (
            won(np.ones((50, 5)))
        ),
        "far | The far ones count most: weigh by 1 / distance.": won(distances),
        "nearest | Only the nearest one votes; all five should.": nearest,
        "farthest | That is the label of the farthest one.": farthest,
        "square | These weights are 1 / distance²; without the square, please.": (
            won(distances**-2)
        ),
        "exp | These weights are exp(−distance); 1 / distance, please.": won(np.exp(-distances)),
        "mean | That compares mean distances; votes add up, so that two outweigh one.": (
            np.where(means[0] < means[1], 4, 9)
        ),
        "average | Labels are names, not quantities: between a 4 and a 9 there is no 6.": (
            average,
            average.round(),
        ),
        "weight | That is the sum of the weights; whose is it?": np.maximum(
            *((1 / distances * (labels == digit)).sum(axis=1) for digit in (4, 9))
        ),
    }
    return compare([vote.item() for vote in own], explained, within=1e-3)


def pipeline_of(answer):
    """A new copy of the learner's pipeline, which has to end with nearest neighbours."""
    from sklearn.base import clone

    is_one = hasattr(answer, "steps") and hasattr(answer, "fit")
    refuse_if(not is_one, "pipeline | Expected a Pipeline: make_pipeline(first step, ...).")
    last = "last | The last step should be a KNeighborsClassifier."
    refuse_if(not hasattr(answer.steps[-1][1], "kneighbors"), last)
    return call(clone, answer)


@exercise("3.2")
def pipeline_from_raw_images(answer):
    from sklearn.decomposition import PCA
    from sklearn.neighbors import KNeighborsClassifier

    model, k = pipeline_of(answer), answer.steps[-1][1].n_neighbors
    refuse_if(k != 3, f"neighbours | Three neighbours are asked for, and these are {k}.")
    found = [getattr(step, "n_components", None) for _, step in answer.steps]
    refuse_if(30 not in found, "components | Where is the step PCA(30)?")
    images, labels = (part[:1000] for part in helpers.load_mnist("train"))
    new = helpers.load_mnist("validation")[0][:500]
    predictions = call(lambda: model.fit(images, labels).predict(new))

    def alike(change):
        known, asked = (change(part).reshape(-1, 784) for part in (images, new))
        pca = PCA(30, random_state=0).fit(known)
        knn = KNeighborsClassifier(3).fit(pca.transform(known), labels)
        return np.mean(knn.predict(pca.transform(asked)) == predictions) > 0.98

    if alike(helpers.deskew):
        return "right | A new image needs nothing but `predict`, and no step can be forgotten."
    refuse_if(alike(np.array), "deskew | The digits are not deskewed.")
    raise NotYet("other | It predicts otherwise than these four steps in this order.")


@exercise("3.3")
def covariance_within_classes(answer):
    def explain(features, labels):
        classes, number = np.unique(labels, return_inverse=True)
        means = np.stack([features[labels == one].mean(axis=0) for one in classes])
        differences, count = features - means[number], len(labels)
        scatter = differences.T @ differences
        within = tuple(scatter / by for by in (count - 1, count, count - len(classes)))
        return {
            "right | What is left is how digits of one class differ, and that is what a metric "
            "should discount.": within,
            "total | This still holds how the classes differ: subtract from each row the mean of "
            "its own class.": (np.cov(features.T), np.cov(features.T, ddof=0)),
            "between | That is how the class means differ, which tells the classes apart.": (
                np.cov(means[number].T),
                np.cov(means[number].T, ddof=0),
                np.cov(means.T),
                np.cov(means.T, ddof=0),
            ),
            "digits | A row and a column for each digit; `np.cov` wants a row for each feature: "
            "use `.T`.": np.cov(differences),
            "correlation | Correlations have lost the variances.": np.corrcoef(differences.T),
            "one class | That is the covariance of one class alone.": tuple(
                np.cov(features[labels == one].T) for one in classes
            ),
            "variances | These are the variances; a covariance is asked for each pair, too.": (
                differences.var(axis=0),
                differences.var(axis=0, ddof=1),
            ),
            "sum | These are sums; a covariance is a mean.": scatter,
            "inverse | That is its inverse.": tuple(np.linalg.inv(one) for one in within),
        }

    generator, cases = np.random.default_rng(0), []
    for size, classes in [(3, 3), (2, 5)]:
        labels = generator.permutation(np.repeat(np.arange(classes), 20))
        means, mix = generator.normal(0, 4, (classes, size)), generator.normal(0, 1, (size, size))
        cases.append((means[labels] + generator.normal(0, 1, (len(labels), size)) @ mix, labels))
    return compare_each(answer, cases, explain, within=0.005)


@exercise("3.4")
def cross_validated_over_writers(answer):
    from sklearn.neighbors import KNeighborsClassifier

    generator = np.random.default_rng(0)
    writers = generator.permutation(np.repeat(np.arange(60), 6))
    coin = generator.permutation(np.repeat([0, 1], 30))[writers]  # each wrote one label only
    hands = generator.uniform(0, 10, (60, 2))[writers] + generator.normal(0, 0.15, (360, 2))
    labels = generator.permutation(np.repeat([0, 1], 180))
    easy = labels[:, None] + generator.normal(0, 0.4, (360, 2))
    model = KNeighborsClassifier(1)
    for features, truth, expected in [(hands, coin, 0.5), (easy, labels, 0.9)]:
        score = numbers(call(answer, model, features.copy(), truth.copy(), writers.copy()))
        score = score.squeeze()
        if score.shape:
            raise NotYet("each | One number is asked for: the mean of the scores of the folds.")
        refuse_if(score == 1, "learned | All right: are these digits it has learned from?")
        if expected == 0.5:
            leak = f"leak | {100 * score:.0f} % where new writers cannot be predicted: the digits "
            leak += "of one writer are in several folds. Give `cv` folds of whole writers."
            refuse_if(0.85 < score < 1, leak)
        refuse_if(20 < score <= 100, "per cent | A share runs from 0 to 1.")
        if not abs(score - expected) < 0.16:  # nor is NaN
            refuse_if(
                abs(score - 0.1) < 0.1 and expected == 0.9,
                "mistakes | These are mistakes; the share of what is right is asked for.",
            )
            refuse_if(expected == 0.9, "fixed | Right for one set of digits, wrong for another.")
            raise NotYet("other | That is no accuracy of this model over whole writers.")
    return "right | The folds that predict a writer have never met them."


@exercise("3.6")
def knn_with_fewer_numbers(answer):
    model = pipeline_of(answer)
    images, labels = (part[:2000] for part in helpers.load_mnist("train"))
    new, new_labels = (part[:2000] for part in helpers.load_mnist("validation"))
    score = accuracy(call(lambda: model.fit(images, labels).predict(new)), new_labels)
    count = model.steps[-1][1].n_features_in_
    refuse_if(count >= 150, f"many | It keeps {count} numbers for each digit; the lesson's 150.")
    refuse_if(score < 97, f"short | {score:.1f} % with {count} numbers; 97 % are wanted.")
    ask = "How many settings have you tried? The best of them had some luck, too."
    return f"right | {score:.1f} % with {count} numbers for each digit. {ask}"


@exercise("4.1")
def mean_hinge_loss(answer):
    def explain(decisions):
        loss, wrong = np.maximum(1 - decisions, 0), np.maximum(-decisions, 0)
        return {
            "right | Beyond the margin nothing is lost; on the wrong side it grows with the "
            "distance.": loss.mean(),
            "sum | That is the sum; take the mean.": loss.sum(),
            "each | These are the losses of each point; take their mean.": loss,
            "negative | Points beyond the margin lose nothing, not less than nothing.": (
                (1 - decisions).mean()
            ),
            "margin | Loss begins at the edge of the margin, at 1, not at the border.": (
                wrong.mean()
            ),
            "count | These are shares of points; add up how far they are off.": (
                (decisions < 0).mean(),
                (decisions < 1).mean(),
            ),
            "some | Points that lose nothing count in the mean, too.": loss[loss > 0].mean(),
            "sign | A decision on the right side is positive, and takes away from 1.": (
                np.maximum(1 + decisions, 0).mean()
            ),
            "square | That is the squared hinge loss.": (loss**2).mean(),
        }

    cases = [(np.array([2.5, 1.0, 0.5, -0.2, -3.0]),), (np.array([1.5, 0.75, 0.3, -1]),)]
    return compare_each(answer, cases, explain, within=0.0006)


@exercise("4.2")
def rbf_kernel(answer):
    def explain(a, b, gamma):
        squares = (a - b) ** 2
        right, distance = np.exp(-gamma * squares.sum()), np.sqrt(squares.sum())
        return {
            "right | 1 for equal points, and near 0 beyond a distance that gamma sets.": right,
            "sign | The similarity grows with the distance: mind the sign.": 1 / right,
            "distance | The distance is not squared.": np.exp(-gamma * distance),
            "gamma | Where is gamma?": np.exp(-squares.sum()),
            "each | Add up the squared differences: a similarity is one number.": (
                np.exp(-gamma * squares)
            ),
            "late | Add up before `exp`, not after it.": np.exp(-gamma * squares).sum(),
            "sum first | Square each difference before you add them up: they must not cancel.": (
                np.exp(-gamma * np.sum(a - b) ** 2)
            ),
            "mean | The squares are added up, not averaged.": np.exp(-gamma * squares.mean()),
            "divided | Multiply by gamma: a larger one makes the similarity fall faster.": (
                np.exp(-squares.sum() / gamma),
                np.exp(-squares.sum() / (2 * gamma**2)),
            ),
            "no exp | That is the exponent; where is `exp`?": -gamma * squares.sum(),
            "linear | That is the linear kernel.": a @ b,
        }

    a, b = np.array([[1.0, 2.0, 3.0], [2.0, 0.0, 3.5]])
    return compare_each(answer, [(a, b, 0.3), (b[:2], a[:2], 0.1)], explain, within=0.0006)


@exercise("4.4")
def search_without_leaks(answer):
    from sklearn.base import clone
    from sklearn.model_selection import check_cv

    grid = getattr(answer, "param_grid", getattr(answer, "param_distributions", None))
    refuse_if(grid is None, "type | Expected the search itself: GridSearchCV(...), not fitted.")
    steps = [step for _, step in getattr(answer.estimator, "steps", [])]
    whitened = any(isinstance(step, helpers.WithinClassWhitening) for step in steps)
    refuse_if(
        not whitened,
        "whitening | The whitening learns from labels, so it has to be a step of the pipeline that "
        "is searched.",
    )
    images, labels = (part[:300] for part in helpers.load_mnist("train"))
    writers = np.random.default_rng(0).integers(0, 30, 300)
    features = helpers.gradient_features(images)
    digits = features, labels, writers
    with warnings.catch_warnings(action="ignore"):  # of groups that are ignored: it is said below
        folds = call(lambda: [*check_cv(answer.cv, labels, classifier=True).split(*digits)])
    torn = [np.intersect1d(writers[fit], writers[held_out]) for fit, held_out in folds]
    cut = "writers | The same writer is in several folds: `cv` cuts by digits."
    refuse_if(any(map(len, torn)), cut)
    model = call(clone, answer.estimator)
    grids = [grid] if isinstance(grid, dict) else grid
    names = {name for settings in grids for name in settings}
    unknown = ", ".join(names - set(model.get_params()))
    named = f"grid | The pipeline has no {unknown}: name step and setting, such as svc__C."
    refuse_if(unknown, named)
    call(model.fit, features, labels)
    return "right | Whatever learns, learns without the fold that is scored, writers and all."


@exercise("4.5")
def virtual_support_vectors(answer):
    generator = np.random.default_rng(0)
    images = np.zeros((8, 28, 28), np.uint8)
    images[:, 6:22, 6:22] = generator.integers(0, 256, (8, 16, 16))
    labels, support = np.arange(8), np.array([1, 4, 6])

    def moved(own=support, axes=(2, 1), steps=(1, -1), original=True):
        moves = [np.roll(images[own], step, axis=axis) for axis in axes for step in steps]
        stack = [images[own]] * original + moves
        return Counter(image.tobytes() for image in np.concatenate(stack)), stack

    given = call(answer, images.copy(), labels.copy(), support.copy())
    pair = isinstance(given, tuple | list) and len(given) == 2
    refuse_if(not pair, "two | Return two things: the images, and their labels.")
    own, owners = (numbers(part).squeeze() for part in given)
    if own.ndim < 2 or own[0].size != 784 or not np.array_equal(own, own.astype(np.uint8)):
        raise NotYet(f"images | Expected images of 28 × 28, and got the shape {own.shape}.")
    own = own.astype(np.uint8).reshape(-1, 28, 28)
    found = Counter(image.tobytes() for image in own)
    mistakes = {
        "all | Only the support vectors are moved, not all the digits.": [moved(range(8))],
        "originals | The support vectors themselves belong to it, too.": [moved(original=False)],
        "copies | These are copies; each is to be moved by a pixel.": [moved(steps=(0, 0))],
        "axis | Axis 0 is the images; columns and rows are the axes 2 and 1.": [moved(axes=(0, 1))],
        "directions | Four directions: to the right, left, down and up.": [
            moved(axes=axes) for axes in [(1,), (2,), (1, 1), (2, 2)]
        ],
        "far | By one pixel, not by more.": [moved(steps=(2, -2))],
    }
    for explanation, stacks in mistakes.items():
        refuse_if(any(found == wrong for wrong, _ in stacks), explanation)
    right, stack = moved()
    refuse_if(found != right, "other | These are not the support vectors and their four copies.")
    label = {image.tobytes(): labels[i] for part in stack for image, i in zip(part, support)}
    if owners.shape != (len(own),) or any(label[i.tobytes()] != own for i, own in zip(own, owners)):
        raise NotYet(
            "labels | Each copy keeps its label: five times all of them, as `np.tile` does."
        )
    return "right | They tell the model what you know: that a moved digit is the same digit."


@exercise("4.6")
def fewer_support_vectors(answer):
    from sklearn.svm import SVC

    answer = answer.values() if isinstance(answer, dict) else answer
    models = call(list, answer)
    models = [getattr(model, "steps", [(None, model)])[-1][1] for model in models]
    refuse_if(len(models) != 3, "three | Expected a list of three models.")
    refuse_if(
        not all(hasattr(one, "kernel") for one in models), "type | Expected the SVCs themselves."
    )
    refuse_if(not all(hasattr(one, "support_") for one in models), "fitted | Fit them first.")
    refuse_if(any(one.kernel != "rbf" for one in models), "kernel | `SVC(C=10)` has an RBF kernel.")
    refuse_if(any(one.C != 10 for one in models), "C | C = 10 is asked for.")
    models.sort(key=lambda one: one.shape_fit_[0])
    sizes, widths = zip(*(one.shape_fit_ for one in models))
    told = "digits | They have seen {} digits, and should have seen 500, 2,000 and 8,000."
    refuse_if(sizes != (500, 2000, 8000), told.format(", ".join(map(str, sizes))))
    refuse_if({*widths} != {588}, "features | Expected the 588 numbers of the gradient histograms.")
    images, labels = (part[:500] for part in helpers.load_mnist("train"))
    features = helpers.gradient_features(helpers.normalize_size(helpers.deskew(images)))
    known = SVC(C=10).fit(features, labels).support_
    alike = len(np.intersect1d(known, models[0].support_)) / len(
        np.union1d(known, models[0].support_)
    )
    refuse_if(
        alike < 0.95,
        "other | Their support vectors are others. The normalised digits, in the order of `train`?",
    )
    shares = ", ".join(f"{100 * len(one.support_) / size:.0f}" for one, size in zip(models, sizes))
    stay = 100 * np.isin(models[0].support_, models[2].support_).mean()
    return (
        f"right | {shares} %: of many new digits, few lie at a border that is known already. "
        f"{stay:.0f} % of the support vectors among 500 digits still are some among 8,000."
    )


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


@exercise("6.1")
def interval_over_writers(answer):
    generator = np.random.default_rng(0)
    for number, (few, many) in enumerate([(10, 50), (45, 15)]):
        sizes = np.repeat([few, many], 20)  # who writes more is predicted worse, or better
        chances = np.repeat([0.95, 0.65], 20) + generator.choice([-0.2, 0.05], 40)
        writers = generator.permutation(np.repeat(np.arange(40), sizes))
        right = generator.random(len(writers)) < chances[writers]
        counts, correct = np.bincount(writers), np.bincount(writers, right)
        drawn = generator.integers(40, size=(4000, 40))
        draws = 100 * correct[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
        equal = 100 * (correct / counts)[drawn].mean(axis=1)
        ends = [0.025, 0.975]
        over_writers, middle = np.quantile(draws, ends), np.quantile(draws, [0.25, 0.75])
        mean, share = 100 * right.mean(), right.mean()
        half = 196 * np.sqrt(share * (1 - share) / len(right))
        over_digits = np.array([mean - half, mean + half])
        explained = {
            "right | Wider than over digits: people are what was drawn.": over_writers,
            "digits | That is the interval over digits: draw writers, and take all digits of each "
            "writer that is drawn.": over_digits,
            "equal | Who wrote more has more digits: count digits of the writers drawn, not the "
            "mean of their accuracies.": np.quantile(equal, ends),
            "middle | That holds the middle half of the draws, not 95 %.": middle,
            "order | Low first, then high.": over_writers[::-1],
            "mistakes | These are shares of mistakes; the accuracy is asked for.": (
                100 - over_writers[::-1]
            ),
        }
        own = numbers(call(answer, right.copy(), writers.copy())).squeeze()
        refuse_if(own.shape != (2,), "one | An interval is two numbers, low and high.")
        refuse_if(0 < max(abs(own)) <= 1, "share | Multiply by 100: per cent.")
        off = {explanation: max(abs(own - value)) for explanation, value in explained.items()}
        explanation = min(off, key=off.get)
        if not off[explanation] < 0.15 * np.ptp(over_writers):  # draws differ a little
            explanation = "other | That is another interval; look at the lesson again."
        if not explanation.startswith("right"):
            refuse_if(number, "fixed | Right once, and wrong for other writers.")
            return explanation
    return explanation


@exercise("6.2")
def mcnemar(answer):
    from scipy.stats import binomtest, chi2, fisher_exact, norm

    def explain(a, b):
        only_a, only_b, count = np.sum(a & ~b), np.sum(b & ~a), len(a)
        p, lead = binomtest(only_a, only_a + only_b).pvalue, abs(only_a - only_b)
        table = [[a.sum(), b.sum()], [(~a).sum(), (~b).sum()]]
        spread = np.sqrt((a.var() + b.var()) / count)
        pooled = np.concatenate([a, b]).std() * np.sqrt(2 / count)
        return {
            "right | The digits on which they agree say nothing about which is better.": p,
            "tail | That is one tail: an uneven split to the other side counts, too.": p / 2,
            "approximate | That is an approximation; with so few tosses take the exact test, "
            "`binomtest`.": tuple(
                chi2.sf((lead - less) ** 2 / (only_a + only_b), 1) for less in (0, 1)
            ),
            "unpaired | That takes the two for different digits: compare digit by digit.": (
                *(2 * norm.sf(lead / count / by) for by in (spread, pooled)),
                fisher_exact(table).pvalue,
                scipy.stats.chi2_contingency(table).pvalue,
            ),
            "mistakes | Mistakes that both make are no tosses: count the digits that only one gets "
            "right.": binomtest((~a).sum(), (~a).sum() + (~b).sum()).pvalue,
            "totals | Digits that both get right are no tosses: count those that only one gets "
            "right.": binomtest(a.sum(), a.sum() + b.sum()).pvalue,
            "counts | These are the tosses; now `binomtest`.": [only_a, only_b],
            "lead | That is the difference of the accuracies.": lead / count,
            "tosses | The digits on which they differ are the tosses, not all of them.": (
                binomtest(only_a, count).pvalue
            ),
            "per cent | p runs from 0 to 1.": 100 * p,
            "reverse | p is the probability of such a split, not of a lesser one.": 1 - p,
        }

    cases = []
    for only_a, only_b, neither in [(12, 3, 20), (4, 15, 9)]:
        kinds = [0] * 2000 + [1] * only_a + [2] * only_b + [3] * neither
        kinds = np.random.default_rng(0).permutation(kinds)
        cases.append((kinds < 2, (kinds == 0) | (kinds == 2)))
    return compare_each(answer, cases, explain, within=0.0006)


@exercise("6.5")
def precision_and_recall(answer):
    def explain(confusion, digit):
        right, total = np.diag(confusion), confusion.sum()
        precision, recall = right / confusion.sum(axis=0), right / confusion.sum(axis=1)
        p, r, both = precision[digit], recall[digit], [confusion[:, digit], confusion[digit]]
        return {
            "right | Precision divides by its column, all that was predicted as the digit; recall "
            "by its row, all that is the digit.": [p, r],
            "swapped | Precision first. Labels are the rows, predictions the columns.": [r, p],
            "counts | These are counts; a share is what is right, divided by them.": (
                np.sum(both, axis=1),
                [right[digit]] * 2,
            ),
            "total | Divide by one row or one column, not by all digits.": (
                [right[digit] / total] * 2
            ),
            "accuracy | That is the accuracy, of all digits.": [right.sum() / total] * 2,
            "per cent | A share runs from 0 to 1.": [100 * p, 100 * r],
            "one | Two numbers are asked for: precision, recall.": (p, r),
            "all | These are for all digits; one of them is asked for.": (
                np.array([precision, recall]),
                np.array([precision, recall]).T,
            ),
            "mistakes | These are shares of mistakes; how many are right?": [1 - p, 1 - r],
            "twice | That is the same share twice: one divides by a row, the other by a column.": (
                [p, p],
                [r, r],
            ),
        }

    first = np.array([[50, 3, 1], [7, 40, 6], [0, 2, 30]])
    second = np.array([[20, 9, 0, 1], [2, 60, 0, 0], [4, 1, 35, 0], [0, 0, 8, 25]])
    return compare_each(answer, [(first, 1), (second, 0)], explain, within=0.0006)


@cache
def finished(name):
    """A finished model, loaded once: to fit the KNN and the SVM again takes some seconds."""
    with redirect_stdout(None):  # which model this is was said in the lesson
        return helpers.load_model(name)


@cache
def missed_by_knn():
    """Which test digits the KNN misclassifies."""
    images, labels = helpers.load_mnist("test")
    return finished("knn").predict(images) != labels


@exercise("6.6")
def hard_group(answer):
    images, labels = helpers.load_mnist("test")
    group = mask(call(answer, images.copy()), labels.shape, "image")
    refuse_if(group.sum() < 500, f"small | {group.sum()} digits: fewer than 500 are luck.")
    again = mask(call(answer, images[::-1].copy()), labels.shape, "image")[::-1]
    refuse_if(
        np.sum(group != again) > 100,
        "order | With the images in another order it finds other digits: look at the images alone.",
    )
    wrong = missed_by_knn()
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
    models = {name: finished(name) for name in ("knn", "svm", "cnn")}
    scores = {name: accuracy(model.predict(corrupted), labels) for name, model in models.items()}
    told = ", ".join(f"{name} about {5 * round(score / 5)} %" for name, score in scores.items())
    refuse_if(
        min(scores.values()) > 90, f"robust | Most are still right: {told}. Corrupt them more."
    )
    return f"right | {told}. Now look at a few: could you still read them?"


@exercise("8.1")
def variance_within_two_groups(answer):
    values, threshold = np.random.default_rng(0).random(200) ** 2, 0.4
    groups = values[values > threshold], values[values <= threshold]
    shares, variances = np.transpose([(len(group) / 200, group.var()) for group in groups])
    right = shares @ variances
    of_deviations = shares @ np.sqrt(variances), np.sqrt(right)
    explained = {
        "right | Otsu's threshold is the one for which this is smallest.": right,
        "unweighted | The groups differ in size: each value counts once, not each group.": (
            variances.sum(),
            variances.mean(),
        ),
        "sum | That is the sum of the squares; take the mean over all values.": 200 * right,
        "deviation | Squared distances are asked for, not standard deviations.": of_deviations,
        "between | That is the variance between the groups, which Otsu makes large.": (
            values.var() - right
        ),
        "one group | That is the variance of all values; each group has a mean of its own.": (
            values.var()
        ),
    }
    return compare(call(answer, values.copy(), threshold), explained, within=1e-4)


@exercise("8.2")
def place_by_centre_of_mass(answer):
    image = helpers.load_mnist("validation")[0][19] / 255
    small = image[np.ix_(image.any(axis=1), image.any(axis=0))]  # a 7, heavy at its top
    placed = numbers(call(answer, small.copy()))
    refuse_if(placed.shape != (28, 28), f"size | Expected 28 × 28, and got {size(placed.shape)}.")
    if not np.isclose(placed.sum(), small.sum(), rtol=0.02):
        raise NotYet("ink | Ink was lost or added; the digit should only move.")
    (row, column), (height, width) = scipy.ndimage.center_of_mass(small), small.shape
    explained = {  # where the centre of mass comes to lie
        "right | A heavy head moves the digit down, as in MNIST.": ([14, 14], [13.5, 13.5]),
        "box | It is still the middle of the box that lies in the middle.": (
            [14 + row - height / 2, 14 + column - width / 2]
        ),
        "order | The row says how far down it goes, the column how far to the right.": (
            [14 + row - column, 14 + column - row]
        ),
        "corner | It lies in the corner.": [row, column],
    }
    return compare(scipy.ndimage.center_of_mass(placed), explained, within=0.51)


@exercise("8.4")
def reader_of_more_than_the_page(answer):
    from PIL import Image

    folder = helpers.data.ROOT / "data" / "pictures"
    page, chalk = (
        np.asarray(Image.open(folder / name).convert("L")) / 255
        for name in ("page.jpg", "chalk.jpg")
    )
    ruled = np.where(np.arange(len(page))[:, None] % 45 < 2, 0.6 * page, page)
    pen = page**0.3
    pen[435:470, 40:1000] = 0.04
    pictures = {"page": page, "chalk": chalk, "ruled": ruled, "pen": pen}
    pictures["on its side"] = np.rot90(page)
    with redirect_stdout(None):  # which model this is was said above
        svm, read = helpers.load_model("svm"), []
    for name, picture in pictures.items():
        written = "4410830" if name == "chalk" else "416204289167957597518"
        images = numbers(call(answer, picture.copy()), dtype=None)
        if images.dtype != np.uint8 or images.shape[1:] != (28, 28):
            got = f"{images.dtype} of the shape {images.shape}"
            raise NotYet(f"images | Expected uint8 of the shape (n, 28, 28), and got {got}.")
        labels = "".join(map(str, svm.predict(images))) if len(images) else ""
        right = sum(label == digit for label, digit in zip(labels, written))
        if len(labels) == len(written) and right >= 0.9 * len(written):
            read.append(name)
    refuse_if("page" not in read, "page | The page itself is not read any more.")
    refuse_if(read == ["page"], "only the page | The page is read, and still none of the four.")
    return f"right | It reads: {', '.join(read)}."


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
