"""The website of the course, for Sphinx: lessons, solutions, guide, with search.

    python -m sphinx -q -W -E -c tools . build/site

From the stored outputs, with every warning an error; nothing is fetched, and of the course's
packages only Sphinx, MyST-NB and Furo are needed.
"""

import json
import shutil

project = html_title = "Handwritten digit recognition"
language = "en"
extensions = ["myst_nb"]
html_theme = "furo"
root_doc = "README"
include_patterns = ["README.md", "data/README.md", "notebooks/*", "notebooks/solutions/*"]
exclude_patterns = [".*", "build"]  # need not even be searched
nb_execution_mode = "off"
myst_heading_anchors = 3

NAVIGATION = """
```{{toctree}}
:hidden:
:glob:
:caption: {}

{}
```
"""


def read(app, name, text):
    """Give the README a navigation, and each picture of a notebook its alternative text."""
    if name == root_doc:
        text[0] += NAVIGATION.format("Lessons", "notebooks/[0-9]*")
        text[0] += NAVIGATION.format("Solutions", "notebooks/solutions/*")
        text[0] += NAVIGATION.format("For teachers", "notebooks/TEACHING\ndata/README")
    elif app.env.doc2path(name).suffix == ".ipynb":
        notebook = json.loads(text[0])
        notebook["metadata"]["language_info"]["pygments_lexer"] = "ipython3"  # knows ! and %
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                if picture := output.get("metadata", {}).get("image/png"):
                    cell["metadata"]["mystnb"] = {"image": {"alt": picture["alt"]}}
        text[0] = json.dumps(notebook)


def make_accessible(app, name, template, context, doctree):
    """Captions are no headings of a level; and wide code is to be scrolled by keyboard, too."""
    navigation = context["furo_navigation_tree"]
    context["furo_navigation_tree"] = navigation.replace(' role="heading"', "")
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')


def copy_index(app, error):
    """What a server shows for the folder."""
    if not error:
        shutil.copyfile(app.outdir / "README.html", app.outdir / "index.html")


def setup(app):
    app.connect("source-read", read)
    app.connect("html-page-context", make_accessible, priority=900)  # after Furo
    app.connect("build-finished", copy_index)
