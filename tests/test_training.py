"""Notebook 05's training loses at most one epoch, whatever stops it."""

import json
import os
import subprocess
import sys
import time

import pytest

import helpers
from helpers.data import ROOT

# The notebook's own cells, on few digits.
SCRIPT = """
import sys, time
import nbformat
from tqdm import tqdm
from tools.bench_network import NOTEBOOK, helpers, keras, recipe

names = recipe(EPOCHS=6) | {"helpers": helpers, "tqdm": tqdm, "sys": sys, "time": time}
images, labels = helpers.load_mnist("validation")
names["validation_images"], names["validation_labels"] = images[:100], labels[:100]
names["network"] = names["build_network"]()
names["batches"] = names["ShakenDigits"](images[:1280], labels[:1280])
names["compile_network"](names["network"], 60)
for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
    if "training" in cell.metadata.get("tags", []):
        exec(cell.source, names)
steps = int(names["network"].optimizer.iterations)
print("epochs", names["record"].epoch, "steps", steps)
"""


def start(folder):
    environment = os.environ | {"DIGITS_MODELS": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, text=True
    )


def kill_after(epochs, folder):
    """Start the training, and kill it without warning once that many epochs are kept."""
    process = start(folder)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        state = next(folder.glob("training-*/training_metadata.json"), None)
        try:
            if state and json.loads(state.read_text())["epoch"] >= epochs:
                break
        except (ValueError, FileNotFoundError):  # it is being written
            pass
        time.sleep(0.01)
    assert process.poll() is None, "the training ended before it could be killed"
    process.kill()  # SIGKILL
    process.communicate()


@pytest.mark.parametrize("half_written", [False, True])
def test_a_killed_training_goes_on(tmp_path, half_written):
    kill_after(3, tmp_path)
    (weights,) = tmp_path.glob("training-*/latest.weights.h5")
    if half_written:
        weights.write_bytes(weights.read_bytes()[:50_000])
    output = start(tmp_path).communicate()[0]
    epochs = json.loads(output.split("epochs ")[1].split(" steps")[0])
    assert epochs[0] in ((2, 3, 4) if half_written else (3, 4, 5))
    assert epochs == list(range(epochs[0], 6))
    assert int(output.split("steps ")[1]) == 60
    assert not list(tmp_path.glob("training-*"))


def test_two_trainings_at_once_leave_each_other_alone(tmp_path):
    processes = [start(tmp_path), start(tmp_path)]
    for output in [process.communicate()[0] for process in processes]:
        assert "epochs [0, 1, 2, 3, 4, 5] steps 60" in output
    assert not list(tmp_path.glob("training-*"))


def test_what_a_running_process_keeps_is_not_taken_over(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    own = tmp_path / f"training-{os.getpid()}"
    running = tmp_path / f"training-{os.getppid()}"
    running.mkdir()
    assert helpers.training_folder("training") == own and not own.exists()
    os.utime(running, (1, 1))  # left by an earlier process, which had the same number
    assert helpers.training_folder("training") == own and own.exists() and not running.exists()
