"""Lessons and solutions hold the same exercises, and the checks know right from wrong."""

import re

import nbformat
import numpy as np
import pytest
from scipy.ndimage import correlate
from scipy.special import softmax

import helpers
from helpers.data import ROOT
from helpers.exercises import CHECKS

LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
CHECK = re.compile(r'helpers\.check\("([\d.]+)", (\w+)\)')


def exercises(path):
    """For each exercise of a notebook: its text, its cell to fill in, and what its check said."""
    cells, found = nbformat.read(path, as_version=4).cells, {}
    for number, cell in enumerate(cells):
        if call := CHECK.fullmatch(cell.source):
            text = cells[number - 3].source.split(f"**{call[1]}** ")[1]
            output = "".join(output.get("text", "") for output in cell.outputs)
            found[call[1]] = text, cells[number - 2].source, output.splitlines()[-1]
            assert call[2] in cells[number - 2].source
    return found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_and_solution_hold_the_same_exercises(path):
    lesson, solution = exercises(path), exercises(path.parent / "solutions" / path.name)
    assert 2 <= len(lesson) <= 4
    assert {n: text for n, (text, _, _) in lesson.items()} == {
        n: text for n, (text, _, _) in solution.items()
    }
    assert list(lesson) == [f"{int(path.name[:2])}.{n}" for n in range(1, len(lesson) + 1)]
    *closed, last = (text for text, _, _ in lesson.values())
    assert last.startswith("*(Open.)*") and not any("(Open.)" in text for text in closed)
    for number, (_, fill, said) in lesson.items():
        assert fill.count("...") == 1
        assert said == f"Exercise {number}: not answered yet."
    for number, (_, _, said) in solution.items():
        assert said.startswith(f"Exercise {number}: right. ")


def test_every_check_is_used():
    assert [number for path in LESSONS for number in exercises(path)] == list(CHECKS)


def test_an_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match="no exercise '9.9': choose one of 1.1, 1.2"):
        helpers.check("9.9", 1)


def ones(split):
    return np.mean(helpers.load_mnist(split)[1] == 1)


def spread(position, weights):
    return np.average((position - np.average(position, weights=weights)) ** 2, weights=weights)


def zeros(count):
    return lambda images: np.zeros(count, int)


