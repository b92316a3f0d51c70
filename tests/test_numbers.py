"""Every number in the prose of notebooks and README stands in an output, or holds by definition."""

import json
import re
import subprocess
import sys

import pytest

from common import numbers
from common.notebooks import LESSONS, ROOT, markdown


@pytest.mark.parametrize("path", numbers.FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_number_is_accounted_for(path):
    found = [match for text, evidence in numbers.passages(path) for match in evidence.lacking(text)]
    assert [match.string[max(match.start() - 60, 0) : match.end() + 20] for match in found] == []


@pytest.mark.parametrize(
    "text, lacking",
    [
        ("It predicts 99.22 %, with 35 mistakes among 300.", []),
        ("It predicts 99.23 %, with 36 mistakes among 301, in 26 s.", ["99.23", "36", "301", "26"]),
        ("The mean is −0.56, not 0.56.", ["0.56"]),
        ("It sees 28 × 28 pixels, not 28 × 29.", ["28", "29"]),
        ("In 1998, `k = 4` was tried ([notebook 3](3.ipynb), arXiv 1234.5678).", []),
        ("It predicts 97.1 %, knn 97.1 %.", ["97.1"]),
    ],
)
def test_an_invented_number_is_noticed(text, lacking):
    outputs = "cnn: 99.22 % right, 35 mistakes in 26 s, mean -0.56; knn 97.1 %, svm 97.3 %"
    found = numbers.Evidence(outputs, "images[:300]").lacking(text)
    assert [match[0] for match in found] == lacking


def test_nearly_all_mutants_are_noticed():
    subprocess.run([sys.executable, "-X", "utf8", ROOT / "tools" / "mutate.py"], check=True)


def test_the_readme_shows_the_results_of_notebook_06_and_the_benchmarks():
    rows = numbers.readme_rows()
    assert len(rows) == 10 and set(rows) <= set(markdown(numbers.README).splitlines())
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))["models"]
    for row, result in zip(rows, results.values()):
        both = ["{:.2f}–{:.2f} %".format(*result[kind]) for kind in ("wilson", "over writers")]
        cells = f"{result['accuracy']:.2f} %", *both, str(result["mistakes"])
        assert f"| {' | '.join(cells)} |" in row


def test_the_last_look_at_the_test_set_is_in_the_log():
    last = json.loads((ROOT / "data" / "test-set-log.json").read_text(encoding="utf-8"))[-1]
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))["models"]
    for name, result in results.items():
        assert last[name][0] == result["mistakes"]  # the first that was trained ships


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_the_readme_and_the_guide_state_what_a_notebook_costs(path):
    title, time, memory, minutes = numbers.costs(path)
    assert f"with {memory} of memory. In a classroom: {minutes} minutes" in markdown(path)
    row = rf"^\| \[{title}\].*\| {time} \| {minutes} min \|$"
    assert re.search(row, markdown(numbers.README), re.M)
