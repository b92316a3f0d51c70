"""What the repository promises: links that lead somewhere, pins that agree, code in shape."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from common.notebooks import LESSONS, ROOT, SOLUTIONS, markdown, numbered

GUIDE = ROOT / "notebooks" / "TEACHING.md"
PROJECT_NOTEBOOKS = sorted((ROOT / "notebooks").rglob("project.ipynb"))
PAGES = [GUIDE.with_name(name) for name in ("GLOSSARY.md", "HANDOUT.md")]
TEXTS = [ROOT / "README.md", ROOT / "data" / "README.md", GUIDE, *PAGES]
TEXTS += [*LESSONS, *SOLUTIONS, *PROJECT_NOTEBOOKS]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
HOSTS = "https://colab.research.google.com/", "https://mybinder.org/"
LAUNCHERS = (
    f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/",
    f"https://mybinder.org/v2/gh/{REPOSITORY}/main?urlpath=lab/tree/",
)


def missing(path, text):
    """The links of a text, as if it stood in `path`, that point at no file of this repository."""
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        root = next((root for root in LAUNCHERS if target.startswith(root)), None)
        file = ROOT / target.removeprefix(root) if root else path.parent / target.split("#")[0]
        elsewhere = target.startswith("https://") and not target.startswith(HOSTS)
        lost += [] if elsewhere or file.is_file() else [target]
    return lost


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_link_points_at_a_file_of_the_repository(path):
    assert missing(path, markdown(path)) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_headings_are_in_order_and_tables_have_headers(path):
    text = re.sub(r"^```.*?^```", "", markdown(path), flags=re.M | re.S)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:]))
    for header in re.findall(r"^\|(.*)\|\n\|[ :|-]+\|$", text, re.M):
        assert all(cell.strip() for cell in header.split("|")), header


def test_a_lost_link_is_noticed():
    text = f"[a]({LAUNCHERS[0]}README.md) [b]({LAUNCHERS[0]}01.ipynb) [c](LICENCE) [d](LICENSE) [e](https://arxiv.org)"
    other = "https://mybinder.org/v2/gh/someone/else/main?urlpath=lab/tree/README.md"
    lost = missing(ROOT / "README.md", f"{text} [f]({other})")
    assert lost == [f"{LAUNCHERS[0]}01.ipynb", "LICENCE", other]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_each_notebook_launches_itself(path):
    for root in LAUNCHERS:
        assert markdown(path).count(f"]({root}notebooks/{path.name})") == 1
    assert f"git clone --depth 1 https://github.com/{REPOSITORY} " in path.read_text("utf-8")


def set_repository(folder, argument):
    command = [sys.executable, folder / "tools" / "set_repository.py", argument]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_repository_is_rewritten_everywhere_and_the_placeholder_is_no_release(tmp_path):
    for name in ("pyproject.toml", "README.md", "notebooks", "tools"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    assert set_repository(tmp_path, "octocat").returncode == 1
    assert set_repository(tmp_path, "your-username/digits").returncode == 0
    check = set_repository(tmp_path, "--check")
    assert check.returncode == 1 and "01-explore-the-data.ipynb" in check.stdout
    changed = set_repository(tmp_path, "octocat/digits").stdout.splitlines()
    assert len(changed) == 3 + len(LESSONS) + len(PROJECT_NOTEBOOKS)
    assert set_repository(tmp_path, "--check").returncode == 0
    for name in changed:
        assert REPOSITORY not in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "python, system, machine, complaint",
    [
        ((3, 12), "Linux", "x86_64", ""),
        ((3, 13), "Darwin", "arm64", ""),
        ((3, 11), "Windows", "AMD64", ""),
        ((3, 14), "Linux", "x86_64", "PYTHON=python3.12"),
        ((3, 10), "Linux", "x86_64", "PYTHON=python3.12"),
        ((3, 12), "Darwin", "x86_64", "Colab"),
    ],
)
def test_one_line_says_where_the_course_cannot_be_installed(python, system, machine, complaint):
    script = str(ROOT / "tools" / "check_ready.py")
    code = f"""import platform, runpy, sys
platform.system, platform.machine = lambda: {system!r}, lambda: {machine!r}
sys.version_info, sys.argv = {python!r}, [{script!r}, "machine"]
runpy.run_path({script!r}, run_name="__main__")"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == len(result.stderr.splitlines()) == bool(complaint)
    assert complaint in result.stderr


def test_a_copy_that_jupyterlab_made_is_no_lesson(tmp_path):
    for name in ("02-b.ipynb", "01-a.ipynb", "01-a-Copy1.ipynb", "project.ipynb"):
        (tmp_path / name).touch()
    assert [path.name for path in numbered(tmp_path)] == ["01-a.ipynb", "02-b.ipynb"]


def pins(*names):
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in names]
    return [Requirement(line) for line in "\n".join(texts).splitlines() if line]


@pytest.mark.parametrize("group", [None, "dev", "dask"])
def test_requirements_pin_what_pyproject_names(group):
    files = ["requirements.txt"] + ([f"requirements-{group}.txt"] if group else [])
    wanted = PROJECT["optional-dependencies"][group] if group else PROJECT["dependencies"]
    pinned = pins(*files)
    for pin in pinned:
        assert pin.url is None and re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
    for system, machine in [("linux", "x86_64"), ("darwin", "arm64"), ("win32", "AMD64")]:
        environment = default_environment() | {"sys_platform": system, "platform_machine": machine}
        versions = {
            pin.name: str(pin.specifier)[2:]
            for pin in pinned
            if pin.marker is None or pin.marker.evaluate(environment)
        }
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate(environment):
                assert versions[requirement.name] in requirement.specifier, (requirement, system)


def test_what_several_requirements_pin_is_pinned_alike():
    pinned = {}
    for pin in pins("requirements.txt", "requirements-dev.txt", "requirements-dask.txt"):
        pinned.setdefault((pin.name, str(pin.marker)), set()).add(str(pin.specifier))
    assert not {name: found for name, found in pinned.items() if len(found) > 1}


def test_a_learner_installs_no_tools_of_developers():
    names = {pin.name for pin in pins("requirements.txt")}
    assert {"nbval", "jupyterlab"} <= names
    assert not names & {"selenium", "sphinx", "hypothesis", "ruff", "pytest-xdist", "dask"}


def test_environment_yml_installs_the_requirements():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    python, *others = re.findall(r"^ +- (.+)$", text.split("dependencies:")[1], re.M)
    assert others == ["pip", "pip:", "-r requirements.txt"]
    assert python in ("python=3.11", "python=3.12", "python=3.13")


def test_nothing_tracked_is_large_or_names_a_machine():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    assert len(files) > 30
    for path in files:
        assert path.stat().st_size < 10_000_000, path
        if path.suffix in (".ipynb", ".json", ".md", ".py", ".txt", ".toml", ".yml"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])/(home|root|Users)/\w|[A-Z]:\\\\Users", text), path
            assert path.suffix != ".json" or "resolved" not in text, path  # where npm fetched it


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_knows_all_its_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.M)[1].split()
    assert re.findall(r"^([a-z-]+):", makefile, re.M) == targets
    subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_has_nothing_to_say(command):
    subprocess.run([sys.executable, "-m", "ruff", *command, "--no-cache"], cwd=ROOT, check=True)
