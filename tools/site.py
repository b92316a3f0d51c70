"""Build the website of the course in build/site: lessons, solutions, guide, with search.

    python tools/site.py

From the stored outputs, with every warning an error; nothing is fetched.
"""

import shutil
import sys
from pathlib import Path

import nbformat
from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TARGET = ROOT / "build" / "site-source", ROOT / "build" / "site"
SETTINGS = {
    "project": "Handwritten digit recognition",
    "extensions": "myst_nb",
    "html_theme": "furo",
    "html_title": "Handwritten digit recognition",
    "language": "en",
    "nb_execution_mode": "off",
    "myst_heading_anchors": "3",
}


def toctree(caption, pages):
    return f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"


def copy_notebook(path):
    """A copy whose pictures carry their alternative texts where Sphinx looks for them."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info.pygments_lexer = "ipython3"  # knows ! and %
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("metadata", {}).get("image/png"):
                cell.metadata["mystnb"] = {"image": {"alt": picture["alt"]}}
    target = SOURCE / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)


def accessible(page):
    """Captions are no headings of a level; and wide code is to be scrolled by keyboard, too."""
    page = page.replace('<p class="caption" role="heading">', '<p class="caption">')
    return page.replace("<pre>", '<pre tabindex="0">')


def main():
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.copytree(ROOT / "data" / "pictures", SOURCE / "data" / "pictures")
    for name in ("LICENSE", "data/README.md", "notebooks/TEACHING.md"):
        (SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, SOURCE / name)
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    solutions = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
    for path in lessons + solutions:
        copy_notebook(path)
    index = (ROOT / "README.md").read_text(encoding="utf-8")
    index += toctree("Lessons", [f"notebooks/{path.stem}" for path in lessons])
    index += toctree("Solutions", [f"notebooks/solutions/{path.stem}" for path in solutions])
    index += toctree("For teachers", ["notebooks/TEACHING", "data/README"])
    (SOURCE / "index.md").write_text(index, encoding="utf-8")
    options = [f"-D{name}={value}" for name, value in SETTINGS.items()]
    status = build_main(["-C", "-q", "-W", "--keep-going", *options, str(SOURCE), str(TARGET)])
    for page in TARGET.rglob("*.html"):
        page.write_text(accessible(page.read_text(encoding="utf-8")), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
