"""The website and the slides, as a visitor's browser sees them."""

import shutil
from html.parser import HTMLParser

import nbformat
import pytest

from helpers.data import ROOT
from tests.conftest import NEEDED
from tools import site, slides

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = LESSONS + sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
AXE = slides.PACKAGES / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def website():
    assert site.main() == 0  # every warning is an error
    return site.TARGET


@pytest.fixture(scope="module")
def decks():
    if not (shutil.which("npm") or slides.PACKAGES.exists() or NEEDED):
        pytest.skip("npm is not installed")
    slides.main()
    return sorted(slides.TARGET.glob("*.html"))


class Page(HTMLParser):
    """The pictures of a page with their alternative texts, and where its links and files lie."""

    def __init__(self, path):
        super().__init__()
        self.pictures, self.targets, self.names = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            self.pictures.append(attributes.get("alt") or "")
        self.names.add(attributes.get("id"))
        target = attributes.get("href" if tag in ("a", "link") else "src")
        self.targets += [target] if target else []


def test_the_website_has_every_notebook_and_every_alternative_text(website):
    for path in NOTEBOOKS:
        pictures = Page(website / path.relative_to(ROOT).with_suffix(".html")).pictures
        assert all(pictures)
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    assert output.metadata["image/png"]["alt"] in pictures


def test_no_link_of_the_website_is_broken_and_nothing_is_fetched(website):
    pages = {path.resolve(): Page(path) for path in website.rglob("*.html")}
    assert len(pages) >= len(NOTEBOOKS) + 3
    for path, page in pages.items():
        for target in page.targets:
            if target.startswith(("http", "mailto:")):
                continue
            file, _, name = target.partition("#")
            file = (path.parent / file.split("?")[0]).resolve() if file else path
            assert file.exists(), (path.name, target)
            if name and file in pages:
                assert name in pages[file].names, (path.name, target)
    scripts = [path.read_text(encoding="utf-8") for path in pages]
    assert not [text for text in scripts if '<script src="http' in text or "@import" in text]


PAGES = ["index", "search", "notebooks/TEACHING", "notebooks/solutions/01-explore-the-data"]
PAGES += [f"notebooks/{path.stem}" for path in LESSONS]


@pytest.mark.parametrize("name", PAGES)
def test_the_website_is_accessible(website, page, name):
    """axe-core finds nothing that is serious or critical."""
    if not AXE.exists() and not NEEDED:
        pytest.skip("axe-core is not installed: npm install --prefix build/npm axe-core")
    page.get((website / f"{name}.html").as_uri())
    page.execute_script(AXE.read_text(encoding="utf-8"))
    found = page.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert found["passes"]
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_each_slide_fits_on_the_screen(decks, page):
    assert [path.stem for path in decks] == [path.stem for path in LESSONS]
    for deck in decks:
        page.get(deck.as_uri())
        heights = page.execute_script(
            "return Reveal.getSlides().map(slide => {"
            "  const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v);"
            "  return slide.scrollHeight })"
        )
        assert len(heights) > 20 and max(heights) <= 700, deck.name
        assert page.execute_script("return document.querySelectorAll('aside.notes').length") > 10
        files = page.execute_script(
            "return [...document.querySelectorAll('script[src], link[href], img')]"
            ".map(element => element.src || element.href)"
        )
        assert files and not [file for file in files if file.startswith("http")]
        for number, picture in enumerate(page.execute_script("return [...document.images]")):
            assert picture.get_attribute("alt"), (deck.name, number)
        page.execute_script("Reveal.slide(2, 1)")
        page.save_screenshot(str(ROOT / "build" / f"slides-{deck.stem}.png"))
