"""The website and the slides, as a visitor's browser sees them."""

import base64
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from common.notebooks import LESSONS, ROOT, SOLUTIONS, read, tags

pytestmark = pytest.mark.browser
NPM = ROOT / "build" / "npm" / "node_modules"
PAGES = ["index", "search", "notebooks/TEACHING", "notebooks/GLOSSARY", "notebooks/HANDOUT"]
PAGES += ["notebooks/solutions/project", f"notebooks/solutions/{SOLUTIONS[0].stem}"]
PAGES += [f"notebooks/{path.stem}" for path in LESSONS]


@pytest.fixture(scope="module")
def website(tmp_path_factory):
    """The folder of the website; every warning is an error."""
    folder = tmp_path_factory.mktemp("website")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-E", "-c", "tools", ".", folder]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def decks(need):
    """Makes the slides; npm's packages are installed, too."""
    command = [sys.executable, ROOT / "tools" / "slides.py"]
    result = subprocess.run(command, capture_output=True, text=True)
    need(NPM.exists(), "What npm should have fetched")
    assert result.returncode == 0, result.stderr


class Page(HTMLParser):
    """The alternative texts of a page's pictures, its links, what it loads, and its anchors."""

    def __init__(self, path):
        super().__init__()
        self.pictures, self.links, self.loaded, self.anchors = [], [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        if tag == "img":
            self.pictures.append(attributes.get("alt"))
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        else:
            self.loaded += [attributes[name] for name in ("src", "href") if name in attributes]


def test_the_website_has_every_notebook_and_every_alternative_text(website):
    for path in LESSONS + SOLUTIONS:
        pictures = Page(website / path.relative_to(ROOT).with_suffix(".html")).pictures
        assert all(pictures), path.name
        for cell in read(path).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert output.metadata["image/png"]["alt"] in pictures


def test_no_link_of_the_website_is_broken_and_nothing_is_fetched(website):
    pages = {path: Page(path) for path in website.resolve().rglob("*.html")}
    for path, page in pages.items():
        assert not [target for target in page.loaded if target.startswith(("http", "//"))]
        for target in page.links + page.loaded:
            if not target.startswith(("http", "mailto:", "data:")):
                file, _, anchor = target.partition("#")
                file = (path.parent / file.split("?")[0]).resolve() if file else path
                assert file.exists(), (path.name, target)
                assert not anchor or anchor in pages[file].anchors, (path.name, target)
    for path in website.rglob("*.css"):
        assert "url(http" not in path.read_text(encoding="utf-8"), path


def test_the_terms_of_a_lesson_lead_to_the_glossary(website):
    """Each once on a page; that the anchors are there, the test of all links says."""
    for path in LESSONS:
        page = website / "notebooks" / f"{path.stem}.html"
        links = Page(page).links
        terms = [link for link in links if link.startswith("GLOSSARY.html#term-")]
        assert len(terms) > 15 and len(terms) == len(set(terms)), path.stem
        emphasised = re.findall(r"<em>(?:(?!</em>).)*</em>", page.read_text("utf-8"))
        assert any('class="term' in each for each in emphasised)


@pytest.mark.parametrize("name", PAGES)
def test_the_website_is_accessible(website, decks, page, name):
    """axe-core finds nothing that is serious or critical."""
    page.get((website / f"{name}.html").as_uri())
    page.execute_script((NPM / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []


def test_the_handout_is_one_page_of_paper(website, page):
    page.get((website / "notebooks" / "HANDOUT.html").as_uri())
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    assert len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed))) == 1


SLIDES = """return Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v);
    const height = slide.scrollHeight, headings = slide.querySelectorAll("h1, h2, h3").length;
    const notes = slide.querySelector("aside.notes"); notes.remove();
    return [height, headings, notes.textContent, slide.textContent]
})"""


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_deck_is_short_and_each_slide_fits_on_the_screen(decks, page, path):
    """Each has a heading; the notes hold answers and solutions, no slide what only code needs."""
    deck = ROOT / "build" / "slides" / f"{path.stem}.html"
    page.get(deck.as_uri())
    heights, headings, notes, texts = zip(*page.execute_script(SLIDES))
    assert 8 <= len(heights) <= 25 and max(heights) <= 720 and set(headings) == {1}
    cells = [cell.source for cell in read(path).cells if "optional" not in tags(cell)]
    for summary in ("Answer", "Answers"):
        folded = "\n".join(cells).count(f"<summary>{summary}</summary>")
        assert "\n".join(notes).count(f"{summary}.") == folded > 0
    assert "\n".join(notes).count("Solution.") == "\n".join(cells).count("checks.check(")
    for code in ("assert ", "checks.check", "import ", "sys.path", "set_theme"):
        assert code not in "\n".join(texts)
    found = Page(deck)
    assert all(found.pictures)
    assert not [target for target in found.loaded if target.startswith(("http", "//"))]
