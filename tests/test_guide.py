"""The guide: minutes that follow from the notebooks, timetables that hold."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

import helpers
from common.classroom import FREE, GUIDE, README, TIMETABLE, class_minutes, planned, with_minutes
from common.notebooks import LESSONS, ROOT, lesson, markdown

TEXT = GUIDE.read_text(encoding="utf-8")
GLOSSARY = markdown(ROOT / "notebooks" / "GLOSSARY.md")
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def timetables():
    """The rows of each timetable, as lists of cells."""
    for _, rows in re.findall(TIMETABLE, TEXT):
        yield [[cell.strip() for cell in row[1:-1].split("|")] for row in rows.splitlines()]


@pytest.mark.parametrize("path", [README, GUIDE, *LESSONS], ids=lambda path: path.stem)
def test_the_minutes_that_are_stated_are_those_of_the_rule(path):
    """If not: python tools/minutes.py"""
    text = path.read_text(encoding="utf-8")
    assert with_minutes(path, text) == text


def test_each_notebook_takes_an_hour_at_most():
    assert max(map(class_minutes, LESSONS)) <= 60


def test_a_fifth_of_the_time_in_class_is_free_and_days_end_at_five():
    found = list(timetables())
    assert len(found) == 4
    for rows in found:
        minutes = [(int(row[2]), int(row[3])) for row in rows if row[2]]
        total, free = sum(map(sum, minutes)), sum(free for _, free in minutes)
        assert free >= FREE * total
        if len(rows[0]) == 5:  # weeks
            assert all(sum(each) == 45 and each[1] >= FREE * 45 for each in minutes)
        else:
            hours, of_hour = rows[-1][0].split(":")
            assert rows[-1][1] == "end" and (int(hours), int(of_hour)) <= (17, 0)
            planned_rows = [row for row in rows if row[2]]
            assert all(int(row[3]) >= 5 for row in planned_rows)


def test_the_memory_of_two_kernels_is_that_of_the_two_largest():
    *_, second, first = sorted(re.findall(r"(?m)^\| \d+ · .+ \| ([\d.]+) GB \|$", TEXT), key=float)
    assert f"0.1 + {first} + {second} = {0.1 + float(first) + float(second):.1f} GB" in TEXT


def test_a_section_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no section of notebook 3: Which l"):
        planned("3 without *Which l?*")
    assert planned("3") == planned("3: *Which k?*") + planned("3 without *Which k?*")
    assert planned("one thing that was clear") is None


# Emphasised in the notebooks, and no terms.
EMPHASIS = """across because cut different distance exact is joblib joined lead learns made nearer
nearest not one paper person recipe same slope test typical virtual which within writers you your"""
EMPHASIS = {*EMPHASIS.split(), "in it"}


@every_lesson
def test_each_term_is_in_the_glossary(path):
    text = re.sub(r"```.*?```|`[^`]*`|(?<=\])\([^)]*\)", "", markdown(path), flags=re.S)
    found = re.findall(r"(?<![*\w])\*([^*\n(.][^*]*?[^*.:;?])\*(?![*\w])", text)
    heads = re.findall(r"(?m)^- \*\*(.+?)\.\*\*", GLOSSARY)
    names = {name.lower() for head in heads for name in re.sub(r" \(.*?\)", "", head).split(", ")}
    terms = {" ".join(each.split()).lower() for each in found if len(each.split()) <= 4}
    known = names | {f"{name}s" for name in names} | EMPHASIS
    assert terms - known == set()


def test_the_glossary_is_in_order_and_each_term_stands_in_its_notebook():
    entries = re.findall(r"(?m)^- \*\*(.+?)\.\*\* .*[.)] \[(\d+)\]\((\d\d-.*?)\)$", GLOSSARY)
    heads = [head.lower() for head, _, _ in entries]
    assert heads == sorted(heads) and len(entries) == GLOSSARY.count("\n- ") > 100
    for head, number, file in entries:
        assert file == lesson(number).name
        names = re.sub(r" \(.*?\)", "", head).lower().split(", ")
        text = " ".join(markdown(lesson(number)).lower().split())
        assert any(name in text for name in names), (head, number)


def test_the_handout_is_short():
    """So that it fits on paper, as a test in a browser sees."""
    assert len(markdown(ROOT / "notebooks" / "HANDOUT.md").split()) <= 500


def test_the_copy_for_a_class_has_no_solutions(tmp_path):
    (command,) = re.findall(r"(?m)^git archive .*", TEXT)
    words = [word.strip('"') for word in command.split()]
    words[words.index("class.zip")] = str(tmp_path / "class.zip")
    if subprocess.run(["git", "rev-parse"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("not a git checkout")
    subprocess.run(words, cwd=ROOT, check=True)
    archive = zipfile.ZipFile(tmp_path / "class.zip")
    archive.extractall(tmp_path)
    names = archive.namelist()
    assert f"notebooks/{LESSONS[0].name}" in names and "notebooks/checks.py" in names
    assert not [name for name in names if re.search("solutions/|TEACHING", name)]
    command = [sys.executable, tmp_path / "tools" / "set_repository.py", "octocat/digits"]
    subprocess.run(command, check=True)
    assert "octocat/digits" in (tmp_path / "README.md").read_text(encoding="utf-8")


def ready(*checks, **environment):
    """What the check says, and whether it is content."""
    command = [sys.executable, ROOT / "tools" / "check_ready.py", *checks]
    own = os.environ | environment
    result = subprocess.run(command, capture_output=True, text=True, env=own)
    return result.returncode, result.stdout + result.stderr


def test_it_says_ready():
    code, said = ready()
    assert code == 0 and said.splitlines()[-1] == "ready"


def test_it_says_what_to_do(tmp_path):
    assert ready("memory", MEM_LIMIT="2000000000")[1].startswith("There are 2.0 GB of memory")
    blocked = tmp_path / "file"
    blocked.touch()
    assert "set DIGITS_MODELS" in ready("disk", DIGITS_MODELS=str(blocked))[1]
    other = tmp_path / "skops-0.1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: skops\nVersion: 0.1\n")
    code, said = ready("packages", PYTHONPATH=str(tmp_path))
    assert code == 1 and said.startswith("skops is 0.1, not >=0.13. Install")
    (tmp_path / "jupyterlab.py").write_text("raise SystemExit(1)\n")
    code, said = ready("jupyter", PYTHONPATH=str(tmp_path))
    assert code == 1 and "JupyterLab does not answer" in said and said.count("\n") == 1
    (tmp_path / "ipykernel_launcher.py").write_text("raise SystemExit(1)\n")
    assert ready("jupyter", PYTHONPATH=str(tmp_path))[1].startswith("A notebook does not run")


def test_it_finds_a_model_of_ones_own_that_predicts_badly(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    always_0 = DummyClassifier(strategy="constant", constant=0)
    helpers.save_model(always_0.fit(np.zeros((10, 28, 28), np.uint8), range(10)), "svm")
    assert "The model svm predicts badly: remove" in ready("models")[1]


def test_a_python_that_is_too_old_can_read_it():
    source = (ROOT / "tools" / "check_ready.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


def test_a_missing_package_is_named(tmp_path):
    for name in ("tools", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace('"skops', '"no-such-skops'), "utf-8")
    command = [sys.executable, tmp_path / "tools" / "check_ready.py", "packages"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1 and result.stderr.startswith("no-such-skops is missing. Install")
