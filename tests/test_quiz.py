"""The quizzes of the built book in a real browser: by keyboard, by touch, and on paper."""

from collections.abc import Iterator
from typing import Any

import pytest

from browsing import AXE, HTML, opened
from hygiene import ROOT

pytestmark = [pytest.mark.book, pytest.mark.browser]

CHAPTER = "00_simulated_sky"
SHOWN = ".ss-quiz details > p:visible"
CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=[("desktop", "light"), ("phone", "dark")], ids="-".join)
def page(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A chapter, wide or narrow, light or dark."""
    with opened(browser, site, *request.param) as page:
        page.goto(f"{site}notebooks/{CHAPTER}.html", wait_until="domcontentloaded")
        yield page


def test_by_keyboard_each_choice_shows_its_own_answer_alone(page: Any) -> None:
    quiz = page.locator(".ss-quiz").first
    assert page.locator(SHOWN).count() == 0
    quiz.locator("summary").first.focus()
    page.keyboard.press("Space")
    wrong = page.locator(SHOWN).inner_text()
    assert wrong.startswith("Not so. ")
    page.keyboard.press("ArrowDown")
    assert page.locator(SHOWN).inner_text() == wrong  # passing over a choice opens nothing
    for _ in range(quiz.locator("summary").count() - 1):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(SHOWN).inner_text().startswith("Right. ")


def test_a_tap_on_the_words_of_a_choice_takes_it_and_leaves_other_quizzes_alone(page: Any) -> None:
    for number in range(3):
        page.locator(".ss-quiz").nth(number).locator("summary").last.click()
        assert page.locator(SHOWN).count() == number + 1


def test_with_an_answer_open_axe_finds_no_fault_and_nothing_goes_beyond_the_edge(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for quiz in page.locator(".ss-quiz").all():
        quiz.locator("summary").first.click()
    checked = axe.run(page, context=".ss-quiz", options=AXE).response
    assert checked["violations"] == []
    assert {"summary-name", "color-contrast"} <= {rule["id"] for rule in checked["passes"]}
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    inside, room = page.evaluate(widths)
    assert inside <= room


def test_on_paper_no_answer_is_given_away(page: Any) -> None:
    page.locator(".ss-quiz summary").first.click()
    page.emulate_media(media="print")
    assert page.locator(SHOWN).count() == 0
    assert page.locator(".ss-quiz summary:visible").count() >= 6


def test_each_page_of_a_chapter_has_its_quizzes(site: str) -> None:
    for chapter in CHAPTERS:
        html = (HTML / "notebooks" / f"{chapter}.html").read_text(encoding="utf-8")
        assert html.count('<fieldset class="ss-quiz"') >= 3, chapter


def test_it_needs_no_script(browser: Any, site: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}notebooks/{CHAPTER}.html", wait_until="domcontentloaded")
        page.locator(".ss-quiz summary").first.click()
        assert page.locator(SHOWN).count() == 1
