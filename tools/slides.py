"""Turn each notebook into a slide deck in build/slides, readable without a network.

    python tools/slides.py

What becomes of a cell stands in its metadata (`slideshow`, as JupyterLab's property inspector
edits it). Of the text, headings, the sentence after them, questions, lists, tables and captions
are shown; the other paragraphs become the speaker's notes (press S). Code is shown where it is
short and prints its answer; a figure or a table stands alone.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat.v4 import new_markdown_cell

TOOLS = Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS.parent))

from common.notebooks import LESSONS, ROOT, read  # noqa: E402

TARGET, PINS, PACKAGES = ROOT / "build" / "slides", TOOLS / "npm", ROOT / "build" / "npm"
MOST_LINES = 18  # of code and output together, that the back row can read
STANDS_ALONE = {"image/png", "text/markdown"}
SHOWN = re.compile(r"#|\*\*Guess first|\*\*\d+\.\d\*\* |- |\d\. |\||\*[^*]")  # how they begin


def for_the_back_row(cells):
    """Keep on each slide what can be read from afar; the rest becomes notes."""
    for cell in cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if cell.cell_type == "code":
            alone = [each for each in cell.outputs if STANDS_ALONE & set(each.get("data", {}))]
            cell.outputs = alone or cell.outputs
            printed = "".join(output.get("text", "") for output in cell.outputs)
            long = len((cell.source + "\n" + printed).splitlines()) > MOST_LINES
            cell.metadata.transient = {"remove_source": bool(alone) or long}
            yield cell
        elif kind != "skip":
            text = re.sub(r"<details>.*?</details>", "", cell.source, flags=re.S)
            paragraphs = re.split(r"\n{2,}", text.strip())
            shown = [part for part in paragraphs if SHOWN.match(part)]
            if len(shown) == 1 and shown[0].startswith("#") and len(paragraphs) > 1:
                shown.append(re.match(r".*?[.:?!](?=\s|$)|.*", paragraphs[1], re.S)[0])
            notes = [part for part in paragraphs if not SHOWN.match(part) and "[![" not in part]
            if shown or kind != "-":
                yield markdown(shown, kind)
            if notes:
                yield markdown(notes, "notes")


def markdown(paragraphs, kind):
    return new_markdown_cell("\n\n".join(paragraphs), metadata={"slideshow": {"slide_type": kind}})


def install_packages():
    """Install what tools/npm pins, unless it is there: reveal.js, and axe-core for the tests."""
    pins, installed = PINS / "package-lock.json", PACKAGES / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime > pins.stat().st_mtime:
        return
    shutil.copytree(PINS, PACKAGES, dirs_exist_ok=True)
    npm = shutil.which("npm")
    if not npm or subprocess.call([npm, "ci", "--ignore-scripts", "--prefix", PACKAGES]):
        sys.exit("The slides need npm (part of Node.js) and a network, once, to fetch reveal.js.")


def main():
    install_packages()
    for part in ("reveal.js/dist", "reveal.js/plugin/notes"):
        shutil.copytree(PACKAGES / "node_modules" / part, TARGET / part, dirs_exist_ok=True)
    exporter = SlidesExporter(template_file=str(TOOLS / "slides.html.j2"))
    exporter.reveal_url_prefix, exporter.reveal_theme = "reveal.js", "white"
    for path in LESSONS:
        notebook = read(path)
        notebook.cells = list(for_the_back_row(notebook.cells))
        page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
        (TARGET / f"{path.stem}.html").write_text(page, encoding="utf-8")
        print(f"build/slides/{path.stem}.html")


if __name__ == "__main__":
    main()
