"""Lessons and solutions hold the same exercises, and the checks know right from wrong."""

import re
from itertools import pairwise

import numpy as np
import pytest
from answers import KNOWN, ODD
from forms import answers

import checks
import helpers
from common.notebooks import LESSONS, SOLUTIONS, outputs_text, read

NUMBERS = [*checks.TEXTS]


@pytest.fixture(autouse=True, scope="module")
def quick():
    svm = helpers.load_model("svm")  # for all three: solution 07 asks the others
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(helpers, "load_model", lambda name: svm)
        yield


def exercises(path):
    """For each exercise of a notebook: its text, what is to be filled in, what its check said."""
    found = {}
    for before, cell in pairwise(read(path).cells):
        fill, _, last = cell.source.rpartition("\n")
        if call := re.fullmatch(r'checks\.check\("([\d.]+)", (\w+)\)', last):
            assert re.search(rf"^(def )?{call[2]}\b", fill, re.M)
            text = before.source.split(f"**{call[1]}** ")[1]
            found[call[1]] = text, fill, outputs_text(cell).strip()
    return found


@pytest.mark.parametrize("lesson, solution", [*zip(LESSONS, SOLUTIONS)], ids=lambda path: path.stem)
def test_lesson_and_solution_hold_the_same_exercises(lesson, solution):
    asked, answered = exercises(lesson), exercises(solution)
    numbers = [f"{int(lesson.name[:2])}.{n}" for n in range(1, len(asked) + 1)]
    assert list(asked) == list(answered) == numbers
    for number, (text, fill, said) in asked.items():
        assert text == answered[number][0] and fill.count("...") == 1
        assert text.startswith("*(Open.)*") == (number == numbers[-1])
        assert said == f"Exercise {number}: not answered yet."
        assert answered[number][2].splitlines()[-1].startswith(f"Exercise {number}: right. ")


def test_every_check_is_used_and_an_unknown_one_refused():
    assert [number for path in LESSONS for number in exercises(path)] == NUMBERS
    with pytest.raises(ValueError, match=NUMBERS[-1]):
        checks.check("9.9", 1)


@pytest.mark.parametrize("number, key, answer", KNOWN)
def test_each_answer_is_explained(number, key, answer):
    assert checks.judge(number, answer)[0] == key


@pytest.mark.parametrize("number", NUMBERS)
def test_every_mistake_is_proved_and_odd_answers_are_explained(number):
    proved = {key for of, key, _ in KNOWN if of == number}
    assert proved >= {"right", *checks.TEXTS[number]} and len(proved) > 2
    for answer in ODD:
        assert checks.judge(number, answer)[0] not in ("right", "unanswered")


def test_what_may_be_said_in_any_exercise_is_said_in_some():
    assert {key for _, key, _ in KNOWN} >= checks.ANY.keys()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("right", [True, False])
def test_a_right_answer_is_right_in_every_form_and_a_wrong_one_in_none(number, right):
    tried = answers(number, right)
    verdicts = [checks.judge(number, answer)[0] for answer in tried]
    assert [v for v in verdicts if (v == "right") != right] == [] and len(tried) >= 12


def test_the_digits_that_knn_misses_are_those_of_the_shipped_model():
    images, labels = helpers.load_mnist("test")
    predicted = helpers.shipped_model("knn").predict(images)
    assert np.flatnonzero(predicted != labels).tolist() == checks.MISSED_BY_KNN


def test_a_result_shows_itself_as_its_sentence_and_can_be_handed_in(capsys, monkeypatch):
    monkeypatch.setattr(checks, "CHECKED", {})
    for answer in (..., "a", "b"):
        result = checks.check("1.3", answer)
    result._ipython_display_()
    assert capsys.readouterr().out == f"{result}\n" == f"{result.says}\n"
    assert result.right and result.says.startswith("Exercise 1.3: right. ")
    assert checks.results() == "1.3: right, answers: 2"


def test_a_check_that_fails_says_so_without_a_traceback(monkeypatch):
    monkeypatch.setitem(checks.CHECKS, "1.3", lambda answer: 1 / 0)
    assert "ZeroDivisionError" in checks.check("1.3", "b").says


def test_an_untrained_network_is_no_answer():
    with helpers.quietly():
        import keras
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    network = keras.Sequential(layers)
    network.compile("adam", "sparse_categorical_crossentropy")
    assert [checks.judge(of, network)[0] for of in ("5.3", "5.4")] == ["bug", "new"]
