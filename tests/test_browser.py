"""The book in a real browser: wide and narrow, light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest

from browsing import HTML, REFERENCE, THEMES, VIEWS, every_page, opened

pytestmark = [pytest.mark.book, pytest.mark.browser]

FIGURES = ["notebooks/01_zero_shot_lsbg.html", "notebooks/02_zero_shot_morphology.html"]
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
HEAVIEST = 1_500_000
"""Bytes that a page may ask for before anybody does anything."""
TABS = 6
"""Pages that are weighed at once: most of their time is waiting for silence."""


@pytest.fixture(params=[(v, t) for v in VIEWS for t in THEMES], ids="-".join)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A tab of some width in some theme that keeps what goes wrong in it."""
    with opened(browser, site, *request.param) as page:
        yield page


def _weighing(context: Any) -> Any:
    """Return a tab that keeps what comes into it, nothing of it from a cache."""
    tab = context.new_page()
    context.new_cdp_session(tab).send("Network.setCacheDisabled", {"cacheDisabled": True})
    tab.sizes = []
    tab.on("response", lambda got: tab.sizes.append(int(got.headers.get("content-length", 0))))
    return tab


def test_no_page_is_heavy_before_anything_is_done(browser: Any, site: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tabs = [_weighing(context) for _ in range(TABS)]
    bytes_of: dict[str, int] = {}
    painted = []
    pages = every_page()
    for names in (pages[place : place + TABS] for place in range(0, len(pages), TABS)):
        for tab, name in zip(tabs, names, strict=False):
            tab.sizes.clear()
            tab.goto(site + name, wait_until="commit")
        for tab, name in zip(tabs, names, strict=False):
            alike = name.startswith(REFERENCE)  # one template, which asks for nothing later
            tab.wait_for_load_state("load" if alike else "networkidle")
            bytes_of[name] = sum(tab.sizes)
            painted.append(tab.evaluate(PAINTED))
    context.close()
    heaviest = max(bytes_of, key=bytes_of.__getitem__)
    print(f"heaviest: {heaviest}, {bytes_of[heaviest]:,} bytes; last paint: {max(painted):.0f} ms")
    assert bytes_of.keys() == {*pages}
    assert bytes_of[heaviest] <= HEAVIEST, heaviest


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_shows_the_drawing_of_its_theme(tab: Any, site: str, name: str) -> None:
    tab.goto(site + name)
    other = "light" if tab.theme == "dark" else "dark"
    shown = tab.locator(f".ss-figure img.ss-{tab.theme}")
    hidden = tab.locator(f".ss-figure img.ss-{other}")
    assert shown.count() == hidden.count() > 0
    for place in range(shown.count()):
        shown.nth(place).wait_for()
        shown.nth(place).scroll_into_view_if_needed()  # it is loaded when it is near
        assert shown.nth(place).evaluate(
            "image => image.decode().then(() => image.naturalWidth > 0)"
        )
        hidden.nth(place).wait_for(state="hidden")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_as_large_as_it_was_drawn(tab: Any, site: str, name: str) -> None:
    tab.goto(site + name)
    for image in tab.locator(f".ss-figure img.ss-{tab.theme}").all():
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.width / image.naturalWidth") >= 0.95


def test_a_link_of_the_ledger_leads_to_its_figure(tab: Any, site: str) -> None:
    tab.goto(site + "book/claims.html")
    link = tab.locator("table.ss-summary td a[href*='#fig-']").first
    anchor = link.get_attribute("href").split("#")[1]
    link.click()
    tab.wait_for_load_state()
    tab.locator(f"#{anchor} figcaption").wait_for()


def test_a_number_of_the_front_page_opens_its_interval_and_its_chapter(tab: Any, site: str) -> None:
    tab.goto(site + "book/index.html")
    numbers = tab.locator("button.ss-number")
    findings = tab.locator("#five-findings li")
    assert findings.count() == 5
    assert all(finding.locator("button.ss-number").count() for finding in findings.all())
    first = numbers.first
    behind = tab.locator(f"#{first.get_attribute('popovertarget')}")
    behind.wait_for(state="hidden")
    first.click()
    behind.wait_for()
    assert first.inner_text().rstrip("%").isdigit()
    behind.locator("a").click()
    tab.wait_for_url("**/notebooks/**")


def test_the_first_screen_of_a_chapter_shows_a_figure(tab: Any, site: str) -> None:
    height = tab.viewport_size["height"]
    for page in sorted((HTML / "notebooks").glob("*.html")):
        tab.goto(f"{site}notebooks/{page.name}")
        top = tab.locator("article .ss-figure").first.bounding_box()["y"]
        assert top < (height if tab.viewport_size["width"] > height else 2 * height), page.name


def test_the_index_leads_to_the_front_page(tab: Any, site: str) -> None:
    tab.goto(site + "index.html")
    tab.wait_for_url("**/book/index.html")
    assert tab.locator("article h1").first.inner_text().startswith("Second Sight")
