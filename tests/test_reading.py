"""The book reads well: short sentences, and few intervals outside tables."""

from pathlib import Path

import pytest

from hygiene import ROOT
from reading import Running, too_long

HTML = ROOT / "_build" / "html"
PAGES = sorted([*HTML.glob("book/*.html"), *HTML.glob("notebooks/**/*.html")])
WORDS = 30
"""In a sentence."""
INTERVALS = 12
"""In a page's running text; more than these few are read by nobody."""
LEDGER = "claims"
"""The page whose subject is the intervals, beside claims in a sentence each."""
LISTS = {LEDGER, "versions"}
"""Pages that are looked things up in, an entry at a time."""


@pytest.fixture(params=PAGES or [HTML / "book" / "index.html"], ids=lambda path: path.stem)
def page(request: pytest.FixtureRequest) -> Path:
    if not request.param.is_file():
        pytest.skip("no book is built here: run make book first")
    return request.param


@pytest.mark.book
def test_no_sentence_of_a_page_is_long(page: Path) -> None:
    text = Running(page.read_text(encoding="utf-8"))
    assert page.stem in LISTS or too_long(text.sentences, WORDS) == []


@pytest.mark.book
def test_a_page_has_few_intervals_in_its_running_text(page: Path) -> None:
    text = Running(page.read_text(encoding="utf-8"))
    assert page.stem == LEDGER or len(text.intervals) <= INTERVALS, text.intervals


PAGE = """<body><p>Outside 0.1\xa0to\xa00.2.</p><article>
<h1>A title 0.1\xa0to\xa00.2</h1><p>One is 57.4% (53.0\xa0to\xa061.7). Another
is <button>58%</button><span popover>0.1\xa0to\xa00.2</span>.</p>
<table><td>1\xa0to\xa02</td></table>
<div class="cell_input"><p>code 1\xa0to\xa02</p></div><ul><li>An item: -1.5 points
(-3.5\xa0to\xa00.5)</li></ul><br>
<figure><img src="a"><figcaption>1\xa0to\xa02</figcaption></figure>
</article></body>"""


def test_sentences_and_intervals_are_those_of_the_running_text() -> None:
    text = Running(PAGE)
    assert text.sentences == [
        "One is 57.4% (53.0\xa0to\xa061.7).",
        "Another is 58%.",
        "An item: -1.5 points (-3.5\xa0to\xa00.5)",
    ]
    assert text.intervals == ["53.0\xa0to\xa061.7", "-3.5\xa0to\xa00.5"]


def test_a_long_sentence_is_found() -> None:
    assert too_long(["a b", "a b c"], 2) == ["a b c"]
