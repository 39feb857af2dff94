"""The built book: links lead somewhere, figures say what they are, nothing comes from outside."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from hygiene import MACHINE_PATH, ROOT
from secondsight.book.claims import claims
from secondsight.book.results import read_results

pytestmark = pytest.mark.book

HTML = ROOT / "_build" / "html"


class Page(HTMLParser):
    """What a test needs of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "img":
            self.images.append(found)
        if tag in {"script", "img", "iframe"} and found.get("src"):
            self.loads.append(str(found["src"]))
        if tag == "link" and found.get("rel") in {"stylesheet", "preload", "icon"}:
            self.loads.append(str(found["href"]))


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    """Every page that a reader can reach, by its path."""
    if not (HTML / "index.html").is_file():
        pytest.skip("no book is built here: run make book first")
    found = [*HTML.glob("book/*.html"), *HTML.glob("notebooks/**/*.html")]
    return {path: Page(path.read_text(encoding="utf-8")) for path in found}


def test_folded_code_stands_below_what_it_shows(pages: dict[Path, Page]) -> None:
    both = 0
    for path in pages:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for code in soup.select("div.cell > details.hide"):
            assert code.find_next_sibling("div", class_="cell_output") is None, path
            both += code.find_previous_sibling("div", class_="cell_output") is not None
    assert both > 50


def inner_links(pages: dict[Path, Page]) -> Iterator[tuple[Path, str, Path, str]]:
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc:
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                yield path, link, target, unquote(parts.fragment)


def test_there_are_pages(pages: dict[Path, Page]) -> None:
    assert len(pages) >= 12


def test_every_inner_link_leads_to_a_file_and_a_place_in_it(pages: dict[Path, Page]) -> None:
    for path, link, target, fragment in inner_links(pages):
        assert target.exists(), f"{path.name}: {link}"
        is_round = target.stem == "classify" and re.search(r"-\d+$", fragment)
        is_state = is_round or "=" in fragment  # what a page shows, and no place in it
        if fragment and target in pages and not is_state:
            assert fragment in pages[target].ids, f"{path.name}: {link}"


def test_every_image_says_what_it_shows(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for image in page.images:
            assert image.get("alt"), f"{path.name}: {image.get('src', '')[:60]}"


def test_every_figure_has_caption_and_provenance(pages: dict[Path, Page]) -> None:
    figures = 0
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for figure in text.split('<figure class="ss-figure" id="fig-')[1:]:
            body = figure.split("</figure>")[0]
            figures += 1
            assert "<figcaption>" in body
            assert "Where this figure comes from" in body
            assert body.count("<img ") == 2
    assert figures >= 8


def test_a_page_loads_nothing_from_outside(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        outside = [link for link in page.loads if urlsplit(link).netloc]
        assert not outside, f"{path.name} loads {outside}"


def test_no_page_shows_a_path_of_the_machine_or_a_warning(pages: dict[Path, Page]) -> None:
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not MACHINE_PATH.search(text), path.name
        assert str(ROOT) not in text, path.name
        assert "Traceback" not in text, path.name
        assert "Warning:" not in text, path.name


def test_every_glued_number_is_there(pages: dict[Path, Page]) -> None:
    for path in pages:
        assert "glue:text" not in path.read_text(encoding="utf-8"), path.name


def test_the_ledger_lists_every_claim_with_a_verdict(pages: dict[Path, Page]) -> None:
    page = pages[HTML / "book" / "claims.html"]
    assert {f"claim-{claim.id}" for claim in claims()} <= page.ids
    text = (HTML / "book" / "claims.html").read_text(encoding="utf-8")
    for section in text.split('<section class="ss-claim"')[1:]:
        assert "ss-verdict" in section.split("</section>")[0]


def test_the_ledger_shows_the_numbers_of_this_build(pages: dict[Path, Page]) -> None:
    text = (HTML / "book" / "claims.html").read_text(encoding="utf-8")
    results = read_results()
    for claim in claims():
        for check in claim.check:
            result = results[check.result]
            assert (result.text if result.value == result.value else "not ") in text, check.result


def test_the_words_of_the_findings_fit_the_numbers(pages: dict[Path, Page]) -> None:
    found = {name: result.value for name, result in read_results().items()}
    for model in ("llava_next", "gpt_4o_mini", "qwen_vl"):
        of = f"02_zero_shot_morphology.{model}"
        assert found[f"{of}_missed_spirals"] > found[f"{of}_share_of_errors"]
        assert found[f"{of}_merged_accuracy"] > found[f"{of}_accuracy"]
    differences = found["02_zero_shot_morphology.gpt_4o_mini_differences"]
    assert found["02_zero_shot_morphology.gpt_4o_mini_from_b"] > 0.9 * differences
    assert found["01_zero_shot_lsbg.constant_p"] > 0.05
