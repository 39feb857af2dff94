"""Every page on a desktop, light and dark: what axe finds, and what goes wrong."""

from typing import Any

import pytest

from browsing import check_every_page

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_opens_without_a_message_and_axe_finds_no_fault(
    browser: Any, site: str, theme: str
) -> None:
    check_every_page(browser, site, "desktop", theme)
