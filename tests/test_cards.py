"""The cards of the built book in a real browser: they open, and what they offer holds."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import nbformat
import pandas as pd
import pytest
from PIL import Image

from browsing import HTML, opened
from hygiene import ROOT

pytestmark = [pytest.mark.book, pytest.mark.browser]

CHAPTER = "01_zero_shot_lsbg"
PAGE = f"notebooks/{CHAPTER}.html"
FIGURE = "#fig-accuracies"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"


@contextmanager
def chapter(browser: Any, site: str, view: str, theme: str) -> Iterator[Any]:
    with opened(browser, site, view, theme) as page:
        page.goto(site + PAGE)
        yield page


@pytest.fixture(params=[("desktop", "light"), ("phone", "dark")], ids="-".join)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    with chapter(browser, site, *request.param) as page:
        yield page


@pytest.fixture
def phone(browser: Any, site: str) -> Iterator[Any]:
    with chapter(browser, site, "phone", "light") as page:
        yield page


@pytest.fixture
def desktop(browser: Any, site: str) -> Iterator[Any]:
    with chapter(browser, site, "desktop", "dark") as page:
        yield page


def card(tab: Any, name: str = "Where this figure comes from") -> Any:
    return tab.locator(f"{FIGURE} details", has=tab.locator("summary", has_text=name))


def downloaded(tab: Any, site: str, ending: str) -> bytes:
    address = tab.locator(f"{FIGURE} a[download$='{ending}']").get_attribute("href")
    with urlopen(urljoin(site + PAGE, address)) as answer:
        return bytes(answer.read())


def test_a_card_opens_by_keyboard(desktop: Any) -> None:
    own = card(desktop)
    own.locator("dl").wait_for(state="hidden")
    own.locator("summary").focus()
    desktop.keyboard.press("Enter")
    own.locator("dl").wait_for()
    assert "draw_estimates" in own.inner_text()


def test_a_card_opens_by_tap_and_fits_the_phone(phone: Any) -> None:
    for name in ("Where this figure comes from", "The numbers of this figure"):
        card(phone, name).locator("summary").tap()
        card(phone, name).locator("dl, table").first.wait_for()
    wide = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_the_link_to_the_cell_opens_its_code(desktop: Any) -> None:
    card(desktop).locator("summary").click()
    link = card(desktop).locator("dd a[href*='#cell-']")
    code = desktop.locator(f"#{link.get_attribute('href').split('#')[1]}")
    code.wait_for(state="hidden")
    link.click()
    code.wait_for(state="visible")
    assert "draw_estimates" in code.inner_text()


def test_only_what_is_near_and_of_this_theme_is_loaded(tab: Any) -> None:
    tab.wait_for_load_state("networkidle")
    figures = [urlsplit(url).path for url in tab.asked if "/_static/figures/" in url]
    assert len(figures) < tab.locator(".ss-figure img.ss-light").count()
    assert all(f"-{tab.theme}" in path for path in figures)


def test_the_file_of_numbers_is_what_the_page_shows(desktop: Any, site: str) -> None:
    table = pd.read_csv(BytesIO(downloaded(desktop, site, ".csv")))
    card(desktop, "The numbers").locator("summary").click()
    rows = card(desktop, "The numbers").locator("tbody tr")
    assert rows.count() == len(table)
    for place, (name, value) in enumerate(zip(table["name"], table["value"], strict=True)):
        cells = rows.nth(place).locator("td").all_inner_texts()
        assert cells[0] == name
        assert float(cells[1]) == pytest.approx(value, abs=5e-5)


def test_the_numbers_are_the_chapters_results(desktop: Any, site: str) -> None:
    table = pd.read_csv(BytesIO(downloaded(desktop, site, ".csv"))).set_index("name")
    path = ROOT / "_build" / "results" / f"{CHAPTER}.json"
    result = json.loads(path.read_bytes())["llava_accuracy"]
    for column in ("value", "low", "high"):
        assert table.loc["LLaVA-NeXT, recomputed", column] == pytest.approx(
            result[column], rel=1e-9
        )


def test_the_drawings_say_where_they_come_from(desktop: Any, site: str) -> None:
    svg = ElementTree.fromstring(downloaded(desktop, site, ".svg"))
    picture = Image.open(BytesIO(downloaded(desktop, site, ".png")))
    for source in (svg.findtext(f".//{DUBLIN}source"), picture.text["Source"]):  # type: ignore[attr-defined]
        assert source is not None
        assert f"notebook: notebooks/{CHAPTER}.ipynb, cell " in source
        assert "SHA-256: data/published.toml " in source
    shown = desktop.locator(f"{FIGURE} img.ss-{desktop.theme}").bounding_box()
    assert picture.width >= 1.9 * shown["width"]


def test_the_notebook_is_complete(desktop: Any, site: str) -> None:
    notebook = nbformat.reads(downloaded(desktop, site, ".ipynb").decode(), as_version=4)
    shown = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if 'class="ss-figure" id="fig-' in output.get("data", {}).get("text/html", "")
    ]
    assert len(shown) == desktop.locator(".ss-figure picture img.ss-light").count()
    assert all("data:image/svg+xml;name=" in html for html in shown)


def test_no_card_of_the_book_leads_nowhere(desktop: Any, site: str) -> None:
    for page in sorted(HTML.glob("notebooks/**/*.html")):
        desktop.goto(f"{site}notebooks/{page.name}")
        parts = desktop.locator(".ss-figure img, .ss-figure a, .ss-figure source")
        links = [
            link
            for name in ("src", "srcset", "href")
            for link in parts.evaluate_all(f"all => all.map(each => each.getAttribute('{name}'))")
        ]
        for link in filter(None, links):
            path, _, anchor = urljoin(f"/notebooks/{page.name}", link).partition("#")
            target = HTML / path.lstrip("/")
            assert target.is_file(), link
            if anchor and "look.html" not in path:
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), link


def test_a_number_in_a_sentence_opens_what_is_behind_it(tab: Any) -> None:
    glued = tab.locator("button.ss-number.pasted-text").first
    glued.scroll_into_view_if_needed()
    glued.press("Enter")
    behind = tab.locator(f"#{glued.get_attribute('popovertarget')}")
    behind.wait_for()
    assert glued.inner_text() in behind.inner_text()
    assert behind.locator("a[href*='#cell-']").count() == 1
    tab.keyboard.press("Escape")
    behind.wait_for(state="hidden")


@pytest.mark.parametrize(
    ("leads", "says"), [("glossary.html#", "night sky"), ("references.html#", "Tanoglidis")]
)
def test_a_link_shows_what_it_leads_to_on_hover_focus_or_tap(
    tab: Any, leads: str, says: str
) -> None:
    link = tab.locator(
        f"article a[href*='{leads}']", has_text="LSBG" if "night" in says else "20"
    ).first
    box = tab.locator("#ss-preview")
    if tab.viewport_size["width"] < 640:
        link.tap()
    else:
        link.hover()
    box.wait_for(state="visible")
    assert says in box.inner_text()
    place, width = box.bounding_box(), tab.viewport_size["width"]
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= width
    tab.keyboard.press("Escape")
    box.wait_for(state="hidden")
    tab.mouse.move(0, 0)
    tab.keyboard.press("Tab")  # so that what comes next counts as the keyboard's
    link.focus()
    box.wait_for(state="visible")
    assert link.get_attribute("aria-describedby") == "ss-preview"


def test_a_second_tap_follows_the_link(phone: Any) -> None:
    link = phone.locator("article a[href*='glossary.html#']").first
    link.tap()
    phone.locator("#ss-preview").wait_for(state="visible")
    link.tap()
    phone.wait_for_url("**/book/glossary.html#*")


def test_references_look_like_references_and_lead_somewhere(desktop: Any, site: str) -> None:
    desktop.goto(f"{site}book/references.html")
    entries = desktop.locator("ul.ss-references > li")
    assert entries.count() >= 20
    for entry in entries.all():
        assert not entry.inner_text().lstrip().startswith("[")
        assert entry.locator("a.external[href^='https://']").count() >= 1, entry.inner_text()
