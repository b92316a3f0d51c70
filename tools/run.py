"""Run the course: every notebook in a fresh kernel, in order.

    python tools/run.py                     all of it, executed copies and HTML pages in build/
    python tools/run.py notebooks/03*.ipynb only these
    python tools/run.py --save              store the outputs in the notebooks themselves, too;
                                            each runs as on a fresh clone, with the shipped models

A line per notebook says how long it took, its slowest cell and its kernel's peak memory; the last
lines are the results table of notebook 06. The exit status is 1 if a notebook fails.
"""

import argparse
import base64
import importlib.util
import os
import shutil
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
WIDGET = "application/vnd.jupyter.widget-view+json"


class MemoryWatch(threading.Thread):
    """Note the largest resident memory of a process and its children, five times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.process, self.peak, self.done = psutil.Process(pid), 0, threading.Event()

    def run(self):
        while not self.done.wait(0.2):
            try:
                family = [self.process, *self.process.children(recursive=True)]
                self.peak = max(self.peak, sum(member.memory_info().rss for member in family))
            except psutil.NoSuchProcess:  # a child that ended while it was counted
                continue


def execute(path):
    """Execute one notebook; return it, its figures, and the error if any.

    The figures are the seconds of the notebook, of its slowest cell and of the cell that is tagged
    `training`, which is not counted among the others, and the peak memory in MB.
    """
    notebook = nbformat.read(path, as_version=4)
    seconds = {}

    def start(cell, cell_index):
        seconds[cell_index] = -time.monotonic()
        if sys.stdout.isatty():
            print(f"\r{path.stem:32} cell {cell_index + 1}/{len(notebook.cells)} ", end="")

    def end(cell, cell_index, execute_reply):
        seconds[cell_index] += time.monotonic()

    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        extra_arguments=["--log-level=40"],  # errors, and no note on encrypting the loopback
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,
        record_timing=False,
        on_cell_execute=start,
        on_cell_executed=end,
    )
    began, error = time.monotonic(), None
    with client.setup_kernel():
        watch = MemoryWatch(client.km.provisioner.pid)
        watch.start()
        try:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        except CellExecutionError as raised:
            error = raised
        watch.done.set()
    training = [
        seconds.pop(index)
        for index, cell in enumerate(notebook.cells)
        if "training" in cell.metadata.get("tags", []) and index in seconds
    ]
    figures = {
        "notebook": round(time.monotonic() - began, 1),
        "cell": round(max(seconds.values(), default=0), 1),
        "training": round(sum(training), 1),
        "memory": round(watch.peak / 1e6),
    }
    return notebook, figures, error


def clean(notebook):
    """Leave out what differs from machine to machine, and widgets: dead without a kernel."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]


def export(notebook, path):
    """Write the executed copy and an HTML page that loads nothing from elsewhere."""
    folder = BUILD / "solutions" if path.resolve().parent.name == "solutions" else BUILD
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    exporter = HTMLExporter(require_js_url="", mathjax_url="", jquery_url="", mermaid_js_url="")
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    (folder / path.name).with_suffix(".html").write_text(page, encoding="utf-8")


def tagged_output(notebook, tag, kind):
    """The output of the cell that carries a tag, or None if the notebook has no such cell."""
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", []):
            return cell.outputs[0].data[kind]
    return None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--save", action="store_true", help="keep the outputs in place")
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    if not (arguments.notebooks or importlib.util.find_spec("distributed")):
        paths = [path for path in paths if path.stem != "08-go-bigger"]
        print("without the optional notebook 8, as Dask is not installed (make dask)")
    print(f"{'notebook':32}   {'total':>6}    {'slowest':>7}  {'peak':>8}", flush=True)
    table, began = "", time.monotonic()
    for path in paths:
        if arguments.save:
            os.environ["DIGITS_MODELS"] = str(BUILD / path.stem / "models")
        notebook, figures, error = execute(path.resolve())
        clean(notebook)
        export(notebook, path)
        start = "\r" if sys.stdout.isatty() else ""
        slowest = max(figures["cell"], figures["training"])
        print(
            f"{start}{path.stem:32} {figures['notebook']:6.1f} s  {slowest:6.1f} s  "
            f"{figures['memory']:6.0f} MB",
            flush=True,
        )
        if error:
            print(strip_ansi(str(error)))
            sys.exit(f"{path.name} failed; its executed copy is in build/")
        if arguments.save:
            nbformat.write(notebook, path)
            if picture := tagged_output(notebook, "readme-picture", "image/png"):
                (ROOT / "data/pictures/predictions.png").write_bytes(base64.b64decode(picture))
            if (results := BUILD / path.stem / "models" / "results.json").exists():
                shutil.copyfile(results, ROOT / "data" / "results.json")
        table = tagged_output(notebook, "results-table", "text/markdown") or table
    print(f"{'all together':32} {time.monotonic() - began:6.1f} s\n\n{table}")


if __name__ == "__main__":
    main()
