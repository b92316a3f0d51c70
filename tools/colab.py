"""Run the lessons as on Colab: each notebook alone in an empty folder, with Colab's old releases.

    python tools/colab.py                      all of them, 15 minutes
    python tools/colab.py notebooks/01*.ipynb  only these

The releases are the lower bounds of pyproject.toml, in an environment of their own, without what
Colab lacks; a module `google.colab` is simulated, and the address of the repository leads to
this clone, as it was last committed. Needs Python 3.11, uv and a network.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import set_repository  # noqa: E402

FOLDER = ROOT / "build" / "colab"
PYTHON = FOLDER / "bin" / "python"
LACKING = "anywidget", "skops"  # the set-up cell installs them
OTHERS = (
    "jupyterlab",
    "nbval",
    "pytest",
    "ruff",
    "hypothesis",
    "selenium",
    "sphinx",
    "myst-nb",
    "furo",
)
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": "."}}).execute()
"""


def install():
    """An environment with Colab's releases, which believes that it is on Colab."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [line for line in wanted["dependencies"] if not line.startswith(LACKING + OTHERS)]
    names += wanted["optional-dependencies"]["dask"]
    uv = [sys.executable, "-m", "uv"]
    subprocess.run(
        [*uv, "venv", "--quiet", "--clear", "--seed", "--python", "3.11", FOLDER], check=True
    )
    command = [
        *uv,
        "pip",
        "install",
        "--quiet",
        "--resolution",
        "lowest-direct",
        "--python",
        PYTHON,
    ]
    subprocess.run([*command, *names], check=True)
    (packages,) = FOLDER.glob("lib/python*/site-packages")
    (packages / "google" / "colab").mkdir(parents=True, exist_ok=True)
    (packages / "google" / "colab" / "__init__.py").touch()
    (packages / "colab.pth").write_text("import google.colab\n")


def run(path):
    """Run one notebook alone in an empty folder."""
    address = f"https://github.com/{set_repository.current(ROOT)}"
    local = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": address}
    local["GIT_CONFIG_KEY_0"] = f"url.{ROOT.as_uri()}.insteadOf"
    path_first = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(path.read_bytes())
        environment = os.environ | local | {"PATH": path_first}
        environment.pop("PYTHONPATH", None)
        subprocess.run([PYTHON, "-c", RUN, copy.name], cwd=folder, env=environment, check=True)


def main():
    install()
    listing = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "freeze", "--python", PYTHON],
        capture_output=True,
        text=True,
    )
    print(
        *re.findall(
            r"^(?:keras|numpy|scikit-\w+|tensorflow_cpu|tensorflow-cpu)==.*", listing.stdout, re.M
        )
    )
    for name in sys.argv[1:] or sorted((ROOT / "notebooks").glob("*.ipynb")):
        run(Path(name).resolve())
        print(f"{Path(name).stem}: runs", flush=True)


if __name__ == "__main__":
    main()
