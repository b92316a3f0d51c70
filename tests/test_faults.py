"""The course where machines are poor and disks are strange; most of it needs root on Linux.

The cheap half is part of `.ci/run`; `make test-faults` runs the costly half, in half an hour.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import helpers
from common.notebooks import LESSONS, ROOT

NOTEBOOKS = [path.name for path in LESSONS]
MEMORY = 2 * 2**30
# Control groups, of version 1 or 2, and the file that sets their limit.
GROUPS, LIMIT = Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"
if not GROUPS.is_dir():
    GROUPS, LIMIT = GROUPS.parent, "memory.max"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
cheap, costly = pytest.mark.faults, pytest.mark.slow


@pytest.fixture(autouse=True)
def root_on_linux(may_mount):
    if not may_mount or not os.access(GROUPS, os.W_OK):
        pytest.skip("needs root on Linux")


@pytest.fixture
def clone(tmp_path):
    """The course as a fresh clone has it, in a folder whose name is awkward."""
    folder = tmp_path / "Übungen, Woche 3 (手書き数字)"
    left_out = shutil.ignore_patterns(".git", ".venv", "build", "models", "my-digits")
    shutil.copytree(ROOT, folder, ignore=left_out)
    shutil.copytree(ROOT / "data" / "models", folder / "data" / "models")
    return folder


def run_confined(command, folder):
    """Run a command on one core, in 2 GB, without network, home or locale."""
    group = GROUPS / f"digits-{os.getpid()}"
    group.mkdir(exist_ok=True)
    (group / LIMIT).write_text(str(MEMORY))
    enter = 'echo $$ > "$0"; exec unshare --net "$@"'
    loopback = 'ip link set lo up; exec "$@"'
    result = subprocess.run(
        ["sh", "-c", enter, group / "cgroup.procs"]
        + ["sh", "-c", loopback, "sh", "taskset", "--cpu-list", "0", *command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder / "nowhere")},
        capture_output=True,
        text=True,
    )
    with suppress(OSError):  # something of it may still run
        group.rmdir()
    return result


@costly
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_notebook_alone_on_a_poor_machine(name, clone):
    """With the outputs that are stored."""
    result = run_confined([*PYTEST, f"notebooks/{name}"], clone)
    assert result.returncode == 0, result.stdout[-5000:]


@cheap
@pytest.mark.parametrize(
    "greed, error",
    [
        ("import numpy; numpy.ones(3 * 2**27)", ""),  # 3 GB: the process is killed
        ("import socket; socket.create_connection(('192.0.2.1', 80), 5)", "unreachable"),
        ("import os; assert len(os.sched_getaffinity(0)) > 1", "AssertionError"),
        ("from pathlib import Path; assert Path.home().exists()", "AssertionError"),
    ],
    ids=["memory", "network", "core", "home"],
)
def test_the_poor_machine_is_poor(greed, error, tmp_path):
    result = run_confined([sys.executable, "-c", greed], tmp_path)
    assert result.returncode != 0 and error in result.stderr


@cheap
def test_a_read_only_checkout(clone):
    """With DIGITS_MODELS elsewhere, as conftest.py sets it; with the outputs that are stored."""
    mount = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; cd "$0"; '
    mount += 'if touch probe; then exit 1; fi; exec "$@"'
    notebooks = ["notebooks/06-evaluate.ipynb", "notebooks/08-recognise-your-own-digits.ipynb"]
    command = ["unshare", "--mount", "sh", "-c", mount, clone, *PYTEST, *notebooks]
    subprocess.run(command, check=True)


@costly
def test_the_course_twice_at_once_forwards_and_backwards(clone, monkeypatch, capsys):
    """In the same folder, started from another one; afterwards the models are whole."""
    monkeypatch.delenv("DIGITS_MODELS")
    run = [sys.executable, clone / "tools" / "run.py"]
    together = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": "/"}
    paths = [clone / "notebooks" / name for name in NOTEBOOKS]
    runs = [subprocess.Popen([*run, *order], **together) for order in (paths, paths[::-1])]
    outputs = [process.communicate()[0] for process in runs]
    assert [process.returncode for process in runs] == [0, 0], outputs
    kept = {"knn.skops", "svm.skops", "cnn.keras", "results.json", "limits.json"}
    assert set(os.listdir(clone / "models")) == kept
    monkeypatch.setenv("DIGITS_MODELS", str(clone / "models"))
    for name in ("knn", "svm", "cnn"):
        helpers.load_model(name)
        assert capsys.readouterr().out.startswith(f"{name}: your own model")


@cheap
def test_notebook_10_on_a_cluster_elsewhere(clone, tmp_path):
    """A scheduler and two workers that were there before; with the outputs that are stored."""
    file = tmp_path / "scheduler.json"
    local = ["--host", "127.0.0.1", "--scheduler-file", file, "--no-dashboard"]
    environment = os.environ | {"PYTHONPATH": str(clone)}
    commands = ["scheduler", "--port", "0"], ["worker", "--nworkers", "2", "--nthreads", "1"]
    dask = [[sys.executable, "-m", "dask", *command, *local] for command in commands]
    processes = [subprocess.Popen(command, env=environment) for command in dask]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        address = {"DASK_SCHEDULER_ADDRESS": json.loads(file.read_text())["address"]}
        command = [*PYTEST, "notebooks/10-go-bigger.ipynb"]
        subprocess.run(command, cwd=clone, env=os.environ | address, check=True)
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)
