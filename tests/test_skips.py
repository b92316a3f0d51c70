"""What is optional in a notebook can be left out: one section, several, or all of them."""

import ast
import dis
import importlib.util
import json
import re
from configparser import ConfigParser
from types import CodeType

import pytest
from nbclient import NotebookClient

from common.notebooks import LESSONS, ROOT, code_cells, markdown, outputs_text, read, sections, tags

GUIDE = markdown(ROOT / "notebooks" / "TEACHING.md")
MARK = "*(Optional.)* "
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
sanitise = ConfigParser(interpolation=None)
sanitise.read(ROOT / "tests" / "sanitise.cfg")


def is_optional(cell):
    return "optional" in tags(cell)


def optional_sections(path):
    return [title for title, (first, *_) in sections(path).items() if is_optional(first)]


def code_within(code):
    """A code object and those of the functions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_within(constant)


def names(source):
    """The names that a cell takes from those before it, and the names that it sets or changes."""
    tree = ast.parse(re.sub(r"(?m)^(\s*)[!%].*", r"\1pass", source))
    code = compile(tree, "cell", "exec")
    taken, defined = set(), set()
    for step in dis.get_instructions(code):
        if step.opname == "STORE_NAME":
            defined.add(step.argval)
        elif step.opname == "LOAD_NAME" and step.argval not in defined:
            taken.add(step.argval)
    steps = [step for within in code_within(code) for step in dis.get_instructions(within)]
    taken |= {step.argval for step in steps if step.opname == "LOAD_GLOBAL"} - defined
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            defined |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return taken, defined


def missed(cells):
    """What would be missing or another value if a section were left out.

    Takes pairs of a section's title, or None if it is not optional, and source. Yields the title,
    and a name that a cell of another section takes, where the last to define it was that section.
    """
    last = {}
    for title, source in cells:
        taken, defined = names(source)
        for name in sorted(taken & set(last)):
            if last[name] not in (None, title):
                yield last[name], name
        last |= dict.fromkeys(defined, title)


def needed(cells):
    """The cells that are needed for a run of those behind the first optional section.

    Before it, nothing differs from the whole notebook, which is run as well.
    """
    first = next((number for number, cell in enumerate(cells) if is_optional(cell)), len(cells))
    kept, taken = [cell for cell in cells[first:] if not is_optional(cell)], set()
    for cell in kept:
        taken |= names(cell.source)[0]
    for cell in reversed(cells[:first]):
        takes, defined = names(cell.source)
        if taken & defined or cell is cells[0]:  # which sets the path
            taken |= takes
            kept.insert(0, cell)
    return kept


def said(cell):
    """What the outputs of a cell say, without what may differ from run to run."""
    text = outputs_text(cell)
    for rule in map(dict, map(sanitise.__getitem__, sanitise.sections())):
        text = re.sub(rule["regex"], rule["replace"], text)
    return text


@every_lesson
def test_whole_sections_are_optional_and_say_so(path):
    for title, cells in sections(path).items():
        optional = is_optional(cells[0])
        assert {is_optional(cell) for cell in cells} == {optional}, title
        assert any(MARK in cell.source for cell in cells) == optional, title


@every_lesson
def test_the_guide_skips_what_is_optional(path):
    number = int(path.stem[:2])
    guide = re.search(rf"(?ms)^### {number} · (.+?)(?=^##)", GUIDE)
    skipped = re.search(r"(?s)\*\*Skip\*\*(.+?)(?=\n- )", guide[1]) if guide else None
    titles = re.findall(r"\*([^*]+)\*", skipped[1]) if skipped else []
    assert titles == optional_sections(path)


@every_lesson
def test_each_optional_section_can_be_left_out(path):
    cells = [
        (title if is_optional(cell) else None, cell.source)
        for title, cells in sections(path).items()
        for cell in cells
        if cell.cell_type == "code"
    ]
    assert list(missed(cells)) == []


@pytest.mark.parametrize(
    "optional, later, name",
    [
        ("a = 1", "print(a)", "a"),
        ("a = 1", "def f():\n    return a", "a"),
        ("import a", "a.b = 1", "a"),
        ("a[0].b[1] = 2", "print(a)", "a"),
        ("a += [1]", "a += [2]", "a"),
        ("def a(): pass", "a += 1", "a"),
        ("for a in b: pass", "print([c + a for c in b])", "a"),
        ("a = 1", "a = 2\nprint(a)", None),
        ("c = 1\nprint(c, b)", "print([a for a in b])", None),
        ("def f(a):\n    return a", "%magic a\nb = 2", None),
    ],
)
def test_what_would_be_missed_is_found(optional, later, name):
    cells = [(None, "a = b = []"), ("Optional", optional), (None, later)]
    assert list(missed(cells)) == ([("Optional", name)] if name else [])


@pytest.mark.skips
@pytest.mark.parametrize("path", filter(optional_sections, LESSONS), ids=lambda path: path.stem)
def test_a_notebook_without_all_that_is_optional(path, tmp_path, monkeypatch):
    """It prints and shows what is stored in it, and its results are those of the whole."""
    if path == LESSONS[-1] and not importlib.util.find_spec("distributed"):
        pytest.skip("needs Dask")
    models = tmp_path / "models"
    monkeypatch.setenv("DIGITS_MODELS", str(models))
    notebook = read(path)
    notebook.cells = needed(code_cells(path))
    stored = [said(cell) for cell in notebook.cells]
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, resources=place, coalesce_streams=True).execute()
    for cell, expected in zip(notebook.cells, stored):
        assert "nbval-ignore-output" in tags(cell) or said(cell) == expected, cell.source
    source = "\n".join(cell.source for cell in notebook.cells)
    results = {file.name: json.loads(file.read_text()) for file in models.glob("*.json")}
    assert set(results) == set(re.findall(r'models_folder\(\) / "(.+\.json)"', source))
    for name, result in results.items():
        assert result == json.loads((ROOT / "data" / name).read_text()), name
