"""Lessons and solutions hold the same exercises, and the checks know right from wrong."""

import inspect
import re
from functools import cache
from itertools import pairwise

import pytest
from answers import KNOWN, ODD

import checks
import helpers
from common.notebooks import LESSONS, SOLUTIONS, outputs_text, read

NUMBERS = sorted(checks.CHECKS, key=float)


@pytest.fixture(autouse=True, scope="module")
def quick():
    svm = helpers.load_model("svm")  # for all three: solution 07 asks the others
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(helpers, "load_mnist", cache(helpers.load_mnist))
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
def test_every_mistake_is_proved_and_odd_answers_are_explained(number, capsys):
    check = checks.CHECKS[number]
    source = inspect.getsource(check) if callable(check) else repr(check)
    proved = {key for of, key, _ in KNOWN if of == number}
    assert proved >= {"right", *re.findall(r"""["']([a-z ]+) \| """, source)} and len(proved) > 2
    for answer in ODD:
        checks.check(number, answer)
        assert capsys.readouterr().out.startswith(f"Exercise {number}: not yet. ")


def test_an_untrained_network_is_no_answer():
    with helpers.quietly():
        import keras
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    assert checks.judge("5.4", keras.Sequential(layers))[0] == "new"
