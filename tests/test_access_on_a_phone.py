"""Every page on a phone: what axe finds, what goes wrong, and what enlarging cuts off."""

from typing import Any

import pytest

from browsing import THEMES, check_every_page, every_page

pytestmark = [pytest.mark.book, pytest.mark.browser]

SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
"""The spacing of text that WCAG 1.4.12 lets a reader choose."""
CUT = """() => [...document.querySelectorAll("article *")].filter(part => {
    const style = getComputedStyle(part);
    const hides = style.overflowX === "hidden" && part.scrollWidth > part.clientWidth + 1;
    return hides && part.clientWidth > 1 && part.innerText.trim() && part.checkVisibility();
}).map(part => part.outerHTML.slice(0, 120))"""
"""What of a page is cut off at its right and can't be scrolled to."""


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_opens_without_a_message_and_axe_finds_no_fault(
    browser: Any, site: str, theme: str
) -> None:
    check_every_page(browser, site, "phone", theme)


def test_text_spaced_and_enlarged_to_twice_its_size_is_not_lost(browser: Any, site: str) -> None:
    # A window of 1280 pixels enlarged to 200% shows as much as one of 640.
    page = browser.new_context(viewport={"width": 640, "height": 450}).new_page()
    lost = []
    for name in every_page():
        page.goto(site + name)
        page.add_style_tag(content=SPACED)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        lost += [(name, cut) for cut in page.evaluate(CUT)] + [(name, wide)] * (wide > 0)
    page.context.close()
    assert lost == []
