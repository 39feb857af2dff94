import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from made_results import for_every_claim, result
from secondsight import paths
from secondsight.book import pages
from secondsight.book.claims import Claim, Verdict, claims, overall, verdicts
from secondsight.book.results import Result
from secondsight.datasets import sources
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published
from secondsight.datasets.sources import Source
from secondsight.errors import DataError

NASTY = 'Is <b>this</b> & "that" bigger?'


class Reader(HTMLParser):
    """Collects the tags, the attributes and the text of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.open: list[str] = []
        self.found: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.open.append(tag)
        self.found.append({"tag": tag, **dict(attrs)})

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def nasty(monkeypatch: pytest.MonkeyPatch) -> dict[str, Result]:
    """One claim in which every text holds what HTML means something by."""
    check = {"on": NASTY, "result": "01_zero_shot_lsbg.a", "rule": "above", "threshold": 0.5}
    claim = Claim.model_validate(
        {"id": "c", "paper": "dwarfs", "where": NASTY, "statement": NASTY, "check": [check]}
    )
    excused = claim.model_copy(update={"id": "d", "check": [], "untestable": NASTY})
    monkeypatch.setattr(pages, "claims", lambda: [claim, excused])
    return {"01_zero_shot_lsbg.a": result(0.5, 0.4, 0.6).model_copy(update={"text": NASTY})}


@pytest.mark.parametrize(("page", "times"), [(pages.ledger, 7), (pages.summary, 3)])
def test_html_is_escaped(nasty: dict[str, Result], page: object, times: int) -> None:
    read = Reader(page(nasty))  # type: ignore[operator]
    assert "b" not in read.opened
    assert read.text.count(NASTY) == times


def test_a_source_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(
        name="<b>", path="x", url='http://x/?a="1"&b=2', sha256="0" * 64, bytes=1_500_000,
        licence=NASTY, citation=NASTY, what=NASTY,
    )  # fmt: skip
    monkeypatch.setattr(pages.sources, "catalogue", lambda: {"<b>": source})
    read = Reader(pages.source_table())
    assert "b" not in read.opened
    assert read.text.count(NASTY) == 3
    assert 'http://x/?a="1"&b=2' in [tag.get("href") for tag in read.found]


@pytest.mark.parametrize(
    ("low", "high", "kind", "words"),
    [
        (0.6, 0.7, "ss-holds", "holds"),
        (0.3, 0.4, "ss-fails", "does not hold"),
        (0.4, 0.6, "ss-untestable", "not testable with this data"),
    ],
)
def test_a_badge_has_the_class_of_its_verdict(
    nasty: dict[str, Result], low: float, high: float, kind: str, words: str
) -> None:
    page = pages.ledger({"01_zero_shot_lsbg.a": result((low + high) / 2, low, high)})
    badges = re.findall(r'<span class="ss-verdict (\S+)">([^<]+)</span>', page)
    excused = ("ss-untestable", "not testable with this data")
    assert badges == [(kind, words), (kind, words), excused]  # the claim, its check, the other


@pytest.mark.parametrize("verdict", Verdict)
def test_every_badge_is_styled(verdict: Verdict) -> None:
    style = paths.BOOK / "_static" / "secondsight.css"
    assert f".ss-{pages.MARK[verdict]}" in style.read_text()


def test_a_mixed_verdict_is_counted_and_looks_like_a_failure() -> None:
    results = for_every_claim(0.9)
    results["02_zero_shot_morphology.llava_next_accuracy"] = result(0.3, 0.2, 0.4)
    page = pages.ledger(results)
    assert '<span class="ss-verdict ss-fails">holds in 4 of 5</span>' in page


def test_other_models_are_counted_apart() -> None:
    results = for_every_claim(0.9)
    results["11_real_galaxy_zoo.qwen_vl_share"] = result(0.3, 0.2, 0.4)
    page = pages.ledger(results)
    words = "other models, no evidence on this one: pass 4 of 5 checks"
    assert f'<span class="ss-carries">{words}</span>' in page


def test_what_a_verdict_rests_on_stands_at_the_claim() -> None:
    ledger = pages.ledger(for_every_claim(0.9))
    for name in ("above-80", "llava-below-gpt4o"):
        section = ledger[ledger.index(f'id="claim-{name}"') :].partition("</section>")[0]
        assert "its counts appear only in a figure" in Reader(section).text


@pytest.mark.parametrize("value", [0.1, 0.5, 0.574, 0.9])
def test_the_counts_of_the_summary_add_up(value: float) -> None:
    results = for_every_claim(value)
    total, *parts = map(int, re.findall(r"\*\*(\d+)\*\*", pages.summary(results)))
    assert total == len(claims()) == sum(parts)
    found = [overall(verdicts(claim, results)) for claim in claims()]
    assert parts == [found.count(verdict) for verdict in Verdict]


def test_the_summary_lists_the_claims_that_could_be_tested() -> None:
    page = pages.summary(for_every_claim())
    listed = re.findall(r'href="claims\.html#claim-([^"]+)"', page)
    assert listed == [claim.id for claim in claims() if claim.check]


def test_the_ledger_lists_every_claim_once_under_its_paper() -> None:
    page = pages.ledger(for_every_claim())
    assert sorted(re.findall(r'id="claim-([^"]+)"', page)) == sorted(claim.id for claim in claims())
    for claim in claims():
        before = page[: page.index(f'id="claim-{claim.id}"')]
        assert before.rindex("## ") == before.rindex(f"## {published().paper[claim.paper].title}")


@pytest.mark.parametrize("page", [pages.ledger, pages.summary])
def test_every_element_is_closed(page: object) -> None:
    assert Reader(page(for_every_claim())).open == []  # type: ignore[operator]


def test_a_check_links_to_its_figure() -> None:
    page = pages.ledger(for_every_claim())
    assert '<a href="../notebooks/01_zero_shot_lsbg.html#fig-printed">0.500</a>' in page


def test_a_check_says_what_it_compares_with() -> None:
    page = pages.ledger(for_every_claim())
    for words in ("printed 0.574", "above 0.8", "above 0", "the same count"):
        assert f"<td>{words}</td>" in page


def test_an_origin_is_named_for_a_screen_reader() -> None:
    read = Reader(pages.summary(for_every_claim()))
    marks = [tag for tag in read.found if "ss-origin" in (tag.get("class") or "").split()]
    assert {tag["aria-label"] for tag in marks} == {str(origin) for origin in Origin}
    assert {tag["role"] for tag in marks} == {"img"}


def test_every_source_has_its_row_and_its_address() -> None:
    read = Reader(pages.source_table())
    addresses = [tag["href"] for tag in read.found if tag["tag"] == "a"]
    assert addresses == [files[0].url for files in sources.groups().values()]
    assert "42 files, 32.23 MB" in read.text


def test_markdown_ends_no_block_of_html_early() -> None:
    for html in pages.ledger(for_every_claim()).split("\n"):
        assert html.count("<section") == html.count("</section>")


# --- The front page's findings ------------------------------------------------------------


def test_the_findings_hold_this_builds_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "findings.md").write_text("It is {{ 01_one.a }} and {{ 02_two.b }}.\n")
    monkeypatch.setattr(pages.paths, "BOOK", tmp_path)
    found = pages.findings({"01_one.a": result(0.5), "02_two.b": result(0.25)})
    assert found == "It is {number}`01_one.a` and {number}`02_two.b`.\n"


def test_a_finding_of_a_number_that_no_chapter_gave_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "findings.md").write_text("It is {{ 01_one.a }}.\n")
    monkeypatch.setattr(pages.paths, "BOOK", tmp_path)
    with pytest.raises(DataError, match=r"names '01_one\.a', which no chapter gives"):
        pages.findings({})


OWN_FINDINGS = (
    "**On real sky**\n\n- It is {{ 01_one.a }}.\n\n"
    "**On a simulated sky**: ours\n\n- Ours is {{ 02_two.b }}.\n- And {{ 02_two.c }}.\n"
)


@pytest.fixture
def of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Result]:
    """Findings of others' numbers and of our own, and the numbers."""
    (tmp_path / "findings.md").write_text(OWN_FINDINGS)
    monkeypatch.setattr(pages.paths, "BOOK", tmp_path)
    ours = result(0.25).model_copy(update={"origin": Origin.SIMULATED_SKY})
    return {"01_one.a": result(0.5), "02_two.b": ours, "02_two.c": ours}