ROWS, COLUMNS = np.indices((28, 28))
WRONG = [
    ("1.1", ones("validation"), "multiply it by 100"),
    ("1.1", 100 * ones("development"), "ask `validation`"),
    ("1.1", "a tenth", "Expected a number"),
    ("1.2", lambda images: (images > 0).mean(), "over the axes 1 and 2"),
    ("1.2", lambda images: (images > 0).sum(axis=(1, 2)), "divided by 784"),
    ("1.2", lambda images: images.mean(axis=(1, 2)), "mean grey value"),
    ("1.2", lambda images: images.no_such_thing, "stops with AttributeError"),
    ("1.2", 0.2, "the function itself"),
    ("1.3", lambda images: np.zeros((len(images), 10)), "one label for each digit"),
    ("1.3", zeros(10_000), "no better than chance"),
    ("2.1", 2.5, "the other way"),
    ("2.1", 10, "You divided"),
    ("2.1", -0.5, "of one row"),
    ("2.2", lambda image: None, "is `return` missing"),
    ("2.2", lambda image: spread(COLUMNS, image), "the square root"),
    ("2.2", lambda image: np.sqrt(spread(ROWS, image)), "That is the height"),
    ("2.2", lambda image: np.sqrt(spread(COLUMNS, image > 0)), "weigh it by its ink"),
    ("2.3", lambda images: images.mean(), "one row of numbers"),
    ("2.3", lambda images: images.mean(axis=1), "the 784 pixels reach 82 %"),
    ("2.3", lambda images: images.reshape(-1, 784), "not fewer than"),
    ("3.1", lambda labels, d: np.bincount(labels).argmax(), "plain majority"),
    ("3.1", lambda labels, d: np.bincount(labels, d).argmax(), "The far ones count most"),
    ("3.1", lambda labels, d: labels[d.argmin()], "Only the nearest one"),
    ("3.2", 99.4, "two numbers"),
    ("3.2", (0.9825, 0.9980), "Multiply by 100"),
    ("3.2", (99.23, 99.53), "there were 500"),
    ("3.2", (98.26, 99.88), 'method="wilson"'),
    ("3.3", 5, "Expected a dictionary"),
    ("3.3", {"k": 5, "tried": 1}, "try some others"),
    ("3.3", {"k": 1, "tried": 9}, "off the plateau"),
    ("4.1", 650, "counted twice"),
    ("4.1", 676, "Nobody fights"),
    ("4.1", 26, "one for each pair"),
    ("4.2", lambda a, b, gamma: np.exp(gamma * np.sum((a - b) ** 2)), "mind the sign"),
    ("4.2", lambda a, b, gamma: np.exp(-gamma * np.linalg.norm(a - b)), "not squared"),
    ("4.3", lambda margins, t: softmax(margins * t, axis=1), "You multiplied"),
    ("4.3", lambda margins, t: softmax(margins / t), "each row should"),
    ("4.4", [250, 600, 1100], "These are counts"),
    ("4.4", [0.5, 0.3, 0.1], "give per cent"),
    ("4.4", [20, 30, 40], "should fall"),
    ("4.4", [90, 50, 10], "from elsewhere"),
    ("5.1", 13_824, "biases are missing"),
    ("5.1", 480, "all 32 answers"),
    ("5.2", lambda p, k: correlate(p, k[::-1, ::-1])[1:-1, 1:-1], "turned by 180 degrees"),
    ("5.2", lambda p, k: correlate(p, k, mode="constant"), "As large as the picture"),
    ("5.3", 7, "take off the border"),
    ("5.3", 22, "pooling is missing"),
    ("5.4", 0.98, "Hand over the trained"),
    ("6.1", 0.0176, "one tail"),
    ("6.1", 0.0, "are the tosses"),
    ("6.2", 96, "two mistakes may share"),
    ("6.2", 99.6, "all ten must be right"),
    ("6.3", lambda c, share: c.max(1) >= np.sort(c.max(1))[-20], "the surest ones"),
    ("6.3", lambda c, share: c.max(1) >= np.sort(c.max(1))[20], "refuse the others"),
    ("6.4", lambda images: images, "Nothing has changed"),
    ("6.4", lambda images: images / 255, "Expected uint8"),
    ("6.4", np.zeros_like, "They all look alike"),
    ("6.4", lambda images: np.roll(images, 1, axis=1), "still read it"),
    ("7.1", lambda i: (np.average(COLUMNS, weights=i), np.average(ROWS, weights=i)), "row comes"),
    ("7.1", lambda i: (ROWS[i > 0].mean(), COLUMNS[i > 0].mean()), "weigh it by its ink"),
    ("7.2", (20, 20), "Stretched"),
    ("7.2", (20, 13), "Width first"),
    ("7.3", (20, 19), "the order is changed"),
    ("7.3", (9, 10), "at least 20"),
    ("7.3", ("19", "20"), "whole numbers"),
    ("8.1", 50, "do not shrink"),
    ("8.1", 70, "a part of the 500"),
    ("8.2", np.minimum, "Place by place"),
    ("8.2", lambda a, b: np.sort(np.concatenate([a, b], axis=1), axis=1), "all ten"),
    ("8.2", lambda a, b: a, "the five of the first"),
    ("8.2", lambda a, b: np.argsort(np.hstack([a, b]), axis=1)[:, :5], "their places"),
    ("8.3", lambda images, generator: images, "Nothing has changed"),
    ("8.3", lambda images, generator: images[:, :14], "Expected the shape"),
    ("8.3", lambda images, generator: images - 100, "no digits any more"),
    ("8.3", lambda images, generator: images[:, ::-1, ::-1], "like other digits"),
    ("8.3", lambda images, generator: np.zeros_like(images), "bring nothing new"),
    ("8.3", lambda images, generator: np.roll(images, 1, axis=2), "bring nothing new"),
    ("8.1", [68], "got a list of one"),
    ("8.1", 500 / 68, "how many times as fast"),
]


@pytest.mark.parametrize("number, answer, reason", WRONG)
def test_the_likeliest_mistakes_are_explained(number, answer, reason, capsys):
    helpers.check(number, answer)
    said = capsys.readouterr().out
    assert said.startswith(f"Exercise {number}: not yet. ") and reason in said


def test_an_untrained_network_is_no_answer(capsys):
    with helpers.quietly():
        import keras
    network = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    helpers.check("5.4", network)
    assert "was it trained?" in capsys.readouterr().out


def test_each_exercise_knows_two_mistakes():
    known = [number for number, _, _ in WRONG] + ["5.4"]
    assert {number for number in CHECKS if known.count(number) < 2} == set()
