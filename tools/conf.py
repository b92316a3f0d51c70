"""The website of the course, for Sphinx: lessons, solutions, guide, with search.

    python -m sphinx -q -W -E -c tools . build/site

From the stored outputs, with every warning an error; nothing is fetched, and of the course's
packages only Sphinx, MyST-NB and Furo are needed.
"""

import json
import re
import shutil

from docutils import nodes

project = html_title = "Handwritten digit recognition"
language = "en"
extensions = ["myst_nb"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["course.css"]
root_doc = "README"
include_patterns = ["README.md", "data/README.md", "notebooks/*", "notebooks/*/*"]
exclude_patterns = [".*", "build"]  # need not even be searched
nb_execution_mode = "off"
myst_heading_anchors = 3

GLOSSARY = "notebooks/GLOSSARY"
TEACHERS = "notebooks/TEACHING\nnotebooks/project\ndata/README"
EVERYDAY = {"cell", "fitted", "kernel", "map"}  # terms where they are emphasised
# Within these, a term is no term, or leads elsewhere.
NO_TERMS = (nodes.reference, nodes.literal, nodes.title, nodes.caption, nodes.literal_block)

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
        text[0] += NAVIGATION.format("To look up", "notebooks/GLOSSARY\nnotebooks/HANDOUT")
        text[0] += NAVIGATION.format("For teachers", TEACHERS)
    elif app.env.doc2path(name).suffix == ".ipynb":
        notebook = json.loads(text[0])
        notebook["metadata"]["language_info"]["pygments_lexer"] = "ipython3"  # knows ! and %
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                if picture := output.get("metadata", {}).get("image/png"):
                    cell["metadata"]["mystnb"] = {"image": {"alt": picture["alt"]}}
        text[0] = json.dumps(notebook)


def anchor(heads):
    """The identifier of an entry of the glossary, from its first name."""
    return nodes.make_id("term-" + re.sub("['’]", "", re.split("[,.]", heads)[0]))


def terms(app):
    """From each name of each term of the glossary to the notebooks that explain it, by number.

    An entry is `- **name, other name (of what).** text [number](notebook)`.
    """
    found, text = {}, (app.srcdir / f"{GLOSSARY}.md").read_text("utf-8")
    for heads, number in re.findall(r"(?m)^- \*\*(.+?)\.\*\* .*\[(\d+)\]", text):
        for name in re.sub(r" \(.*?\)", "", heads).split(", "):
            found.setdefault(name.lower(), {})[int(number)] = anchor(heads)
    return found


def link_terms(app, doctree, page):
    """Let the first mention of each term in a lesson lead to the glossary."""
    if page == GLOSSARY:
        for item in doctree.findall(nodes.list_item):
            item["ids"].append(anchor(next(item.findall(nodes.strong)).astext()))
    lesson = re.match(r"notebooks/(?:solutions/)?(\d+)-", page)
    if not lesson:
        return
    known, done = terms(app), set()
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    mention = re.compile(rf"(?<![\w-])({names})s?(?![\w-])", re.I)
    for text in list(doctree.findall(nodes.Text)):
        above = text.parent
        while above and not isinstance(above, NO_TERMS):
            above = above.parent
        if above:
            continue
        parts, end = [], 0
        for match in mention.finditer(text.replace("’", "'")):
            notebooks = known[match[1].lower()]
            explained = [number for number in notebooks if number <= int(lesson[1])]
            plain = not isinstance(text.parent, nodes.emphasis)
            if plain and (not explained or match[1].lower() in EVERYDAY):
                continue
            target = notebooks[max(explained or notebooks)]  # of two meanings the last
            if target not in done:
                done.add(target)
                address = f"{app.builder.get_relative_uri(page, GLOSSARY)}#{target}"
                word, leads = text[slice(*match.span())], {"refuri": address, "internal": True}
                link = nodes.reference("", word, classes=["term"], **leads)
                parts += [nodes.Text(text[end : match.start()]), link]
                end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


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
    app.connect("doctree-resolved", link_terms)
    app.connect("html-page-context", make_accessible, priority=900)  # after Furo
    app.connect("build-finished", copy_index)