def test_the_books_own_findings_stand_in_the_books_own_build(of_ours: dict[str, Result]) -> None:
    assert pages.findings(of_ours) == (
        "**On real sky**\n\n- It is {number}`01_one.a`.\n\n"
        "**On a simulated sky**: ours\n\n- Ours is {number}`02_two.b`.\n- And {number}`02_two.c`.\n"
    )


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"model": "gpt-5-mini"}, "answers of GPT-5-mini"),
        ({"origin": Origin.REAL_SKY}, "other images than the book's own"),
    ],
)
def test_a_finding_about_our_model_on_our_sky_is_claimed_of_no_other(
    of_ours: dict[str, Result], change: dict[str, object], shows: str
) -> None:
    other = of_ours["02_two.b"].model_copy(update=change)
    some = pages.findings(of_ours | {"02_two.b": other})
    assert "Ours is" not in some
    assert "**On a simulated sky**: ours\n\n- And {number}`02_two.c`." in some
    assert f"This copy of the book shows {shows}." in some
    none = pages.findings(of_ours | {"02_two.b": other, "02_two.c": other})
    assert none.startswith(
        "**On real sky**\n\n- It is {number}`01_one.a`.\n\nThis copy of the book"
    )


def test_a_number_of_the_real_sky_stands_under_a_heading_of_the_real_sky(
    of_ours: dict[str, Result],
) -> None:
    real = result(0.5).model_copy(update={"origin": Origin.REAL_SKY})
    page = pages.findings(of_ours | {"01_one.a": real})
    assert "- It is {number}`01_one.a`." in page
    assert "This copy of the book" not in page


