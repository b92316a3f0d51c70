"""Measure every notebook and hold it to the budgets; in eight minutes on an idle machine.

    python tools/bench_notebooks.py          run each as on a fresh clone, and judge
    python tools/bench_notebooks.py --write  write what was measured last to the notebooks' heads,
                                             the README and the guide

The figures go to build/bench.json, together with those of the other benches.
"""

import json
import math
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.run import execute  # noqa: E402

RESULTS = ROOT / "build" / "bench.json"
# Seconds, and megabytes of memory; the marked cell trains the network.
BUDGETS = {"cell": 60, "training": 180, "notebook": 240, "course": 480, "memory": 2000}


def record(name, figures):
    """Keep the figures of one bench in build/bench.json, beside those of the others."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results | {name: figures}, indent=1) + "\n", encoding="utf-8")


def measure(path):
    """Run a notebook as on a fresh clone; return its figures."""
    with tempfile.TemporaryDirectory() as models:
        os.environ["DIGITS_MODELS"] = models
        _, figures, error = execute(path)
    if error:
        sys.exit(f"{path.name} failed: {error}")
    return figures


def exceeded(notebooks):
    """What exceeds the budgets, one sentence each."""
    found = []
    for name, figures in notebooks.items():
        for what, unit in [("cell", "s"), ("training", "s"), ("notebook", "s"), ("memory", "MB")]:
            if figures[what] > BUDGETS[what]:
                found.append(f"{name}: {what} {figures[what]:.0f} {unit}, not {BUDGETS[what]}")
    # The eighth notebook is optional.
    seconds = sum(figures["notebook"] for name, figures in notebooks.items() if name < "08")
    if seconds > BUDGETS["course"]:
        found.append(f"the course: {seconds:.0f} s, not {BUDGETS['course']}")
    return found


def in_words(seconds):
    """A time rounded up, for people: to 5 seconds below a minute, above it to half minutes."""
    if seconds <= 55:
        return f"{5 * math.ceil(seconds / 5)} seconds"
    minutes = math.ceil(seconds / 30) / 2
    return f"{minutes:g} minute{'s' if minutes > 1 else ''}"


def replace_once(pattern, by, text):
    text, count = re.subn(pattern, by, text)
    if count != 1:
        raise ValueError(f"{count} places match {pattern}, not one")
    return text


def write_costs(notebooks, root=ROOT):
    """Write the costs to the heads of the notebooks, to the README and to the guide."""
    readme, guide = root / "README.md", root / "notebooks" / "TEACHING.md"
    for name, figures in notebooks.items():
        path = root / "notebooks" / f"{name}.ipynb"
        time = in_words(figures["notebook"])
        memory = f"{math.ceil(figures['memory'] / 100) / 10} GB"
        notebook = nbformat.read(path, as_version=4)
        head = notebook.cells[0]
        cost = f"**Cost.** About {time} on two cores, with {memory} of memory."
        head.source = replace_once(r"\*\*Cost\.\*\* .+? of memory\.", cost, head.source)
        nbformat.write(notebook, path)
        title = re.escape(re.search(r"# (.+)", head.source)[1])
        time = re.sub("minutes?", "min", time.replace("seconds", "s"))
        for file, row, columns in [
            (readme, rf"(\| \[{title}\].* \| )[^|]+( \| \d+ min \|)", rf"\g<1>{time}\2"),
            (guide, rf"(\| {title} \| )[^|]+ \| [^|]+ \|", rf"\g<1>{time} | {memory} |"),
        ]:
            text = file.read_text(encoding="utf-8")
            file.write_text(replace_once(row, columns, text), encoding="utf-8")


def main():
    if sys.argv[1:] == ["--write"]:
        write_costs(json.loads(RESULTS.read_text(encoding="utf-8"))["notebooks"])
        return
    notebooks = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        figures = notebooks[path.stem] = measure(path)
        measured = (f"{what} {value}" for what, value in figures.items())
        print(f"{path.stem:30}", *measured, flush=True)
    record("notebooks", notebooks)
    record("budgets exceeded", exceeded(notebooks))
    print("\n".join(exceeded(notebooks)) or "all budgets are kept")


if __name__ == "__main__":
    main()
