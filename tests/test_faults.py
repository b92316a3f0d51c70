"""The whole course where machines are poor and disks are strange: `make test-faults`, 25 minutes.

Most of it needs root on Linux, for namespaces, limits and mounts.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpers.data import ROOT

NOTEBOOKS = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
NEEDED = "DIGITS_FAULTS" in os.environ  # set by .ci/run, where nothing may be skipped
IS_ROOT = sys.platform == "linux" and os.geteuid() == 0
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not IS_ROOT and not NEEDED, reason="needs root on Linux"),
]
MEMORY = 2 * 2**30


@pytest.fixture
def clone(tmp_path):
    """A fresh clone, in a folder whose name is awkward."""
    folder = tmp_path / "Übungen, Woche 3 (手書き数字)"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


@contextmanager
def memory_limit(name):
    """A control group with 2 GB, of version 1 or 2: the file that a process enters it by."""
    old = Path("/sys/fs/cgroup/memory")
    group = (old if old.is_dir() else old.parent) / f"digits-{name}"
    group.mkdir()
    limit = "memory.limit_in_bytes" if old.is_dir() else "memory.max"
    (group / limit).write_text(str(MEMORY))
    yield group / "cgroup.procs"
    group.rmdir()


def run_confined(command, folder):
    """Run a command on one core, in 2 GB, without network, home or locale."""
    enter = 'echo $$ > "$0"; exec unshare --net "$@"'
    loopback = 'ip link set lo up; exec "$@"'
    with memory_limit(folder.parent.name) as procs:
        return subprocess.run(
            ["sh", "-c", enter, procs, "sh", "-c", loopback, "sh", "taskset", "--cpu-list", "0"]
            + command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder / "nowhere")},
            capture_output=True,
            text=True,
        )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_notebook_alone_on_a_poor_machine(name, clone):
    """With the outputs that are stored."""
    result = run_confined([sys.executable, "-m", "pytest", "-q", f"notebooks/{name}"], clone)
    assert result.returncode == 0, result.stdout[-5000:]


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


def test_the_course_twice_at_once_forwards_and_backwards(clone):
    """In the same folder, started from another one; afterwards the models are whole."""
    runs = [
        subprocess.Popen(
            [sys.executable, clone / "tools" / "run.py", *names],
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={key: value for key, value in os.environ.items() if key != "DIGITS_MODELS"},
        )
        for names in (
            [clone / "notebooks" / name for name in NOTEBOOKS],
            [clone / "notebooks" / name for name in reversed(NOTEBOOKS)],
        )
    ]
    outputs = [process.communicate()[0] for process in runs]
    assert [process.returncode for process in runs] == [0, 0], outputs


def test_notebook_08_on_a_cluster_elsewhere(clone, tmp_path):
    """A scheduler and two workers that were there before; with the outputs that are stored."""
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    local = ["--host", "127.0.0.1", "--scheduler-file", file, "--no-dashboard"]
    environment = os.environ | {"PYTHONPATH": str(clone)}
    commands = [
        [*dask, "scheduler", "--port", "0", *local],
        [*dask, "worker", "--nworkers", "2", "--nthreads", "1", *local],
    ]
    processes = [
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        address = json.loads(file.read_text())["address"]
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "notebooks/08-go-bigger.ipynb"],
            cwd=clone,
            env=os.environ | {"DASK_SCHEDULER_ADDRESS": address},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout[-5000:]
    finally:
        for process in processes:
            process.terminate()
            process.wait(30)
