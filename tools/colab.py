"""Run the lessons as on Colab: each notebook alone in an empty folder, with Colab's old releases.

The releases are the lower bounds of pyproject.toml, in an environment of their own, without what
Colab lacks, until a notebook installs it; a module `google.colab` is simulated, and the address of
the repository leads to this clone, as it was last committed. Needs Python 3.11, uv and a network.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from common.notebooks import LESSONS
from tools import set_repository

FOLDER = ROOT / "build" / "colab"
PROGRAMS = FOLDER / "bin"
LACKING = "anywidget", "skops"  # the set-up cell installs them
OTHERS = "jupyterlab", "nbval"
SHOWN = "keras=", "numpy=", "scikit-", "tensorflow-cpu="


def install():
    """An environment with Colab's releases, which believes that it is on Colab."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [line for line in wanted["dependencies"] if not line.startswith(LACKING + OTHERS)]
    names += wanted["optional-dependencies"]["dask"]
    uv = [sys.executable, "-m", "uv"]
    new = [*uv, "venv", "--quiet", "--clear", "--seed", "--python", "3.11", FOLDER]
    subprocess.run(new, check=True)
    within = ["--quiet", "--python", PROGRAMS / "python"]
    oldest = [*uv, "pip", "install", *within, "--resolution", "lowest-direct"]
    subprocess.run([*oldest, *names], check=True)
    listing = subprocess.check_output([*uv, "pip", "freeze", *within[1:]], text=True)
    print(*(line for line in listing.splitlines() if line.startswith(SHOWN)), flush=True)
    (packages,) = FOLDER.glob("lib/python*/site-packages")
    (packages / "google" / "colab").mkdir(parents=True, exist_ok=True)
    (packages / "google" / "colab" / "__init__.py").touch()
    (packages / "colab.pth").write_text("import google.colab\n")


def run(path):
    """Run one notebook alone in an empty folder."""
    environment = os.environ | {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": f"https://github.com/{set_repository.current(ROOT)}",
    }
    environment.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(path.read_bytes())
        command = [PROGRAMS / "jupyter-execute", "--kernel_name=python3", copy.name]
        subprocess.run(command, cwd=folder, env=environment, check=True)


def main():
    install()
    for path in LESSONS:
        run(path)
        print(f"{path.stem}: runs", flush=True)


if __name__ == "__main__":
    main()
