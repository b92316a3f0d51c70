"""Say "ready", or what to do, in half a minute.

python tools/check_ready.py          all checks, once the course is installed
python tools/check_ready.py machine  this one, with any Python 3: whether it can be installed here
"""

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = "Install the course's packages: python -m pip install -r requirements.txt"


def machine():
    """Python's version, and the processor."""
    if not (3, 11) <= sys.version_info < (3, 14):
        version = ".".join(map(str, sys.version_info[:2]))
        advice = "Try: make PYTHON=python3.12"
        return f"The course needs Python 3.11, 3.12 or 3.13, and this is {version}. {advice}"
    if (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        return (
            "TensorFlow has no release for Macs with an Intel processor: open the course on Colab "
            "or Binder instead, with the badges in README.md."
        )


def packages():
    """What pyproject.toml names is installed, in a version that it allows."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version

    try:
        from packaging.requirements import Requirement
    except ImportError:
        return f"No packages are installed. {INSTALL}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in map(Requirement, project["dependencies"]):
        if wanted.marker is None or wanted.marker.evaluate():
            try:
                found = version(wanted.name)
            except PackageNotFoundError:
                return f"{wanted.name} is missing. {INSTALL}"
            if found not in wanted.specifier:
                return f"{wanted.name} is {found}, not {wanted.specifier}. {INSTALL}"


def memory():
    """A kernel and the server have room."""
    import psutil

    limit = int(os.environ.get("MEM_LIMIT") or psutil.virtual_memory().total)  # JupyterHub sets it
    if limit < 3e9:
        return f"There are {limit / 1e9:.1f} GB of memory, and the course needs 3: use Colab."
    free = psutil.virtual_memory().available
    if free < 2e9:
        return f"Only {free / 1e9:.1f} GB of memory are free: close other programs."


def disk():
    """Models can be saved, and there is room for them."""
    import helpers

    try:
        free = shutil.disk_usage(helpers.models_folder()).free
    except OSError as error:
        return f"{error}."
    if free < 1e9:
        return f"Only {free / 1e9:.1f} GB of disk are free, and the course needs 1: make room."


def models():
    """The data are whole, and the models predict."""
    import helpers

    try:
        images, labels = helpers.load_mnist("validation")
        helpers.load_mnist("test")  # to see that it is whole
        for name in ("knn", "svm", "cnn"):
            if (helpers.load_model(name).predict(images[:20]) == labels[:20]).sum() < 15:
                return f"The model {name} predicts badly: remove your own from the folder models."
    except Exception as error:  # each library has its own
        return f"{error}"


def jupyter():
    """A kernel computes, and JupyterLab answers (without a browser)."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import numpy")])
    quiet = {"extra_arguments": ["--log-level=40"]}
    try:
        NotebookClient(notebook, timeout=60, kernel_name="python3", **quiet).execute()
    except Exception as error:
        return f"A notebook does not run: {str(error).strip().splitlines()[-1]}. {INSTALL}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--IdentityProvider.token=ready"]
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            for _ in range(100):
                time.sleep(0.2)
                try:
                    direct.open(f"http://127.0.0.1:{port}/lab?token=ready", timeout=5)
                    return None
                except OSError:
                    if server.poll() is not None:
                        break
        finally:
            server.terminate()
            server.wait()
    return f"JupyterLab does not answer. {INSTALL} And let it listen on 127.0.0.1 (firewall)."


CHECKS = {check.__name__: check for check in (machine, packages, memory, disk, models, jupyter)}


def main():
    sys.path.insert(0, str(ROOT))
    for name in sys.argv[1:] or CHECKS:
        advice = CHECKS[name]()  # no ":=": an old Python is to read as far as its advice
        if advice:
            sys.exit(advice)  # the checks that follow need what this one has found missing
    if not sys.argv[1:]:
        print("ready")


if __name__ == "__main__":
    main()
