"""Reading the notebooks of the course, and running some of their cells: for tools and tests."""

import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def numbered(folder):
    """The notebooks of a folder, in order, without the copies that JupyterLab calls "-Copy1"."""
    return sorted(path for path in folder.glob("[0-9]*.ipynb") if "-Copy" not in path.name)


LESSONS = numbered(ROOT / "notebooks")
SOLUTIONS = numbered(ROOT / "notebooks" / "solutions")


def lesson(number):
    """The path of a lesson, by its number."""
    (path,) = [path for path in LESSONS if int(path.name[:2]) == int(number)]
    return path


def read(path):
    """A notebook, as nbformat holds it."""
    return nbformat.read(path, as_version=4)


def code_cells(path):
    """The code cells of a notebook, in order."""
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tags(cell):
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def tagged(notebook, tag):
    """The cells of a notebook that carry a tag, in order."""
    return [cell for cell in notebook.cells if tag in tags(cell)]


def checked(cell):
    """The number of the exercise that a code cell checks, such as "1.2", or None."""
    found = cell.cell_type == "code" and re.search(r'checks\.check\("([\d.]+)"', cell.source)
    return found[1] if found else None


def sections(path):
    """The cells of each section of a notebook, by its heading; first, without one, its head."""
    found = {"": []}
    for cell in read(path).cells:
        if cell.cell_type == "markdown" and (heading := re.match(r"## (.+)", cell.source)):
            found[heading[1]] = []
        found[list(found)[-1]].append(cell)
    return found


def markdown(path):
    """The text of a Markdown file, or of all the Markdown cells of a notebook."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def outputs_text(cell):
    """All that the stored outputs of a cell say: in print, in tables, in alternative texts."""
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts += [output.get("text", ""), data.get("text/plain", ""), data.get("text/markdown", "")]
    return "\n".join(filter(None, texts))


def run_cells(path, choose, names):
    """Run the code cells of a notebook for which `choose(cell)` holds, and return the names.

    Parameters
    ----------
    path : pathlib.Path
    choose : callable
        Takes a cell, returns a bool.
    names : dict
        What the cells may use; what they define is added. Functions look names up in it when they
        are called, so a name may be replaced afterwards.
    """
    for cell in code_cells(path):
        if choose(cell):
            exec(compile(cell.source, path.name, "exec"), names)  # noqa: S102
    return names


def recipe(path, **names):
    """The names that the cells tagged `recipe` define, given those that they use."""
    return run_cells(path, lambda cell: "recipe" in tags(cell), {"__name__": "__main__"} | names)
