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


def test_the_course_has_seven_notebooks():
    assert [name[:2] for name in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06", "07"]


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


@every_notebook
def test_figures_in_the_prose_stand_in_an_output(name):
    """Every percentage of the text with a decimal is printed here or in an earlier notebook."""
    outputs = "\n".join(outputs_as_text(other) for other in NOTEBOOKS if other <= name)
    for number in re.findall(r"\d+\.\d+ %", prose(name)):
        assert re.search(rf"(?<![\d.]){re.escape(number)}", outputs), f"{number} is in no output"


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
