"""Point every badge, link and set-up cell at another GitHub repository.

    python tools/set_repository.py OWNER/REPOSITORY

The current one is read from `[project.urls]` in pyproject.toml, and replaced wherever it stands.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def current(root):
    """The OWNER/REPOSITORY of a checkout."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["project"]["urls"]["Repository"].removeprefix("https://github.com/")


def rewrite(root, new):
    """Replace the repository in all texts of a checkout, and return the files that changed."""
    if not re.fullmatch(r"[\w-]+/[\w.-]+", new):
        raise SystemExit(f"expected OWNER/REPOSITORY, as in octocat/digits; got {new!r}")
    old = current(root)
    notebooks = [path for path in root.glob("notebooks/**/*.ipynb") if path.parent.name[0] != "."]
    texts = [root / "pyproject.toml", root / "README.md", *notebooks]
    changed = [path for path in texts if old in path.read_text(encoding="utf-8")]
    for path in changed:
        content = path.read_text(encoding="utf-8").replace(old, new)
        path.write_text(content, encoding="utf-8", newline="\n")
    return changed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for changed_path in rewrite(ROOT, sys.argv[1]):
        print(changed_path.relative_to(ROOT))
