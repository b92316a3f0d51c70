"""What must hold for every notebook as it is committed; nbval compares the outputs themselves."""

import ast
import json
import re
import subprocess
import sys

import nbformat
import pytest

from helpers.data import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.name: nbformat.read(path, as_version=4) for path in PATHS}
every_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def code_cells(name):
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def prose(name):
    return "\n".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")


def outputs_as_text(name):
    """All that the stored outputs say, in print, in tables and in alternative texts."""
    texts = []
    for cell in code_cells(name):
        for output in cell.outputs:
            data = output.get("data", {})
            texts += [output.get("text", ""), data.get("text/plain", "")]
            texts.append(data.get("text/markdown", ""))
    return "\n".join(texts)


def strings_in(source):
    """Every string constant in the code of a cell, magics left out."""
    lines = [re.sub(r"^(\s*)[!%].*", r"\1pass", line) for line in source.splitlines()]
    tree = ast.parse("\n".join(lines))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def opens_the_test_set(source):
    return any(
        isinstance(value, str) and (value == "test" or "t10k" in value)
        for value in strings_in(source)
    )


def test_the_course_has_seven_notebooks_and_one_more():
    assert [name[:2] for name in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06", "07", "08"]


def test_only_notebook_06_opens_the_test_set():
    opening = {
        name for name in NOTEBOOKS for cell in code_cells(name) if opens_the_test_set(cell.source)
    }
    assert opening == {"06-evaluate.ipynb"}


@pytest.mark.parametrize(
    "source, opens",
    [
        ('helpers.load_mnist("test")', True),
        ('for split in ("train", "test"):\n    load(split)', True),
        ('gzip.open(folder / "t10k-images-idx3-ubyte.gz")', True),
        ('!ls "test"\nhelpers.load_mnist("train")  # not the test set', False),
    ],
)
def test_the_guard_of_the_seal_sees(source, opens):
    assert opens_the_test_set(source) == opens


@every_notebook
def test_it_was_run_once_from_top_to_bottom(name):
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@every_notebook
def test_most_code_cells_are_compared(name):
    cells = code_cells(name)
    ignored = [cell for cell in cells if "nbval-ignore-output" in cell.metadata.get("tags", [])]
    assert len(ignored) <= len(cells) / 4
    assert not [tag for cell in cells for tag in cell.metadata.get("tags", []) if "skip" in tag]


@every_notebook
def test_every_picture_has_an_alternative_text_and_a_caption(name):
    cells = NOTEBOOKS[name].cells
    for number, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 30 and alt == output.data["text/plain"]
                following = [c.source for c in cells[number + 1 :] if c.cell_type == "markdown"]
                assert re.match(r"\*[^*]", following[0]), f"no caption after: {alt}"


@every_notebook
def test_it_begins_like_all_the_others(name):
    setup = [cell.source for cell in code_cells(name)][0]
    assert setup == code_cells("01-explore-the-data.ipynb")[0].source
    head = NOTEBOOKS[name].cells[0].source
    assert head.startswith(f"# {int(name[:2])} · ")
    for part in ("What you'll do", "What you'll learn", "What you'll need", "Cost"):
        assert f"**{part}.**" in head
    assert "## In short" in NOTEBOOKS[name].cells[-1].source


# Quantities of the prose that no run can print: what they are.
FROM_ELSEWHERE = {
    "10 %": "chance, among ten classes",
    "16 times": "784 pixels, 49 cells or 50 components",
    "91 %": "a smoothed label",
    "97 %": "the goal of exercise 5.4",
    "99 %": "a thought experiment",
    "100 %": "a thought experiment",
    "99.6 %": "exercise 6.2",
    "1797 digits": "the size of scikit-learn's set",
}
QUANTITY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) (%|s|seconds|mistakes|points|times|digits)(?!\w)")


