"""The page of galaxies in a real browser: what it counts, by mouse, by keyboard and from disk."""

import functools
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from browsing import HTML, VIEWS, opened
from secondsight.datasets.registry import load
from secondsight.papers.dwarfs.campaign import find_campaign
from secondsight.papers.replayed import answers

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAGE = "book/look.html"
MODEL = "minivlm-4"


@pytest.fixture(params=VIEWS)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A tab where nothing may go wrong."""
    with opened(browser, site, request.param) as page:
        yield page
        assert page.wrong == []


def go(tab: Any, state: str) -> None:
    """Open the page in a state, as a link from a figure does."""
    tab.goto(f"{tab.book}{PAGE}#{state}")
    tab.locator("#look-status:not(:empty)").wait_for()


def shown(tab: Any) -> int:
    """Return how many galaxies the page says that it shows."""
    return int(re.match(r"[\d,]+", tab.locator("#look-status").inner_text())[0].replace(",", ""))


def listed(tab: Any) -> int:
    """Return how many galaxies are listed once all are asked for."""
    more = tab.locator("#look-more")
    while more.is_visible():
        more.click()
    return int(tab.locator("#look-grid button").count())


@functools.cache
def asked(dataset: str, prompt: str) -> pd.DataFrame:
    """Return a row an image: `label`, `answer` (the most frequent), `alike`, votes if there are."""
    table = answers(load(dataset), prompt, MODEL, "none").sort_values(["image_id", "repeat"])
    each = table.groupby("image_id")["answer"]
    most = each.agg(lambda own: own.value_counts(sort=False).idxmax())
    own = pd.DataFrame({"answer": most, "alike": each.nunique() < 2})
    if dataset.startswith("dwarfs"):
        return own.join(find_campaign(dataset).subjects.set_index("image_id"))
    return own.join(load(dataset).table.set_index("image_id")["label"])


STATES = {
    "dataset=lsbg": ("lsbg", "lsbg-1", "index == index"),
    "dataset=lsbg&prompt=lsbg-1&truth=artifact&answer=lsbg": (
        "lsbg",
        "lsbg-1",
        "label == '0' and answer == '1'",
    ),
    "dataset=morphology&prompt=morphology-1-names&answer=wrong": (
        "morphology",
        "morphology-1-names",
        "label != answer",
    ),
    "dataset=radio&truth=fr-ii": ("radio", "radio-1", "label == '1'"),
    "dataset=dwarfs-repeated&repeats=divided": ("dwarfs-repeated", "dwarf-1", "not alike"),
    "dataset=dwarfs-repeated&repeats=alike&votes=80-100&answer=not-a-dwarf": (
        "dwarfs-repeated",
        "dwarf-1",
        "alike and 5 * yes >= 4 * votes and answer == '0'",
    ),
    "dataset=dwarfs-repeated&votes=20-40&kind=galaxy-cluster": (
        "dwarfs-repeated",
        "dwarf-1",
        "votes <= 5 * yes < 2 * votes and kind == 'galaxy cluster'",
    ),
}


def test_filters_give_what_pandas_gives(tab: Any) -> None:
    for state, (dataset, prompt, query) in STATES.items():
        go(tab, state)
        table = asked(dataset, prompt)
        words = f"{len(table.query(query)):,} of {len(table):,} "
        tab.locator("#look-status").get_by_text(re.compile(f"^{words}")).wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_the_status_names_every_filter_and_says_why_nothing_is_left(tab: Any) -> None:
    go(tab, "dataset=dwarfs-repeated&truth=dwarf&kind=bright-star")
    words = tab.locator("#look-status").inner_text()
    assert words.startswith("0 of ")
    assert "truth: dwarf; what it is: bright star." in words
    assert "set one of them to “any”" in words
    go(tab, "dataset=dwarfs-repeated&truth=dwarf")
    assert tab.locator("#look-matrix .ss-look-out").count() == 2


def test_one_of_many_is_not_none_per_cent(tab: Any) -> None:
    go(tab, "dataset=lsbg")
    shares = [tab.evaluate(f"SecondSight.percent({part})") for part in (0, 1 / 241, 0.5, 0.999, 1)]
    assert shares == ["0%", "<1%", "50%", ">99%", "100%"]


def test_the_whole_campaign_is_counted_by_truth_and_answer(tab: Any) -> None:
    go(tab, "dataset=dwarfs")
    table = find_campaign("dwarfs").subjects
    cells = tab.locator("#look-matrix button").all_inner_texts()
    counts = [int(cell.split()[-2].replace(",", "")) for cell in cells]
    assert len(counts) == 4
    assert sum(counts) == shown(tab) == len(table)
    assert sum(counts[2:]) == (table["label"] == "1").sum()


def test_a_cell_shows_as_many_galaxies_as_it_counts(tab: Any) -> None:
    go(tab, "dataset=lsbg")
    cells = tab.locator("#look-matrix button:not(:disabled)")
    for place in range(cells.count()):
        cell = cells.nth(place)
        count = int(cell.inner_text().split()[-2])
        cell.click()
        assert cell.get_attribute("aria-pressed") == "true"
        assert shown(tab) == listed(tab) == count
    cell.click()
    assert shown(tab) == 500


def test_a_galaxy_shows_its_truth_votes_and_every_answer(tab: Any) -> None:
    go(tab, "dataset=dwarfs-repeated&pictures=yes&order=divided")
    tab.locator("#look-grid button").first.click()
    dialog = tab.locator("#look-one")
    text = dialog.inner_text()
    assert "simulated sky" in text
    votes = re.search(r"(\d+) of 25 simulated volunteers for “dwarf”.*interval", text)
    assert votes is not None
    assert int(votes[1]) in {12, 13}
    assert dialog.locator(".ss-look-repeats li").count() == 10
    own = tab.evaluate("location.hash").split("id=")[1]
    first = answers(load("dwarfs-repeated").head(4000), "dwarf-1", MODEL, "none")
    texts = first[first["image_id"] == own].sort_values("repeat")["text"]
    said = dialog.locator(".ss-look-repeats li").all_inner_texts()
    assert all(f"“{words}”" in line for words, line in zip(texts, said, strict=True))
    dialog.locator("canvas[data-drawn]").wait_for()


def test_the_page_is_used_by_keyboard_alone(tab: Any) -> None:
    go(tab, "dataset=lsbg&truth=artifact&answer=lsbg")
    focused = "document.activeElement.closest('#look-grid') !== null"
    for _ in range(400):
        tab.keyboard.press("Tab")
        if tab.evaluate(focused):
            break
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowRight")
    row = tab.evaluate("document.activeElement.dataset.row")
    tab.keyboard.press("Enter")
    dialog = tab.locator("#look-one")
    assert "2 of " in dialog.inner_text()
    tab.keyboard.press("ArrowRight")
    assert "3 of " in dialog.inner_text()
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert tab.evaluate("document.activeElement.dataset.row") == row
    tab.wait_for_url(lambda url: "id=" not in url)


def test_a_cell_and_a_filter_answer_to_the_keyboard(tab: Any) -> None:
    go(tab, "dataset=lsbg")
    tab.locator("#look-matrix button").nth(1).focus()
    tab.keyboard.press("Enter")
    few = shown(tab)
    assert tab.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    tab.locator("select[name=truth]").focus()
    tab.keyboard.press("Home")
    assert shown(tab) > few


def test_a_point_is_opened_by_keyboard_and_by_click(tab: Any) -> None:
    go(tab, "dataset=dwarfs-repeated&pictures=yes")
    plot = tab.locator("#look-scatter")
    plot.focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown"):
        tab.keyboard.press(key)
        told = tab.locator("#look-status").inner_text()
        assert re.match(r"subject-\d+, simulated sky: \d+ of 25 votes, model \d+%", told)
    tab.keyboard.press("Enter")
    tab.locator("#look-one").wait_for()
    assert told.split(",")[0] in tab.locator("#look-one h2").inner_text()
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.id") == "look-scatter"
    tab.keyboard.press("Enter")
    tab.locator("#look-one").wait_for()
    tab.keyboard.press("Escape")
    box = plot.bounding_box()
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        plot.click(position={"x": box["width"] * share, "y": 18})
        if tab.locator("#look-one").is_visible():
            break
    tab.locator("#look-one").wait_for()


def test_the_address_holds_what_is_shown(tab: Any) -> None:
    go(tab, "dataset=morphology")
    tab.select_option("select[name=truth]", label="edge-on")
    tab.select_option("select[name=answer]", label="cigar")
    tab.locator("#look-grid button").first.click()
    words, name = tab.locator("#look-status").inner_text(), tab.locator("#look-one h2").inner_text()
    tab.wait_for_url(lambda url: "truth=edge-on&answer=cigar&id=morphology-" in url)
    tab.reload()
    tab.locator("#look-one[open]").wait_for()
    assert tab.locator("#look-status").inner_text() == words
    assert tab.locator("#look-one h2").inner_text() == name


def test_what_the_address_names_wrongly_is_left_out(tab: Any) -> None:
    go(tab, "dataset=nowhere&prompt=none&truth=blue&id=nobody")
    assert shown(tab) == 500
    tab.wait_for_url("**/*#dataset=lsbg&prompt=lsbg-1&model=minivlm-4")


def test_little_is_loaded_before_the_first_click(tab: Any) -> None:
    loaded: list[Any] = []
    tab.on("response", lambda response: loaded.append(response))
    go(tab, "")
    tab.locator("#look-grid canvas[data-drawn]").first.wait_for()
    tab.wait_for_load_state("networkidle")
    sizes = {response.url: len(gzip.compress(response.body())) for response in loaded}
    assert sum(sizes.values()) < 2_000_000  # as hosts send them, who compress
    assert sum(size for url, size in sizes.items() if "/look" in url) < 200_000


def test_the_page_works_from_disk(browser: Any, site: str) -> None:
    with opened(browser, f"{HTML.as_uri()}/") as tab:
        go(tab, "dataset=radio&truth=fr-i&answer=fr-ii")
        table = asked("radio", "radio-1")
        assert shown(tab) == listed(tab) == len(table.query("label == '0' and answer == '1'"))
        tab.locator("#look-grid canvas").first.click()
        tab.locator("#look-one canvas[data-drawn]").wait_for()


REAL = {
    "name": "aion-search",
    "title": "Three galaxies",
    "noun": "galaxies",
    "truth_is": "Volunteers",
    "sky": "real sky",
    "origin": "recorded elsewhere",
    "prefix": "g",
    "ids": "1 2 3",
    "sight": [[1, 2], [3, 4], [5, 6]],
    "texts": True,
    "prompts": [
        {
            "name": "bar",
            "title": "a bar?",
            "categories": ["no", "strong"],
            "truth": [0, 1, -1],
            "yes": [9, 8, 0],
            "votes": [10, 10, 0],
            "intervals": {"9/10": [0.596, 0.982], "8/10": [0.49, 0.943]},
            "replies": [
                {"answer": 0, "outcome": "answered"},
                {"answer": -1, "outcome": "refused"},
            ],
            "models": [
                {"name": "a", "title": "A", "calls": [[0, 0, -1], [0, 1, -1]]},
                {"name": "b", "title": "B", "calls": [[0, 1, -1]]},
            ],
        }
    ],
}
WRITTEN = {"a": ["<b>No</b> bar.", "None."], "b": ["No."]}


def test_real_galaxies_show_several_models_and_no_picture(tab: Any) -> None:
    said = {"index": {"datasets": [REAL]}, "aion-search": REAL, "aion-search/g2": WRITTEN}
    for name, value in said.items():
        body = f'SecondSight.data("look/{name}", {json.dumps(value)})'
        own = functools.partial(_answer, body)
        tab.context.route(f"**/look/data/{name}.js", own)
    go(tab, "dataset=aion-search")
    assert tab.locator("#look-status").inner_text() == "2 of 2 galaxies, real sky."
    assert tab.locator("select[name=model] option").all_inner_texts() == [
        "all 2 together",
        "A",
        "B",
    ]
    assert "not read" in tab.locator("#look-matrix thead").inner_text()
    tab.locator("#look-grid button").nth(1).click()
    dialog = tab.locator("#look-one")
    dialog.locator("[data-texts] details").first.wait_for()
    text = dialog.inner_text()
    assert "8 of 10 volunteers for “strong”: 80% (95% interval 49% to 94%)" in text
    assert "1 of 2 no, 1 of 2 not read" in text
    assert dialog.locator("blockquote").first.text_content() == "<b>No</b> bar."
    assert dialog.locator("canvas").count() == 0


def _answer(body: str, route: Any) -> None:
    route.fulfill(body=body, content_type="text/javascript")
