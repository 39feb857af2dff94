"""The built book in a real browser: served here, and opened in tabs that keep what goes wrong."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hygiene import ROOT
from secondsight.book.printed import find_browser

HTML = ROOT / "_build" / "html"
VIEWS = {"desktop": (1280, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
AXE: dict[str, Any] = {
    "preload": False,  # it would ask for style sheets anew, in places where there are none
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""So Chromium reaches no other host."""
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours; they take as long as all others together."""
EVERY_RULE = "AXE_EVERY_RULE"
"""The variable of the environment that lets every rule look at every page in every view."""
REFERENCE = "book/reference/"
LOUD = ("error", "warning")
"""Kinds of console messages that something is wrong with; the theme also tells what it does."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built book, with a slash at its end."""
    if not (HTML / "index.html").is_file():
        pytest.skip("no book is built here: run make book first")
    handler = partial(Quiet, directory=str(HTML))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")  # playwright's event loop would be in the way of other tests' own
def browser() -> Iterator[Any]:
    """Chromium, which reaches no other host than this one."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium on this machine: install it to run the tests in a browser")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", ALONE]
        )
        yield chromium
        chromium.close()


def every_page() -> list[str]:
    """Return the addresses of the book's pages; the first of all only leads to one of them."""
    pages = [page.relative_to(HTML).as_posix() for page in HTML.rglob("*.html")]
    return sorted(page for page in pages if "_static" not in page and page != "index.html")


def pages_of(theme: str) -> list[str]:
    """Return the pages that are swept in a theme: all, but of the reference's every second.

    One template makes the reference's pages, which hold half of the book's elements.
    """
    pages = every_page()
    reference = [page for page in pages if page.startswith(REFERENCE)]
    return sorted({*pages} - {*reference}) + reference[theme == "dark" :: 2]


def looks_at_colours(view: str, theme: str) -> bool:
    """Whether a view's sweep is by the rules of colours, or by all others.

    Each kind of rules meets both widths and both themes so, and every page meets every rule twice.
    """
    return (view == "phone") == (theme == "dark")


def axe_options(view: str, theme: str) -> dict[str, Any]:
    """Return what axe is told in a view."""
    if os.environ.get(EVERY_RULE):
        return AXE
    if looks_at_colours(view, theme):
        return {**AXE, "runOnly": {"type": "rule", "values": [*COLOURS]}}
    return {**AXE, "rules": {**AXE["rules"], **{name: {"enabled": False} for name in COLOURS}}}


@contextmanager
def opened(browser: Any, book: str, view: str = "desktop", theme: str = "light") -> Iterator[Any]:
    """Open a tab, with a finger on a phone, which keeps what it asks for (`asked`).

    What goes wrong in it is kept, too (`wrong`): a message, or a request beyond the book.
    """
    width, height = VIEWS[view]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, has_touch=view == "phone"
    )
    context.add_init_script(
        f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
    )
    tab = context.new_page()
    tab.book, tab.view, tab.theme, tab.asked, tab.wrong = book, view, theme, [], []
    tab.on("request", lambda request: _keep(tab, request.url))
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.on("console", lambda line: line.type in LOUD and tab.wrong.append(line.text))
    yield tab
    context.close()


def _keep(tab: Any, url: str) -> None:
    tab.asked.append(url)
    if not url.startswith((tab.book, "data:", "blob:")):
        tab.wrong.append(f"asked for {url}")


def check_every_page(browser: Any, book: str, view: str, theme: str) -> None:
    """Open the pages of a theme, see `pages_of`: axe finds no fault, nothing goes wrong."""
    options = axe_options(view, theme)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = []
    with opened(browser, book, view, theme) as tab:
        for name in pages_of(theme):
            tab.goto(book + name)
            wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            violations = axe.run(tab, options=options).response["violations"]
            faults += [(name, fault["id"], fault["nodes"][0]["html"][:150]) for fault in violations]
            faults += [(name, "too wide by", wide)] * (wide > 0)
        assert faults == []
        assert tab.wrong == []
