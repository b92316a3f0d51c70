"""What the repository promises: links that lead somewhere, pins that agree, code in shape."""

import json
import re
import shutil
import subprocess
import sys
import tomllib

import nbformat
import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers.data import ROOT
from tools import bench, bench_notebooks, set_repository

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
GUIDE = ROOT / "notebooks" / "TEACHING.md"
TEXTS = [ROOT / "README.md", ROOT / "data" / "README.md", GUIDE, *NOTEBOOKS, *SOLUTIONS]
REPOSITORY = set_repository.current(ROOT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def markdown(path):
    """The text of a Markdown file, or of all the Markdown cells of a notebook."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def targets(text):
    """Where the links and pictures of a Markdown text point."""
    return re.findall(r"\]\(([^)\s]+)\)", text)


def missing(path, text):
    """The links of a text, as if it stood in `path`, that point at no file of this repository."""
    roots = (
        f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/",
        f"https://mybinder.org/v2/gh/{REPOSITORY}/main?urlpath=lab/tree/",
    )
    lost = []
    for target in targets(text):
        for root in roots:
            if target.startswith(root):
                file = ROOT / target.removeprefix(root)
                break
        else:
            file = path.parent / target.split("#")[0]
        if not file.is_file():
            lost.append(target)
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
    colab = f"https://colab.research.google.com/github/{REPOSITORY}/blob/main/notebooks/"
    text = f"[a]({colab}01-explore-the-data.ipynb) [b]({colab}01.ipynb) [c](LICENCE) [d](LICENSE)"
    other = "https://mybinder.org/v2/gh/someone/else/main?urlpath=lab/tree/README.md"
    assert missing(ROOT / "README.md", text) == [f"{colab}01.ipynb", "LICENCE"]
    assert missing(ROOT / "README.md", f"[e]({other})") == [other]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_each_notebook_launches_itself(path):
    links = [target for target in targets(markdown(path)) if REPOSITORY in target]
    assert [link.rsplit("/", 1)[1] for link in links] == [path.name, path.name]
    assert "colab" in links[0] and "mybinder" in links[1]
    assert f"https://github.com/{REPOSITORY} " in path.read_text(encoding="utf-8")


def test_the_repository_is_rewritten_everywhere(tmp_path):
    for name in ("pyproject.toml", "README.md", "notebooks"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    changed = set_repository.rewrite(tmp_path, "octocat/digits")
    assert len(changed) == 2 + len(NOTEBOOKS)
    assert set_repository.current(tmp_path) == "octocat/digits"
    assert not [path for path in changed if REPOSITORY in path.read_text(encoding="utf-8")]
    with pytest.raises(SystemExit, match="expected OWNER/REPOSITORY"):
        set_repository.rewrite(tmp_path, "octocat")


def test_the_readme_shows_the_results_of_notebook_06():
    cells = nbformat.read(ROOT / "notebooks" / "06-evaluate.ipynb", as_version=4).cells
    (cell,) = [cell for cell in cells if "results-table" in cell.metadata.get("tags", [])]
    table = cell.outputs[0].data["text/markdown"]
    assert table.count("\n") == 4
    assert f"\n\n{table}\n\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))["models"]
    for row, result in zip(table.splitlines()[2:], results.values(), strict=True):
        accuracy, low, high = result["accuracy, low, high"]
        assert f"| {accuracy:.2f} % | {low:.2f}–{high:.2f} % | {result['mistakes']} |" in row


def test_the_readme_shows_the_benchmark():
    results = json.loads(bench.RESULTS.read_text(encoding="utf-8"))
    table = bench.table(results["models"])
    assert table.count("\n") == 5
    assert f"\n\n{table}\n\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    for name, kind in [("knn", "K-nearest neighbours"), ("svm", "Support vector machine")]:
        seconds = {
            whose: results["models"][f"{kind}, {whose}"]["fit"]
            + results["models"][f"{kind}, {whose}"]["read"]
            for whose in ("raw pixels", "ours")
        }
        ratio = results["raw pixels, seconds over ours"][name]
        assert ratio == pytest.approx(seconds["raw pixels"] / seconds["ours"], rel=0.01)


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines]


BASE, WITH_DASK = pins("requirements.txt"), pins("requirements.txt") + pins("requirements-dask.txt")


@pytest.mark.parametrize(
    "pinned, wanted",
    [
        (BASE, PROJECT["dependencies"]),
        (WITH_DASK, PROJECT["optional-dependencies"]["dask"]),
    ],
    ids=["base", "with Dask"],
)
def test_requirements_pin_what_pyproject_names(pinned, wanted):
    assert len(pinned) == len({(pin.name, str(pin.marker)) for pin in pinned})
    for pin in pinned:
        assert pin.url is None and re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
    for system in ("linux", "darwin", "win32"):
        environment = default_environment() | {"sys_platform": system, "platform_machine": "x86_64"}
        versions = {
            pin.name: str(pin.specifier)[2:]
            for pin in pinned
            if pin.marker is None or pin.marker.evaluate(environment)
        }
        for requirement in map(Requirement, wanted):
            if requirement.marker is None or requirement.marker.evaluate(environment):
                assert versions[requirement.name] in requirement.specifier, (requirement, system)


def test_environment_yml_installs_the_requirements():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    dependencies = re.findall(r"^ +- (.+)$", text.split("dependencies:")[1], re.M)
    python, *others = dependencies
    assert others == ["pip", "pip:", "-r requirements.txt"]
    assert python.removeprefix("python=") + ".0" in SpecifierSet(PROJECT["requires-python"])


def test_nothing_tracked_is_large_or_names_a_machine():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    assert len(files) > 30
    for path in files:
        assert path.stat().st_size < 10_000_000, path
        if path.suffix in (".ipynb", ".md", ".py", ".txt", ".toml", ".yml"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])/(home|root|Users)/\w|[A-Z]:\\\\Users", text), path


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_knows_all_its_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.M)[1].split()
    assert re.findall(r"^([a-z-]+):", makefile, re.M) == targets
    subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff_has_nothing_to_say(command):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout


def test_the_guide_and_the_readme_state_the_costs_of_the_notebooks():
    guide, readme = markdown(GUIDE), markdown(ROOT / "README.md")
    for path in NOTEBOOKS:
        title = f"{int(path.name[:2])} · " + markdown(path).split("·")[1].split("\n")[0].strip()
        cost = re.search(r"\*\*Cost\.\*\* (.+)", markdown(path))[1]
        memory, minutes = re.search(r"(\d\.\d GB).+classroom: (\d+) min", cost).groups()
        time = re.match(r"(?:About )?(.+?) on two cores", cost)[1].replace("two minutes", "2 min")
        time = time.replace("minutes", "min").replace("seconds", "s")
        assert f"| {title} | {time} | {memory} |" in guide
        assert f"### {title} ({minutes} minutes" in guide
        assert re.search(rf"\[{title}\].*\| {re.escape(time)} \| {minutes} min \|", readme)


FIGURES = {"notebook": 61.2, "cell": 12.0, "training": 0.0, "memory": 1234}


def test_costs_are_written_wherever_they_are_stated(tmp_path):
    for name in ("README.md", "notebooks"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    bench_notebooks.write_costs({path.stem: FIGURES for path in NOTEBOOKS}, tmp_path)
    guide = (tmp_path / "notebooks" / "TEACHING.md").read_text(encoding="utf-8")
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    cost = "**Cost.** About 1.5 minutes on two cores, with 1.3 GB of memory. In a classroom: "
    for path in NOTEBOOKS:
        assert cost in markdown(tmp_path / "notebooks" / path.name)
        title = f"{int(path.name[:2])} · " + markdown(path).split("·")[1].split("\n")[0].strip()
        assert f"| {title} | 1.5 min | 1.3 GB |" in guide
        assert re.search(rf"\[{title}\].*\| 1.5 min \| \d+ min \|", readme)


@pytest.mark.parametrize(
    "seconds, words", [(3, "5 seconds"), (55, "55 seconds"), (56, "1 minute"), (61, "1.5 minutes")]
)
def test_times_are_rounded_up(seconds, words):
    assert bench_notebooks.in_words(seconds) == words


def test_what_exceeds_the_budgets_is_named():
    slow = {"notebook": 250, "cell": 61, "training": 181, "memory": 2001}
    found = bench_notebooks.exceeded({"01-a": slow, "02-b": FIGURES, "08-c": FIGURES})
    assert [line.split()[:2] for line in found] == [
        ["01-a:", what] for what in ("cell", "training", "notebook", "memory")
    ]
    course = dict.fromkeys(["01-a", "02-b", "03-c"], FIGURES | {"notebook": 161})
    assert bench_notebooks.exceeded(course) == ["the course: 483 s, not 480"]
