"""Which numbers of the prose stand in an output near them: for the test, and for tools/mutate.py.

The outputs around a number must hold it with a word beside it; from three digits on it may stand
alone, if nothing there differs from it in the last digit only. A number that is no per cent may
stand in the code beside it, too. A cell that names a notebook, and one that sums its own up, has
all of that notebook's outputs. What holds by definition is in defined.txt, with the words around.
"""

import json
import re
from functools import cache

from common.notebooks import LESSONS, ROOT, SOLUTIONS, lesson, markdown, outputs_text, read, tagged

README = ROOT / "README.md"
FILES = [*LESSONS, *SOLUTIONS, README]
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
# What is no quantity: code, where a link leads, papers and years, numbers of lists and notebooks.
REFERENCE = re.compile(
    r"```.*?```|`[^`]*`|\[\d\]\([^)]*\)|(?<=\])\([^)]*\)|arXiv\s[\d.]+|\b(?:19|20)\d\ds?\b(?!, \d)"
    r"|^ *\d\. |\b\d+ ·|\b[Nn]otebooks?\s\d+(?:(?:,|\sto|\sand)\s\d+\b)*",
    re.M | re.S,
)
SUMS_UP = re.compile(r"# |## (In short|Check yourself|Write it down)").match
EXERCISE = re.compile(r"\*\*\d+\.\d\*\*").match
DEFINED = re.findall(r"^[^#\n].+", (ROOT / "common/defined.txt").read_text("utf-8"), re.M)


def cleared(text):
    """The text with blanks for its references, as long as before."""
    return REFERENCE.sub(lambda match: " " * len(match[0]), text).replace("\n", " ")


def tokens(text):
    """The numbers (with minus and per cent) and the words of a text, between empty strings."""
    text = re.sub(r"(?<=\d)[,_](?=\d{3})", "", text).replace("−", "-")
    found = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?: %)?|[^\W\d_]+|[×=]", text)
    return ["", *map(str.lower, found), ""]


class Evidence:
    """What accounts for the numbers of a passage: outputs and code near it, what holds anyway."""

    def __init__(self, outputs="", code="", phrases=()):
        printed = tokens(re.sub(r"\d+(\.\d+)? s\b", "", outputs))  # seconds change with each run
        self.printed, self.pairs = set(printed), set(zip(printed, printed[1:]))
        self.written = {token for token in tokens(code) if re.search(r"\d.*\d", token)}
        phrases = sorted([*DEFINED, *map(cleared, phrases)], key=len, reverse=True)
        known = "|".join(map(re.escape, phrases))
        self.defined = re.compile(rf"(?<![\w.,])(?:{known}|(\d+) × \1)(?![\w%]|[.,]\d)")

    def holds(self, before, number, after):
        """Whether a number between two words stands in the outputs or in the code."""
        if {(before, number), (number, after)} & self.pairs or number in self.written:
            return True
        stem = number.removesuffix(" %")[:-1]
        alike = [token for token in self.printed if token.removesuffix(" %")[:-1] == stem]
        return alike == [number] and sum(map(str.isdigit, number)) > 2

    def lacking(self, text):
        """Yield the matches of the numbers of a passage that it does not account for."""
        flat = cleared(text)
        known = {place for match in self.defined.finditer(flat) for place in range(*match.span())}
        for match in NUMBER.finditer(flat):
            if match.start() not in known:
                start = match.start() - flat[: match.start()].endswith(" −")
                before, (number, after) = tokens(flat[:start])[-2], tokens(flat[start:])[1:3]
                if not self.holds(before, number, after):
                    yield match


def costs(path):
    """What the guide says that a notebook costs: its title, time, memory, and minutes in class."""
    title = re.match(r"# (\d+ · [^:\n]+)", markdown(path))[1]
    guide = markdown(ROOT / "notebooks" / "TEACHING.md")
    row = re.search(rf"^\| {title} \| (.+) \| (.+) \|$", guide, re.M)
    return title, *row.groups(), re.search(rf"^### {title} \((\d+) minutes", guide, re.M)[1]


def readme_rows():
    """The rows of numbers in the README: those of notebook 06, and the benchmarks'."""
    (cell,) = tagged(read(lesson(6)), "results-table")
    rows = cell.outputs[0].data["text/markdown"].splitlines()[2:]
    benchmark = json.loads((ROOT / "data" / "benchmark.json").read_text(encoding="utf-8"))
    for name, result in benchmark["models"].items():
        seconds = result["fit"], result["predict"], result["fit"] + result["predict"]
        times = " | ".join(f"{each:.1f} s" for each in seconds)
        rows.append(f"| {name} | {100 * result['accuracy']:.2f} % | {times} |")
    path = ROOT / "data" / "benchmark-writers.json"
    for name, cuts in json.loads(path.read_text(encoding="utf-8"))["cross-validation"].items():
        shuffled, whole = cuts["shuffled digits"], cuts["whole writers"]
        numbers = shuffled["accuracy"], *(whole[of] for of in ("accuracy", "employees", "students"))
        rows.append(f"| {name} | {' | '.join(f'{number:.2f} %' for number in numbers)} |")
    return rows


@cache
def sections(path):
    """The cells of a notebook by sections, as (text, outputs); prose has None as its outputs."""
    found = [[]]
    for cell in read(path).cells:
        prose = cell.cell_type == "markdown"
        cut = r"(?m)^(?=## |\*\*\d+\.\d\*\*)" if prose else "(?!)"  # at sections and exercises
        for text in re.split(cut, cell.source):
            if prose and text.startswith("## "):
                found.append([])
            found[-1].append((text, None if prose else outputs_text(cell)))
    return found


def passages(path):
    """Yield the texts of a lesson, of solutions or of the README, each with its evidence."""
    if path == README:
        phrases = [f"{time} | {minutes} min |" for _, time, _, minutes in map(costs, LESSONS)]
        yield markdown(path), Evidence(phrases=readme_rows() + phrases)
        return
    other = path.parent / "solutions" if path in LESSONS else path.parent.parent
    phrases = [text for cells in sections(other / path.name) for text, _ in cells if EXERCISE(text)]
    _, time, memory, minutes = costs(path)
    time = time.replace("min", "minutes").replace(" s", " seconds")
    phrases += [f"About {time} on", f"with {memory} of memory. In a classroom: {minutes} minutes"]
    for cells in sections(path):
        for place, (text, said) in enumerate(cells):
            if said is not None:
                continue
            before, after = cells[:place], cells[place + 1 :]
            outputs = [said for _, said in before if said][-2:]
            outputs += [said for _, said in after if said][:1]
            code = [text for text, said in before if said is not None][-1:]
            code += [text for text, said in after if said is not None][:1]
            if path in SOLUTIONS:  # an answer repeats the numbers of its exercise
                outputs += [text for text, said in before if said is None][-1:]
            named = re.findall(r"otebook (\d+)", text) + [path.name[:2]] * bool(SUMS_UP(text))
            for elsewhere in set(map(lesson, named)):
                outputs += [said or "" for cells in sections(elsewhere) for _, said in cells]
            if EXERCISE(text):  # the same, word for word, in lesson and solutions
                outputs, code = [], []
            yield text, Evidence("\n".join(outputs), "\n".join(code), phrases)
