"""Nobody else gets in, and nothing that a learner brings is executed."""

import ast
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import psutil
import pytest

from helpers.data import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
SCRIPTS = sorted(ROOT.glob("[ht][eo]*s/*.py"))  # helpers, tests, tools
FORBIDDEN = {
    "eval",
    "pickle.load",
    "pickle.loads",
    "joblib.load",
    "numpy.load",
    "os.system",
    "os.popen",
    "keras.config.enable_unsafe_deserialization",
}


def dangers(source):
    """Calls that would run what a file or a learner's input says."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            settings = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if name in FORBIDDEN or settings.get("shell") == "True":
                found.add(name)
            if settings.get("safe_mode") == "False" or settings.get("allow_pickle") == "True":
                found.add(name)
    return found


def test_no_script_runs_what_it_reads():
    assert {path.parent.name for path in SCRIPTS} == {"helpers", "tests", "tools"}
    for path in SCRIPTS:
        assert not dangers(path.read_text(encoding="utf-8")), path


def test_no_notebook_runs_what_it_reads():
    """Nor calls a shell, but for the set-up cell, which is the same in all of them."""
    setup = nbformat.read(NOTEBOOKS[0], as_version=4).cells[2].source
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and cell.source != setup:
                assert not re.search(r"^\s*[!%]", cell.source, re.M), path
                assert not dangers(cell.source) and "exec(" not in cell.source, path


@pytest.mark.parametrize(
    "source, found",
    [
        ("eval(input())", {"eval"}),
        ("pickle.load(file)", {"pickle.load"}),
        ("subprocess.run(name, shell=True)", {"subprocess.run"}),
        ("keras.models.load_model(path, safe_mode=False)", {"keras.models.load_model"}),
        ("pickle.dumps(model); evaluate(3)", set()),
    ],
)
def test_the_guard_sees(source, found):
    assert dangers(source) == found


@pytest.fixture(scope="module")
def lab():
    """JupyterLab as `make lab` starts it, but without a browser: the process and its address."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\t\$\(BIN\)/jupyter lab (.+)$", makefile, re.M)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "jupyterlab", *command.split()]
    arguments += ["--no-browser", f"--ServerApp.port={port}"]
    if os.name == "posix" and os.geteuid() == 0:
        arguments.append("--allow-root")
    server = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if found := re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*token=\w+", line):
            break
    else:
        pytest.fail("JupyterLab ended before it named an address with a token")
    yield server, port, found[0].split("token=")[1]
    server.terminate()
    server.communicate(timeout=30)


def status(port, query=""):
    address = f"http://localhost:{port}/api/contents{query}"
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:  # it does not listen yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_the_lab_wants_its_token(lab):
    _, port, token = lab
    assert len(token) >= 32
    assert status(port) == 403 and status(port, "?token=wrong") == 403
    assert status(port, f"?token={token}") == 200


def test_the_lab_listens_on_this_machine_only(lab):
    server, port, _ = lab
    assert status(port) == 403
    main = psutil.Process(server.pid)
    listening = [
        connection.laddr
        for process in (main, *main.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert port in {address.port for address in listening}
    assert {address.ip for address in listening} <= {"127.0.0.1", "::1"}
