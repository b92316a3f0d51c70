"""Run the course: every notebook in a fresh kernel, in order, until one fails.

python tools/run.py                     all of it, executed copies and HTML pages in build/
python tools/run.py notebooks/03*.ipynb only these
python tools/run.py --save              each as on a fresh clone; keep the outputs
"""

import argparse
import base64
import importlib.util
import os
import shutil
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters import strip_ansi

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.notebooks import LESSONS, ROOT, read, tagged, tags

BUILD = ROOT / "build"
WIDGET = "application/vnd.jupyter.widget-view+json"
# The kernel logs errors, and no note on encrypting the loopback.
OPTIONS = {"coalesce_streams": True, "record_timing": False, "extra_arguments": ["--log-level=40"]}
LINE = "{name:30} {notebook:6.1f} s  slowest cell {slowest:5.1f} s  memory {memory:5} MB"


def watch_memory(process, seen):
    """Note the resident memory of a process and its children, five times a second."""
    while process.is_running():
        time.sleep(0.2)
        with suppress(psutil.NoSuchProcess):  # one that ended while it was counted
            family = [process, *process.children(recursive=True)]
            seen.append(sum(member.memory_info().rss for member in family))


def execute(path):
    """Execute a notebook in a fresh kernel; return it, its cost, and the error if any.

    The cost is in seconds, and the peak memory in MB; a cell tagged `training` counts apart.
    """
    notebook, error, began = read(path), None, time.monotonic()
    cost, memory = {"cell": 0, "training": 0}, [0]
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, resources=place, **OPTIONS)
    with client.setup_kernel():
        watched = psutil.Process(client.km.provisioner.pid), memory
        threading.Thread(target=watch_memory, args=watched, daemon=True).start()
        try:
            for index, cell in enumerate(notebook.cells):
                if sys.stdout.isatty():
                    print(f"{path.stem:30} cell {index + 1}/{len(notebook.cells)}", end=" \r")
                start = time.monotonic()
                client.execute_cell(cell, index)
                kind = "training" if "training" in tags(cell) else "cell"
                cost[kind] = max(cost[kind], round(time.monotonic() - start, 1))
        except (CellExecutionError, DeadKernelError) as raised:
            error = strip_ansi(str(raised))
    cost["notebook"] = round(time.monotonic() - began, 1)
    return notebook, cost | {"memory": round(max(memory) / 1e6)}, error


def export(notebook, path):
    """Write the executed copy and an HTML page that loads nothing from elsewhere."""
    notebook.metadata.language_info = {"name": "python"}  # of no machine's own version
    notebook.metadata.pop("widgets", None)  # dead without a kernel, as is what shows them
    for cell in [cell for cell in notebook.cells if cell.cell_type == "code"]:
        cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
    folder = BUILD / "solutions" if path.parent.name == "solutions" else BUILD
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    exporter = HTMLExporter(require_js_url="", mathjax_url="", jquery_url="", mermaid_js_url="")
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    (folder / f"{path.stem}.html").write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--save", action="store_true", help="store the outputs in the notebooks")
    arguments = parser.parse_args()
    if arguments.save and any((ROOT / "my-digits").glob("[!.]*")):
        parser.error("move my-digits elsewhere: notebook 9 would show your hand")
    paths = [path.resolve() for path in arguments.notebooks] or LESSONS
    if not (arguments.notebooks or importlib.util.find_spec("distributed")):
        paths = LESSONS[:-1]
        print(f"without the optional {LESSONS[-1].name}, as Dask is not installed (make dask)")
    table, began = "", time.monotonic()
    for path in paths:
        if arguments.save:
            models = BUILD / path.stem / "models"
            shutil.rmtree(models, ignore_errors=True)
            os.environ["DIGITS_MODELS"] = str(models)
        notebook, cost, error = execute(path)
        export(notebook, path)
        slowest = max(cost["cell"], cost["training"])
        print(LINE.format(name=path.stem, slowest=slowest, **cost), flush=True)
        if error:
            sys.exit(f"{error}\n{path.name} failed; its executed copy is in build/")
        if arguments.save:
            nbformat.write(notebook, path)
            for cell in tagged(notebook, "readme-picture"):
                picture = base64.b64decode(cell.outputs[0].data["image/png"])
                (ROOT / "data" / "pictures" / "predictions.png").write_bytes(picture)
            for results in models.glob("*.json"):
                shutil.copyfile(results, ROOT / "data" / results.name)
        for cell in tagged(notebook, "results-table"):
            table = cell.outputs[0].data["text/markdown"]
    print(f"{'all together':30} {time.monotonic() - began:6.1f} s\n\n{table}")


if __name__ == "__main__":
    main()