def without_commas(text):
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def quantities_without_source(text, outputs, code=""):
    """The quantities of a text that no output holds (and no code, where digits are counted)."""
    text, outputs, code = map(without_commas, (text, outputs, code.replace("_", "")))
    lost = set()
    for number, unit in QUANTITY.findall(text):
        where = outputs + code if unit == "digits" else outputs
        found = re.search(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", where)
        if not found and f"{number} {unit}" not in FROM_ELSEWHERE:
            lost.add(f"{number} {unit}")
    return lost


@every_notebook
def test_figures_in_the_prose_stand_in_an_output(name):
    """Each is printed in this notebook or in an earlier one; the cost is measured by `make run`."""
    earlier = [other for other in NOTEBOOKS if other <= name]
    outputs = "\n".join(map(outputs_as_text, earlier))
    code = "\n".join(cell.source for other in earlier for cell in code_cells(other))
    text = re.sub(r"\*\*Cost\.\*\*.*", "", prose(name))
    assert quantities_without_source(text, outputs, code) == set()


def test_figures_of_the_readme_stand_in_an_output_or_a_benchmark():
    sources = "\n".join(map(outputs_as_text, NOTEBOOKS))
    benchmark = json.loads((ROOT / "data" / "benchmark.json").read_text(encoding="utf-8"))
    for result in benchmark["models"].values():
        sources += f" {100 * result['accuracy']:.2f} {result['fit']:.1f} {result['read']:.1f}"
        sources += f" {result['fit'] + result['read']:.1f}"
    lessons = (ROOT / "README.md").read_text(encoding="utf-8").split("## The notebooks")
    assert len(lessons) == 2
    assert quantities_without_source(lessons[0], sources) == set()


def test_an_invented_figure_is_noticed():
    outputs = "99.22 % of 10,000 digits in 26 s, 35 mistakes"
    assert not quantities_without_source("99.22 % in 26 s; 10,000 digits, 35 mistakes", outputs)
    assert quantities_without_source("99.2 %, 6 s, 5 mistakes of 1,000 digits", outputs) == {
        "99.2 %",
        "6 s",
        "5 mistakes",
        "1000 digits",
    }


@every_notebook
def test_guesses_and_questions_have_folded_answers(name):
    asked = prose(name).count("**Guess first:**")
    folded = re.findall(
        r"<details><summary>(Answers?)</summary>\n\n\S.*?\n\n</details>", prose(name), re.S
    )
    assert asked >= 3 and folded.count("Answer") == asked and folded.count("Answers") == 1
    questions, answers = prose(name).split("## Check yourself")[1].split("<details>")[:2]
    numbered = [len(re.findall(r"^\d\. ", text, re.M)) for text in (questions, answers)]
    assert numbered[0] == numbered[1] >= 3


@every_notebook
def test_every_section_begins_a_slide(name):
    for cell in NOTEBOOKS[name].cells:
        if re.match(r"## (?!Set up)", cell.source):
            assert cell.metadata["slideshow"]["slide_type"] == "slide"


def test_the_models_are_as_good_as_promised():
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))["models"]
    for name, floor in {"knn": 99.3, "svm": 99.5, "cnn": 99.6}.items():
        assert floor <= results[name]["accuracy, low, high"][0] < 100


def run_nbval(path):
    """Run pytest on one notebook, with the options of pyproject.toml."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(path)]
    command += ["--rootdir", str(path.parent), "-c", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_an_altered_number_fails(tmp_path):
    broken = ROOT / "tests" / "broken" / "altered-number.ipynb"
    result = run_nbval(broken)
    assert result.returncode == 1 and "1 failed" in result.stdout, result.stdout
    assert "43" in result.stdout and "42" in result.stdout
    mended = tmp_path / "mended.ipynb"
    mended.write_text(
        broken.read_text(encoding="utf-8").replace("43\\n", "42\\n"), encoding="utf-8"
    )
    result = run_nbval(mended)
    assert result.returncode == 0 and "1 passed" in result.stdout, result.stdout
