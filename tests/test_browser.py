"""The book in a real browser: wide and narrow, light and dark."""

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hygiene import ROOT

pytestmark = [pytest.mark.book, pytest.mark.browser]

HTML = ROOT / "_build" / "html"
PAGES = [
    "book/index.html",
    "book/claims.html",
    "book/rerun.html",
    "notebooks/01_zero_shot_lsbg.html",
    "notebooks/02_zero_shot_morphology.html",
]
VIEWS = {"desktop": (1280, 900), "phone": (390, 844)}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    if not (HTML / "index.html").is_file():
        pytest.skip("no book is built here: run make book first")
    handler = functools.partial(Quiet, directory=str(HTML))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if program is None:
        pytest.skip("no Chromium on this machine: install it to run the tests in a browser")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[(v, t) for v in VIEWS for t in ("light", "dark")], ids="-".join)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A tab of some width in some theme that keeps what goes wrong in it."""
    view, theme = request.param
    width, height = VIEWS[view]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    context.add_init_script(
        f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')"
    )
    page = context.new_page()
    page.theme, page.wrong = theme, []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: line.type == "error" and page.wrong.append(line.text))
    page.on("request", lambda asked: _keep_outside(page, asked.url, site))
    yield page
    context.close()


def _keep_outside(page: Any, url: str, site: str) -> None:
    if not url.startswith((site, "data:", "blob:")):
        page.wrong.append(f"asked for {url}")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_errors_and_fits_its_window(tab: Any, site: str, name: str) -> None:
    tab.goto(site + name)
    assert tab.wrong == []
    wide = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


@pytest.mark.parametrize("name", PAGES[-2:])
def test_each_figure_shows_the_drawing_of_its_theme(tab: Any, site: str, name: str) -> None:
    tab.goto(site + name)
    other = "light" if tab.theme == "dark" else "dark"
    shown = tab.locator(f".ss-figure img.ss-{tab.theme}")
    hidden = tab.locator(f".ss-figure img.ss-{other}")
    assert shown.count() == hidden.count() > 0
    for place in range(shown.count()):
        assert shown.nth(place).is_visible()
        shown.nth(place).scroll_into_view_if_needed()  # it is loaded when it is near
        assert shown.nth(place).evaluate(
            "image => image.decode().then(() => image.naturalWidth > 0)"
        )
        assert not hidden.nth(place).is_visible()


def test_a_link_of_the_ledger_leads_to_its_figure(tab: Any, site: str) -> None:
    tab.goto(site + "book/claims.html")
    link = tab.locator("table.ss-summary td a[href*='#fig-']").first
    anchor = link.get_attribute("href").split("#")[1]
    link.click()
    tab.wait_for_load_state()
    assert tab.locator(f"#{anchor} figcaption").is_visible()


def test_a_number_of_the_front_page_opens_its_interval_and_its_chapter(tab: Any, site: str) -> None:
    tab.goto(site + "book/index.html")
    numbers = tab.locator("button.ss-number")
    assert numbers.count() == 5
    first = numbers.first
    behind = tab.locator(f"#{first.get_attribute('popovertarget')}")
    assert not behind.is_visible()
    first.click()
    assert behind.is_visible()
    assert first.inner_text().rstrip("%").isdigit()
    behind.locator("a").click()
    tab.wait_for_load_state()
    assert "/notebooks/" in tab.url


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
