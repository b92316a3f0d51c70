"""Turn each notebook into a short slide deck in build/slides, readable without a network.

    python tools/slides.py

A section of a notebook becomes one slide or a few: its first sentence, questions, lists and
exercises, and what its code shows: figures with their captions, tables, and prints with the code,
if it is short. All other text, the folded answers and the worked solutions of the exercises become
the speaker's notes (press S). Left out: what is optional, cells whose metadata say "skip" or that
print nothing (unless they say "fragment"), assertions and the checks of exercises.
"""

import base64
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from nbconvert import SlidesExporter
from nbformat.v4 import new_markdown_cell

TOOLS = Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS.parent))

from common.notebooks import LESSONS, ROOT, SOLUTIONS, checked, read, tags  # noqa: E402

TARGET, PINS, PACKAGES = ROOT / "build" / "slides", TOOLS / "npm", ROOT / "build" / "npm"
STANDS_ALONE = {"image/png", "text/markdown"}
PARAGRAPH = re.compile(r"(?s)<details>.*?</details>|```.*?```|(?:(?!```|<details>)[^\n]+\n?)+")
FOLDED = re.compile(r"(?s)<details><summary>(Answers?)</summary>(.*)</details>")
EXERCISE = re.compile(r"\*\*\d+\.\d+\*\* ")
# How the paragraphs begin that are shown.
SHOWN = re.compile(r"\*\*(What you'll learn|Guess first)|[-*] |\d+\. |\||\*[^*]|```|!\[")
HEIGHT, HEADING = 700, 95  # pixels of a slide, and of its heading, as in slides.html.j2
LINE, SMALL_LINE = 37, 26  # of text, and of tables, code and prints
MOST_LINES = 15  # of code and what it prints, that the back row can read


@dataclass
class Block:
    """Cells that stay together on a slide, about how many pixels they take, and their notes."""

    cells: list
    height: int = 0
    notes: list = field(default_factory=list)

    def text(self):
        return self.cells[0].source


class Deck(list):
    """Slides, each a list of blocks, of which the first is the heading."""

    def begin(self, heading, kind):
        if kind == "slide" and len(self) > 1 and self.has_but_a_sentence():
            title, sentence = self.pop()
            self[-1][-1].notes += [title.text().strip("# "), *sentence.notes]
        self.append([Block([text_cell(heading, kind)], HEADING)])

    def add(self, cell, height, glue=False, new=False):
        """Put a cell on the slide, or on the next, glued to the cell before it or not."""
        block = self[-1].pop() if glue else Block([])
        block.cells.append(cell)
        block.height += height
        fits = sum(each.height for each in self[-1]) + block.height <= HEIGHT
        if not fits and not new and self.has_but_a_sentence():
            self[-1][0].notes += self[-1].pop().notes
        if len(self[-1]) > 1 and (new or not fits):
            self.begin(self[-1][0].text(), "subslide")
        self[-1].append(block)

    def has_but_a_sentence(self):
        """Whether the slide shows but the first sentence of what is in its notes."""
        _, *blocks = self[-1]
        return len(blocks) == 1 and any(map(str.startswith, blocks[0].notes, [blocks[0].text()]))

    def note(self, text):
        self[-1][-1].notes.append(text)

    def cells(self):
        for slide in self:
            yield from (cell for block in slide for cell in block.cells)
            yield text_cell("\n\n".join(note for block in slide for note in block.notes), "notes")


