"""The book on paper: one page of all chapters, and what Chromium makes of it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from secondsight.book import printed
from secondsight.errors import BookError
from secondsight.paths import BOOK

HEAD = '<link rel="stylesheet" media="print" href="../_static/print.css?v=1">'
FRONT = """<article class="bd-article"><section id="front"><h1>Front<a class="headerlink">#</a></h1>
<button class="ss-number">57%</button><span popover id="p">57.4% (53.0 to 61.7)</span>
<details class="hide"><summary>code</summary>secret = 1</details><details id="d">open me</details>
<a id="a1" href="../notebooks/01_zero_shot_lsbg.html#fig-x">a figure</a>
<a id="a2" href="reference/book.html">elsewhere</a><a id="a3" href="https://arxiv.org">out</a>
</section></article>"""
CHAPTER = """<article class="bd-article">
<link rel="stylesheet" href="../_static/slides.css"><h1>A title that is so long that
it will surely need a second line on paper, and then some</h1><h2>Part</h2>
<figure id="fig-x"><img src="../_static/x.svg" class="ss-light"><img class="ss-dark" src="y.svg">
</figure><script>bad()</script></article>"""


@pytest.fixture
def html(tmp_path: Path) -> Path:
    for name, article in {"book/index": FRONT, "notebooks/01_zero_shot_lsbg": CHAPTER}.items():
        path = tmp_path / f"{name}.html"
        path.parent.mkdir()
        path.write_text(
            f"<html><head>{HEAD}</head><nav>navigation</nav>{article}</html>", encoding="utf-8"
        )
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "slides.css").write_text("h2 { height: 9mm } @page { size: A5 }")
    shutil.copy(BOOK / "_static" / "print.css", tmp_path / "_static")
    return tmp_path


@pytest.fixture
def page(html: Path) -> BeautifulSoup:
    return BeautifulSoup(printed.one_page(html, printed.read_articles(html)), "html.parser")


def test_a_link_between_chapters_leads_inside_the_page(page: BeautifulSoup) -> None:
    places = {tag["id"] for tag in page.select("[id]")}
    inner = [str(tag["href"])[1:] for tag in page.select("a[href^='#']")]
    assert "notebooks-01_zero_shot_lsbg--fig-x" in inner
    assert set(inner) <= places
    assert page.select_one("#book-index--a2").get("href") is None
    assert page.select_one("#book-index--a3")["href"] == "https://arxiv.org"


def test_what_needs_a_hand_is_left_out(page: BeautifulSoup) -> None:
    text = page.get_text()
    assert "57%" in text
    for unwanted in ("53.0", "secret", "navigation", "bad()"):
        assert unwanted not in text
    assert not page.select(".ss-dark, script, .headerlink")
    assert page.select_one("#book-index--d").has_attr("open")


def test_pictures_and_styles_are_those_of_the_built_book(page: BeautifulSoup, html: Path) -> None:
    assert page.select_one("img")["src"] == (html / "_static" / "x.svg").as_uri()
    assert [link["href"] for link in page.select("link")] == [
        (html / "_static" / "print.css").as_uri()
    ]


@pytest.mark.browser
def test_the_styles_of_one_page_hold_for_no_other(browser: Any, page: BeautifulSoup) -> None:
    page.select_one("#book-index").append(
        BeautifulSoup("<h2>As high as its line</h2>", "html.parser")
    )
    with browser.new_page() as tab:
        tab.set_content(str(page))
        first, other = (
            tab.locator(f"#{name} h2").evaluate("tag => getComputedStyle(tag).height")
            for name in ("notebooks-01_zero_shot_lsbg", "book-index")
        )
    assert float(first.removesuffix("px")) == pytest.approx(9 * 96 / 25.4, abs=0.1)
    assert other != first


def test_without_a_book_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="run make book first"):
        printed.read_articles(tmp_path)


def test_a_browser_that_prints_nothing_is_one_line(html: Path) -> None:
    with pytest.raises(BookError, match="printed nothing"):
        printed.write_pdf(html, html / "book.pdf", "false")


@pytest.mark.browser
def test_the_pdf_has_an_outline_of_all_headings_and_tags(
    html: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    browser = printed.find_browser()
    if browser is None:
        pytest.skip("no Chromium on this machine: install it to run the tests in a browser")
    monkeypatch.chdir(html)
    printed.write_pdf(Path(), Path("book.pdf"), browser)
    pdf = pypdf.PdfReader(html / "book.pdf")
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    front, chapter, (part,) = pdf.outline
    assert front.title == "Front"
    assert chapter.title.endswith(
        "so long that it will surely need a second line on paper, and then some"
    )
    assert part.title == "Part"
    assert pdf.get_destination_page_number(chapter) == 2


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_prints_its_light_figures_and_no_buttons(browser: Any, theme: str) -> None:
    static = BOOK / "_static"
    styles = "".join(
        f"<style>{(static / name).read_text(encoding='utf-8')}</style>"
        for name in ("print.css", "secondsight.css")
    )
    figure = '<figure class="ss-figure"><img class="ss-light"><img class="ss-dark"></figure>'
    page = f'<html data-theme="{theme}">{styles}<body>{figure}<button>press</button></body></html>'
    with browser.new_page() as tab:
        tab.set_content(page)
        tab.emulate_media(media="print")
        shown = {
            name: tab.locator(name).evaluate("tag => getComputedStyle(tag).display")
            for name in (".ss-light", ".ss-dark", "button")
        }
    assert shown.pop(".ss-light") != "none"
    assert set(shown.values()) == {"none"}


def test_worksheets_and_slides_are_printed_beside_their_pages(html: Path, tmp_path: Path) -> None:
    for name in ("worksheet_shapes", "slides", "other"):
        (html / "book" / f"{name}.html").write_text("<p>a page</p>", encoding="utf-8")
    browser = tmp_path / "browser"
    script = (
        'for given; do case "$given" in',
        '--print-to-pdf=*) echo x > "${given#*=}";;',
        "esac",
    )
    browser.write_text("\n".join(["#!/bin/sh", *script, "done", ""]))
    browser.chmod(0o755)
    printed_pages = printed.write_handouts(html, str(browser))
    assert [path.name for path in printed_pages] == ["slides.pdf", "worksheet_shapes.pdf"]
    assert all(path.is_file() for path in printed_pages)
