"""Point every badge, link and set-up cell at another GitHub repository.

    python tools/set_repository.py OWNER/REPOSITORY
    python tools/set_repository.py --check      fail while no owner has been set

The current one is read from `[project.urls]` in pyproject.toml, and replaced wherever it stands.
"""

import re
import sys
import tomllib
from pathlib import Path

PLACEHOLDER = "your-username/"


def current(root):
    """The OWNER/REPOSITORY of a checkout."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["project"]["urls"]["Repository"].removeprefix("https://github.com/")


def files_naming(root, text):
    """The files of a checkout in which a text stands, among those that name the repository."""
    paths = [root / "pyproject.toml", root / "README.md", root / "notebooks" / "TEACHING.md"]
    paths += [path for path in root.glob("notebooks/**/*.ipynb") if path.parent.name[0] != "."]
    there = filter(Path.exists, paths)  # a class's copy has no guide
    return [path for path in there if text in path.read_text(encoding="utf-8")]


def rewrite(root, new):
    """Replace the repository in all texts of a checkout, and name the files that changed."""
    if not re.fullmatch(r"[\w-]+/[\w.-]+", new):
        sys.exit(f"expected OWNER/REPOSITORY, as in octocat/digits; got {new!r}")
    old = current(root)
    for path in files_naming(root, old):
        content = path.read_text(encoding="utf-8").replace(old, new)
        path.write_text(content, encoding="utf-8", newline="\n")
        print(path.relative_to(root))


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] != "--check":
        rewrite(root, sys.argv[1])
    elif left := files_naming(root, PLACEHOLDER):
        print(*(path.relative_to(root) for path in left), sep="\n")
        sys.exit(
            f"{len(left)} files still name {PLACEHOLDER[:-1]}, so their badges lead nowhere; run: "
            "python tools/set_repository.py OWNER/REPOSITORY"
        )
