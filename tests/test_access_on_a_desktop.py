"""Every page on a desktop, light and dark: what axe finds, and what goes wrong."""

from itertools import product
from typing import Any

import pytest

from browsing import (
    COLOURS,
    EVERY_RULE,
    THEMES,
    VIEWS,
    axe_options,
    check_every_page,
    every_page,
    looks_at_colours,
    pages_of,
)

pytestmark = [pytest.mark.book, pytest.mark.browser]


@pytest.mark.parametrize("theme", THEMES)
def test_every_page_opens_without_a_message_and_axe_finds_no_fault(
    browser: Any, site: str, theme: str
) -> None:
    check_every_page(browser, site, "desktop", theme)


def test_every_page_meets_every_rule(site: str) -> None:
    for colours in (True, False):
        views = [view for view in product(VIEWS, THEMES) if looks_at_colours(*view) == colours]
        assert [{*column} for column in zip(*views, strict=True)] == [{*VIEWS}, {*THEMES}]
        assert {page for _, theme in views for page in pages_of(theme)} == {*every_page()}
    assert all("notebooks/08_local_model.html" in pages_of(theme) for theme in THEMES)


def test_the_rules_of_colours_are_all_that_a_view_leaves_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(EVERY_RULE, raising=False)
    by_colours, by_others = axe_options("desktop", "light"), axe_options("phone", "light")
    assert by_colours["runOnly"]["values"] == [*COLOURS]
    off = [name for name, rule in by_others["rules"].items() if not rule["enabled"]]
    assert off == [*COLOURS]
