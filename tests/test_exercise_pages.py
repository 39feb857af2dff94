"""The pages of exercises in a browser: solutions open by keyboard and stay closed on paper."""

from collections.abc import Iterator
from typing import Any

import pytest

from browsing import AXE, opened

pytestmark = [pytest.mark.book, pytest.mark.browser]

SHOWN = ".solution p:not(.admonition-title):visible"


@pytest.fixture(params=[("desktop", "light"), ("phone", "dark")], ids="-".join)
def page(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    with opened(browser, site, *request.param) as tab:
        tab.goto(f"{site}notebooks/exercises/models.html")
        yield tab
        assert tab.wrong == []


def test_a_solution_opens_by_keyboard_and_all_pass_axe(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    buttons = page.locator(".solution button.toggle-button")
    assert page.locator(SHOWN).count() == 0
    for button in buttons.all():
        button.focus()
        page.keyboard.press("Enter")
    assert page.locator(SHOWN).count() >= buttons.count() == 9
    assert axe.run(page, context=".solution", options=AXE).response["violations"] == []
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    inside, room = page.evaluate(widths)
    assert inside <= room


def test_on_paper_a_closed_solution_stays_closed(page: Any) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(SHOWN).count() == 0
