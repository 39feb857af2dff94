"""Every page on a desktop, light and dark: what axe finds, and what goes wrong."""

from typing import Any

import pytest

from browsing import VIEWS, check_every_page, every_page, pages_of

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_opens_without_a_message_and_axe_finds_no_fault(
    browser: Any, site: str, theme: str
) -> None:
    check_every_page(browser, site, "desktop", theme)


def test_every_page_is_swept_and_a_chapter_in_each_view(site: str) -> None:
    swept = [pages_of(view, theme) for view in VIEWS for theme in ("light", "dark")]
    assert {page for pages in swept for page in pages} == {*every_page()}
    assert all("notebooks/08_local_model.html" in pages for pages in swept)
