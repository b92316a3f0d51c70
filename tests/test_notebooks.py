"""What must hold for every notebook as it is committed; nbval compares the outputs themselves."""

import re
import subprocess
import sys

import pytest

from common.notebooks import LESSONS, ROOT, code_cells, markdown, read, tags

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def opens_the_test_set(source):
    return bool(re.search(r"""["']test["']|t10k""", source))


def test_only_notebooks_06_and_07_open_the_test_set():
    sources = {path.stem: [cell.source for cell in code_cells(path)] for path in LESSONS}
    opening = {name for name, cells in sources.items() if any(map(opens_the_test_set, cells))}
    assert opening == {"06-evaluate", "07-know-the-limits"}


@pytest.mark.parametrize(
    "source, opens",
    [
        ('helpers.load_mnist("test")', True),
        ('for split in ("train", "test"):\n    load(split)', True),
        ('gzip.open(folder / "t10k-images-idx3-ubyte.gz")', True),
        ('helpers.load_mnist("train")  # not the test set', False),
    ],
)
def test_the_guard_of_the_seal_sees(source, opens):
    assert opens_the_test_set(source) == opens


@every_lesson
def test_it_was_run_once_from_top_to_bottom(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@every_lesson
def test_most_code_cells_are_compared(path):
    of_cells = [tags(cell) for cell in code_cells(path)]
    assert sum("nbval-ignore-output" in tags for tags in of_cells) <= len(of_cells) / 4
    assert not any("skip" in tag for tags in of_cells for tag in tags)


@every_lesson
def test_every_picture_has_an_alternative_text_and_a_caption(path):
    cells = read(path).cells
    for number, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = output.metadata["image/png"]["alt"]
                assert len(alt) > 30 and alt == output.data["text/plain"]
                following = [c.source for c in cells[number + 1 :] if c.cell_type == "markdown"]
                assert re.match(r"\*[^*]", following[0]), f"no caption after: {alt}"


@every_lesson
def test_it_begins_and_ends_like_all_the_others(path):
    (setup, *others), first = code_cells(path), code_cells(LESSONS[0])[0].source
    common = re.sub(r", and install what Colab lacks|\n    %pip install .+", "", setup.source)
    assert common == first
    # no other cell calls a shell
    assert not [c.source for c in others if re.search(r"^\s*[!%]", c.source, re.M)]
    head, *_, last = (cell.source for cell in read(path).cells)
    assert head.startswith(f"# {int(path.stem[:2])} · ") and "## In short" in last
    promised = re.findall(r"\*\*([^*.]+)\.\*\*", head)
    assert promised == ["What you'll do", "What you'll learn", "What you'll need", "Cost"]


@every_lesson
def test_on_colab_it_installs_what_it_uses_and_no_more(path):
    setup, *others = (cell.source for cell in code_cells(path))
    source = "\n".join(others)
    used = {"skops"} if re.search(r'(load|save)_model\((?!\w+, "cnn"\))', source) else set()
    used |= {"anywidget"} if "DrawPad" in source else set()
    installed = re.findall(r"%pip install --quiet (.+)", setup)
    assert {name for line in installed for name in line.split()} == used


@every_lesson
def test_guesses_and_questions_have_folded_answers(path):
    text = markdown(path)
    guesses = text.count("**Guess first:**")
    details = r"(?s)<details><summary>(Answers?)</summary>\n\n\S.*?\n\n</details>"
    folded = re.findall(details, text)
    assert guesses >= 3 and folded.count("Answer") == guesses and folded.count("Answers") == 1
    questions, answers = text.split("## Check yourself")[1].split("<details>")[:2]
    numbered = [len(re.findall(r"^\d\. ", part, re.M)) for part in (questions, answers)]
    assert numbered[0] == numbered[1] >= 3


@every_lesson
def test_every_section_begins_a_slide(path):
    for cell in read(path).cells:
        if re.match(r"## (?!Set up)", cell.source):
            assert cell.metadata["slideshow"]["slide_type"] == "slide"


def test_an_altered_number_fails(tmp_path):
    """nbval sees it, with the options of pyproject.toml."""
    broken = ROOT / "tests" / "broken" / "altered-number.ipynb"
    mended = tmp_path / "mended.ipynb"
    content = broken.read_text(encoding="utf-8")
    mended.write_text(content.replace("43\\n", "42\\n"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", broken, mended]
    command += ["--rootdir", tmp_path, "-c", ROOT / "pyproject.toml"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert "1 failed, 1 passed" in result.stdout and "43" in result.stdout, result.stdout
