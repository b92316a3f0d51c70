"""Turn each notebook into a slide deck in build/slides, readable without a network.

    python tools/slides.py

What becomes of a cell stands in its metadata (`slideshow`, as JupyterLab's property inspector
edits it). Of the text, headings, the sentence after them, questions, lists, tables and captions
are shown; the other paragraphs become the speaker's notes (press S). Code is shown where it is
short and prints its answer; a figure or a table stands alone. reveal.js comes from the npm
registry, once.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from jinja2 import DictLoader
from nbconvert import SlidesExporter

ROOT = Path(__file__).resolve().parent.parent
TARGET, PACKAGES = ROOT / "build" / "slides", ROOT / "build" / "npm"
MOST_LINES = 18  # of code and output together, that the back row can read
STANDS_ALONE = {"image/png", "text/markdown"}
# How a paragraph begins that is shown.
SHOWN = re.compile(r"#|\*\*Guess first|\*\*\d\.\d\*\* |- |\d\. |\||\*[^*]")

TEMPLATE = """
{% extends 'reveal/index.html.j2' %}
{% block html_head_js %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_css %}
<style>
.reveal { font-size: 28px; --jp-content-font-size1: 26px; --jp-code-font-size: 20px; }
.reveal .jp-InputPrompt, .reveal .jp-OutputPrompt, .reveal .jp-Collapser { display: none; }
.reveal h1, .reveal h2, .reveal h3 { text-transform: none !important; text-align: left; }
.reveal .jp-Cell, .reveal .jp-Cell * { overflow: visible !important; }
.reveal .jp-InputArea pre { white-space: pre-wrap; }
.reveal .jp-OutputArea pre { font-size: 18px; }
.reveal .jp-OutputArea img { width: 900px; max-height: 400px !important; object-fit: contain; }
.reveal em { color: #444; }
</style>
{% endblock %}
{% block footer_js %}
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
<script>Reveal.initialize({ hash: true, slideNumber: "c/t", plugins: [RevealNotes] });</script>
{% endblock %}
"""


def for_the_back_row(cells):
    """Keep on each slide what can be read from afar; the rest becomes notes."""
    for cell in cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if cell.cell_type == "code":
            alone = [
                output for output in cell.outputs if STANDS_ALONE & set(output.get("data", {}))
            ]
            cell.outputs = alone or cell.outputs
            long = len((cell.source + "\n" + printed(cell)).splitlines()) > MOST_LINES
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
                yield markdown("\n\n".join(shown), kind)
            if notes:
                yield markdown("\n\n".join(notes), "notes")


def markdown(text, kind):
    return nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def copy_reveal():
    """Put what a deck needs of reveal.js into build/slides/reveal."""
    if not (PACKAGES / "node_modules" / "reveal.js").exists():
        if not shutil.which("npm"):
            sys.exit("The slides need npm (part of Node.js), once, to fetch reveal.js.")
        command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", PACKAGES]
        subprocess.run([*command, "reveal.js@5"], check=True)
    reveal = PACKAGES / "node_modules" / "reveal.js"
    for part in ("dist", "plugin/notes"):
        shutil.copytree(reveal / part, TARGET / "reveal" / part, dirs_exist_ok=True)


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    copy_reveal()
    exporter = SlidesExporter(
        extra_loaders=[DictLoader({"deck.html.j2": TEMPLATE})],
        template_file="deck.html.j2",
        reveal_url_prefix="reveal",
        reveal_theme="white",
    )
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = list(for_the_back_row(notebook.cells))
        page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
        (TARGET / f"{path.stem}.html").write_text(page, encoding="utf-8")
        print(f"build/slides/{path.stem}.html")


if __name__ == "__main__":
    main()