def test_a_missing_number_costs_its_finding_and_nothing_else(of_ours: dict[str, Result]) -> None:
    missing = of_ours["02_two.b"].model_copy(update={"value": float("nan")})
    assert pages.findings(of_ours | {"02_two.b": missing}) == (
        "**On real sky**\n\n- It is {number}`01_one.a`.\n\n"
        "**On a simulated sky**: ours\n\n- And {number}`02_two.c`.\n"
    )


def test_the_findings_of_the_default_build_hold_those_of_our_model_on_the_real_sky() -> None:
    gaps = re.findall(r"\{\{ ([\w.]+) \}\}", (paths.BOOK / "findings.md").read_text())
    ours = result(0.25).model_copy(update={"origin": Origin.REAL_SKY})
    results = {name: result(0.5) for name in gaps}
    results |= {name: ours for name in gaps if name.startswith("08_local_model.mirabest")}
    page = pages.findings(results)
    assert "{number}`08_local_model.mirabest_report_words`" in page
    assert "This copy of the book" not in page


def test_the_ledger_names_the_model_that_was_asked() -> None:
    results = for_every_claim()
    assert "<td>the small local model: recall there</td>" in pages.ledger(results)
    other = {name: one.model_copy(update={"model": "gpt-5-mini"}) for name, one in results.items()}
    page = pages.ledger(other) + pages.summary(other)
    assert "<td>GPT-5-mini: recall there</td>" in page
    assert "small local model" not in page


def test_a_number_that_is_not_defined_leads_to_the_page_and_to_no_figure() -> None:
    results = for_every_claim()
    name = "03_dwarf_calibration.called_known"
    assert "03_dwarf_calibration.html#fig-recovery" in pages.ledger(results)
    results[name] = results[name].model_copy(update={"value": float("nan"), "text": "not defined"})
    page = pages.ledger(results)
    assert '03_dwarf_calibration.html">not defined</a>' in page
    assert "#fig-recovery" not in page


def test_a_number_that_nobody_released_is_not_available() -> None:
    results = for_every_claim()
    name = "02_zero_shot_morphology.gpt4o_counted_share"
    results[name] = results[name].model_copy(update={"value": float("nan"), "text": "not defined"})
    assert '02_zero_shot_morphology.html">not available</a>' in pages.ledger(results)


def test_a_mark_of_millions_is_said_in_words() -> None:
    assert "<td>more than 1.1 million</td>" in pages.ledger(for_every_claim())


def test_the_times_page_lists_each_chapter_of_this_build(tmp_path: Path) -> None:
    head = "s\th:m:s\tmax_rss\n"
    (tmp_path / "01_one.tsv").write_text(head + "12.6\t0:00:12\t481.2\n")
    (tmp_path / "02_two.tsv").write_text(head + "0.4\t0:00:00\t-\n")
    page = pages.times(tmp_path)
    assert "<td>01_one</td><td>13</td><td>481</td>" in page
    assert "<td>02_two</td><td>0</td><td>not measured</td>" in page
    assert "<td>" not in pages.times(tmp_path / "none")