def text_cell(text, kind="-"):
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def height_of_text(text):
    text = re.sub(r"\]\([^)]*\)", "]", text)
    if text.startswith("!["):
        return 400 + LINE
    if text[0] in "|`":
        return SMALL_LINE * (len(text.splitlines()) + 1)
    items = re.split(r"\n(?=- |\d+\. )", text)
    return LINE * sum(1 + len(item) // 90 for item in items) + LINE // 2


def height_of_output(output):
    data = output.get("data", {})
    if "image/png" in data:
        width, height = struct.unpack(">II", base64.b64decode(data["image/png"])[16:24])
        return min(400, 1000 * height // width) + LINE
    text = data.get("text/markdown") or output.get("text", "")
    return SMALL_LINE * (1.3 if data else 1) * (len(text.splitlines()) + 1)


def add_code(deck, cell):
    """A figure or a table stands alone, a print below its code, if that is short."""
    alone = [each for each in cell.outputs if STANDS_ALONE & set(each.get("data", {}))]
    printed = "".join(output.get("text", "") for output in cell.outputs)
    if any("image/png" in each.data for each in alone):
        cell.outputs = alone
    height = sum(map(height_of_output, cell.outputs))
    lines = len(cell.source.splitlines())
    hidden = alone or lines + len(printed.splitlines()) > MOST_LINES
    cell.metadata = {"transient": {"remove_source": bool(hidden)}}
    new = asked(deck) or discussed(deck)
    deck.add(cell, height if hidden else height + SMALL_LINE * (lines + 1), new=new)
    if printed and cell.outputs == alone:
        deck.note(f"```\n{printed}```")


def solutions_of(path):
    """The worked solution of each exercise of a notebook, by its number, and why it is one."""
    found, number = {}, None
    for cell in (cell for each in SOLUTIONS if each.name == path.name for cell in read(each).cells):
        if exercise := checked(cell):
            number = exercise
            found[number] = [f"**Solution.**\n\n```python\n{cell.source}\n```"]
        elif number:
            found[number].append(EXERCISE.split(cell.source)[0])
            number = None
    return found


def add_text(deck, text, solutions):
    exercise, parts = False, [part.strip() for part in PARAGRAPH.findall(text)]
    for part, following in zip(parts, [*parts[1:], " "]):
        begins = EXERCISE.match(part)
        exercise = exercise or begins
        if part.startswith("#"):
            deck.begin(part, "slide")
        elif folded := FOLDED.match(part):
            deck.note(f"**{folded[1]}.** {folded[2].strip()}")
        elif exercise or SHOWN.match(part):
            last = deck[-1][-1].cells[-1]
            seen = last.cell_type == "code" or last.source.startswith("![")
            glue = bool(exercise and not begins or seen and re.match(r"\*[^*]", part))
            cell = text_cell(part.replace("](../", "](") if part.startswith("![") else part)
            deck.add(cell, height_of_text(part), glue, new=not glue and asked(deck))
            for note in solutions.get(begins[0].strip("* "), []) if begins else []:
                deck.note(note)
        elif "[![" not in part:
            first = re.match(r"(?s).*?[.?!](?=\s|$)|.*", part)[0]
            if part.endswith(":") and following[0] in "-1|":
                first = re.search(r"(?s)(?:(?![.?!]\s).)*$", part)[0].strip(".?! \n")
            elif len(deck[-1]) > 1 or deck[-1][0].notes:
                first = ""
            if first:
                deck.add(text_cell(first), height_of_text(first))
            deck.note(part)


def asked(deck):
    """Whether the slide ends with a question, whose answer belongs on the next."""
    return "**Guess first" in deck[-1][-1].text()


def discussed(deck):
    """Whether the slide ends with a figure, and its notes have gone on."""
    last = deck[-1][-1]
    outputs = [output for cell in last.cells for output in cell.get("outputs", [])]
    drawn = any("image/png" in output.get("data", {}) for output in outputs)
    return drawn and not all(note.startswith("```") for note in last.notes)


def is_shown(cell):
    kind, tried = cell.metadata.get("slideshow", {}).get("slide_type"), cell.cell_type == "code"
    silent = not cell.get("outputs") and kind != "fragment"
    if tried and (silent or re.search(r"(?m)^\s*assert |checks\.check\(", cell.source)):
        return False
    return kind != "skip" and "optional" not in tags(cell)


def deck_of(path):
    """The slides of a notebook."""
    deck, solutions = Deck(), solutions_of(path)
    for cell in filter(is_shown, read(path).cells):
        if cell.cell_type == "code":
            add_code(deck, cell)
        else:
            add_text(deck, cell.source, solutions)
    return deck


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
    exporter.embed_images = True  # those in the text, too
    for path in LESSONS:
        notebook = read(path)
        metadata = {"name": path.stem, "path": str(ROOT)}
        notebook.cells = list(deck_of(path).cells())
        page, _ = exporter.from_notebook_node(notebook, {"metadata": metadata})
        (TARGET / f"{path.stem}.html").write_text(page, encoding="utf-8")
        print(f"build/slides/{path.stem}.html")


if __name__ == "__main__":
    main()
