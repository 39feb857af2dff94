"""What pages tell machines and previews, in a small book that Sphinx builds."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from hygiene import ROOT
from secondsight.book import published_as
from secondsight.book.citation import citation

SITE = "https://book.example/here/"
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
CODE = "https://code.example/second-sight"
FRONT = """# Front

What it is, in {cite:t}`tanoglidis2024sight`.

```{toctree}
../notebooks/a
cite
```
"""
CHAPTER = """# A & B

<button>57%</button><span popover>hidden</span> are right </script>.
"""
CITE = """# Cite

<!-- book: cite -->

<!-- book: launch -->

<!-- book: versions -->

```{bibliography}
```
"""
PAGES = {"book/index": FRONT, "notebooks/a": CHAPTER, "book/cite": CITE}


def build(folder: Path) -> Path:
    source, out = folder / "source", folder / "html"
    for name, text in PAGES.items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = {
        "extensions": ["myst_parser", "sphinxcontrib.bibtex", "secondsight.book.published_as"],
        "bibtex_bibfiles": [str(ROOT / "book" / "references.bib")],
        "root_doc": "book/index",
        "html_theme": "basic",
    }
    with docutils_namespace():
        app = Sphinx(
            source, None, out, folder / "tree", "html", settings, status=None, warning=None
        )
        app.build()
    assert app.statuscode == 0
    return out


@pytest.fixture(autouse=True, scope="module")
def _read_anew() -> Iterator[None]:
    yield
    citation.cache_clear()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of nobody knows where."""
    citation.cache_clear()
    return build(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with an address, and one of its code."""
    citation.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECONDSIGHT_URL", SITE)
        patch.setenv("SECONDSIGHT_REPOSITORY", CODE)
        built = build(tmp_path_factory.mktemp("placed"))
    citation.cache_clear()
    return built


def read(html: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def told(page: BeautifulSoup) -> dict[str, object]:
    about: dict[str, object] = json.loads(
        page.select_one('script[type="application/ld+json"]').string
    )
    return about


def tags(page: BeautifulSoup) -> dict[str, str]:
    return {
        str(tag.get("property") or tag.get("name")): tag["content"]
        for tag in page.select("meta[content]")
    }


def test_the_front_page_is_the_book_and_cites_the_papers(plain: Path) -> None:
    about = told(read(plain, "book/index"))
    assert about["@type"] == "ScholarlyArticle"
    assert about["headline"] == citation().title
    assert about["author"]["name"] == citation().byline
    assert about["version"] == citation().version
    assert [paper["@id"] for paper in about["citation"]] == [
        paper.address for paper in citation().references
    ]
    assert "url" not in about


def test_a_chapter_cites_what_it_cites(plain: Path) -> None:
    about = told(read(plain, "notebooks/a"))
    assert about["headline"] == "A & B"
    assert about["citation"] == []
    assert about["isPartOf"]["name"] == citation().title


def test_a_chapter_rests_on_the_data_sets_that_it_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read_it = {"a": ["data/derived/lsbg_labels.csv", "data/sources.toml"]}
    monkeypatch.setattr(published_as, "read_inputs", lambda: read_it)
    about = published_as.article("notebooks/a", "A", "", [])
    assert [each["name"] for each in about["isBasedOn"]] == ["lsbg-labels"]
    assert "isBasedOn" not in published_as.article("notebooks/b", "B", "", [])


def test_the_description_is_the_first_sentence_without_what_is_hidden(plain: Path) -> None:
    page = tags(read(plain, "notebooks/a"))
    assert page["og:description"] == page["description"] == "57% are right ."
    assert page["og:title"] == "A & B"
    assert page["twitter:card"] == "summary"
    assert "og:image" not in page


def test_without_an_address_there_is_no_sitemap(plain: Path) -> None:
    assert not (plain / "sitemap.xml").exists()
    assert not (plain / "robots.txt").exists()
    assert "no button" in read(plain, "book/cite").get_text()


def test_with_an_address_previews_have_a_picture_and_pages_a_map(placed: Path) -> None:
    page = read(placed, "notebooks/a")
    assert tags(page)["og:url"] == told(page)["url"] == f"{SITE}notebooks/a.html"
    assert tags(page)["og:image"] == f"{SITE}_static/social/card.png"
    assert page.select_one("link[rel=canonical]")["href"] == f"{SITE}notebooks/a.html"
    places = ElementTree.parse(placed / "sitemap.xml").iter(f"{{{SCHEMA}}}loc")
    assert {place.text for place in places} == {f"{SITE}{name}.html" for name in PAGES}
    assert f"Sitemap: {SITE}sitemap.xml" in (placed / "robots.txt").read_text()


def test_with_an_address_of_the_code_the_book_can_be_launched(placed: Path) -> None:
    links = [str(link["href"]) for link in read(placed, "book/cite").select("a[href]")]
    assert any("mybinder.org" in link and "code.example%2Fsecond-sight" in link for link in links)
    assert CODE in links


@pytest.mark.parametrize(
    ("address", "has_buttons"),
    [("https://github.com/a/b", True), (CODE, False), ("https://notgithub.com/a/b", False)],
)
def test_the_theme_gets_buttons_for_a_host_that_it_knows(
    monkeypatch: pytest.MonkeyPatch, address: str, has_buttons: bool
) -> None:
    monkeypatch.setenv("SECONDSIGHT_REPOSITORY", address)
    monkeypatch.setattr(published_as, "citation", citation.__wrapped__)
    config = SimpleNamespace(html_baseurl="", html_theme_options={})
    published_as._tell_the_theme(None, config)
    assert ("launch_buttons" in config.html_theme_options) is has_buttons


def test_no_page_loads_anything_from_outside(placed: Path) -> None:
    for name in PAGES:
        for tag in read(placed, name).select("[src], link[rel=stylesheet]"):
            assert "//" not in str(tag.get("src") or tag.get("href")).split("?")[0]


def test_each_version_is_cited_by_its_name(plain: Path) -> None:
    text = read(plain, "book/cite").get_text()
    assert "Version 0.1.0" in text
    assert "version 0.1.0, changed since" in text
