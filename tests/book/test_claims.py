import math
from pathlib import Path

import nbformat
import pytest

from made_results import for_every_claim, result
from secondsight import paths
from secondsight.book.claims import (
    Check,
    Judged,
    Verdict,
    claims,
    judge,
    overall,
    tally,
    verdicts,
)
from secondsight.book.results import Result
from secondsight.datasets.published import published_number
from secondsight.errors import DataError

HOLDS, FAILS, UNTESTABLE = Verdict.HOLDS, Verdict.FAILS, Verdict.UNTESTABLE
CLAIM = '[[claim]]\nid = "c"\npaper = "{paper}"\nwhere = "here"\nstatement = "So it is."\n'
CHECK = '[[claim.check]]\non = "all"\nresult = "01_one.a"\nrule = "{rule}"\n'


def judged(rule: str, found: Result, **compared: object) -> Judged:
    """A check of the result `chapter.a`."""
    check = Check.model_validate({"on": "all", "result": "chapter.a", "rule": rule, **compared})
    return judge(check, {"chapter.a": found, "chapter.b": result(264)})


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.5736, HOLDS), (0.57449, HOLDS), (0.574, HOLDS), (0.5746, FAILS), (0.5734, FAILS)],
)
def test_prints_rounds_as_the_number_is_printed(value: float, verdict: Verdict) -> None:
    found = judged("prints", result(value), published="llava_lsbg_accuracy")  # 0.574
    assert found.verdict is verdict


@pytest.mark.parametrize(("value", "verdict"), [(0.4651, HOLDS), (0.4649, FAILS)])
def test_prints_knows_how_many_decimals_are_printed(value: float, verdict: Verdict) -> None:
    found = judged("prints", result(value), published="llava_morphology_accuracy")  # 0.47
    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict"),
    [
        ("above", 0.81, 0.9, HOLDS),
        ("above", 0.7, 0.79, FAILS),
        ("above", 0.79, 0.81, UNTESTABLE),
        ("above", 0.8, 0.9, UNTESTABLE),
        ("below", 0.7, 0.79, HOLDS),
        ("below", 0.81, 0.9, FAILS),
        ("below", 0.79, 0.81, UNTESTABLE),
        ("below", 0.7, 0.8, UNTESTABLE),
    ],
)
def test_a_side_needs_the_whole_interval(
    rule: str, low: float, high: float, verdict: Verdict
) -> None:
    found = judged(rule, result((low + high) / 2, low, high), threshold=0.8)
    assert found.verdict is verdict
    assert ("includes 0.8" in found.why) == (verdict is UNTESTABLE)


@pytest.mark.parametrize(("value", "verdict"), [(0.84, HOLDS), (0.82, FAILS), (0.83, UNTESTABLE)])
def test_a_number_without_an_interval_is_compared_itself(value: float, verdict: Verdict) -> None:
    found = judged("above", result(value), published="gpt4o_lsbg_accuracy")  # 0.83
    assert found.verdict is verdict


def test_a_threshold_of_0_is_a_threshold() -> None:
    assert judged("above", result(0.1, 0.05, 0.2), threshold=0.0).verdict is HOLDS


@pytest.mark.parametrize(("value", "verdict"), [(264, HOLDS), (236, FAILS)])
def test_same_as_compares_two_results(value: float, verdict: Verdict) -> None:
    assert judged("same_as", result(value), other="chapter.b").verdict is verdict


@pytest.mark.parametrize(
    ("rule", "compared"),
    [
        ("prints", {"published": "llava_lsbg_accuracy"}),
        ("above", {"threshold": 0.5}),
        ("below", {"threshold": 0.5}),
        ("same_as", {"other": "chapter.b"}),
    ],
)
def test_nothing_follows_from_a_number_that_is_not_defined(
    rule: str, compared: dict[str, object]
) -> None:
    found = judged(rule, result(math.nan), **compared)
    assert (found.verdict, found.why) == (UNTESTABLE, "not defined in this build")


@pytest.mark.parametrize("rule", ["prints", "same_as"])
def test_a_result_that_no_chapter_gave_is_named(rule: str) -> None:
    check = Check(on="all", result="chapter.c", rule=rule, published="llava_lsbg_recall", other="x")
    with pytest.raises(DataError, match=r"no chapter gave the result 'chapter\.c': run make book"):
        judge(check, {})


@pytest.mark.parametrize("rule", ["prints", "above", "below", "same_as"])
def test_a_rule_without_what_it_compares_with_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"has nothing to compare chapter\.a with"):
        judged(rule, result(1))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="rule"):
        judged("near", result(1), threshold=1)


def several(*found: Verdict) -> list[Judged]:
    check = Check(on="all", result="chapter.a", rule="above", threshold=0)
    return [Judged(check, result(1), verdict) for verdict in found]


@pytest.mark.parametrize(
    ("found", "all_in_all", "words"),
    [
        ([HOLDS], HOLDS, "holds"),
        ([HOLDS, HOLDS], HOLDS, "holds"),
        ([FAILS], FAILS, "does not hold"),
        ([HOLDS, FAILS, HOLDS], FAILS, "holds in 2 of 3"),
        ([FAILS, UNTESTABLE], FAILS, "does not hold"),
        ([HOLDS, UNTESTABLE], HOLDS, "holds in 1 of 2"),
        ([UNTESTABLE], UNTESTABLE, "not testable with this data"),
        ([], UNTESTABLE, "not testable with this data"),
    ],
)
def test_what_becomes_of_a_claim(found: list[Verdict], all_in_all: Verdict, words: str) -> None:
    assert overall(several(*found)) is all_in_all
    assert tally(several(*found)) == words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "claims.toml"


def test_a_good_claim_is_read(path: Path) -> None:
    check = CHECK.format(rule="above") + "threshold = 0\n"
    path.write_text(CLAIM.format(paper="dwarfs") + check)
    [claim] = claims(path)
    assert verdicts(claim, {"01_one.a": result(1, 0.5, 2)})[0].verdict is HOLDS


@pytest.mark.parametrize(
    "rest", ["", 'untestable = "Not released."\n' + CHECK.format(rule="above") + "threshold = 0\n"]
)
def test_a_claim_needs_a_check_or_a_reason_and_not_both(path: Path, rest: str) -> None:
    path.write_text(CLAIM.format(paper="dwarfs") + rest)
    with pytest.raises(DataError, match="c needs either a check or a reason why not"):
        claims(path)


def test_a_claim_of_an_unknown_paper_is_refused(path: Path) -> None:
    path.write_text(CLAIM.format(paper="nobody") + 'untestable = "So."\n')
    with pytest.raises(DataError, match="the claim c names the paper 'nobody'"):
        claims(path)


@pytest.mark.parametrize(
    "rest",
    [
        'untestable = "So."\npublished = ["nope"]\n',
        CHECK.format(rule="prints") + 'published = "nope"\n',
    ],
)
def test_a_claim_of_an_unknown_number_is_refused(path: Path, rest: str) -> None:
    path.write_text(CLAIM.format(paper="dwarfs") + rest)
    with pytest.raises(DataError, match="no published number named 'nope'"):
        claims(path)


# --- The ledger itself --------------------------------------------------------------------


def test_no_two_claims_bear_the_same_name() -> None:
    names = [claim.id for claim in claims()]
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize("name", sorted(for_every_claim()))
def test_every_result_is_of_a_chapter_that_there_is(name: str) -> None:
    chapter, _, number = name.partition(".")
    assert (paths.NOTEBOOKS / f"{chapter}.ipynb").is_file()
    assert number.isidentifier()


def test_every_figure_is_drawn_by_its_chapter() -> None:
    for claim in claims():
        for check in claim.check:
            path = paths.NOTEBOOKS / f"{check.result.split('.')[0]}.ipynb"
            code = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
            assert check.figure is None or f'chapter.show(\n    "{check.figure}"' in code, check


def test_every_claim_can_be_judged() -> None:
    results = for_every_claim()
    for claim in claims():
        assert len(verdicts(claim, results)) == len(claim.check)


def test_a_printed_number_is_among_those_that_its_claim_states() -> None:
    for claim in claims():
        for check in claim.check:
            if check.rule == "prints":
                assert check.published in claim.published
                assert published_number(str(check.published)).paper == claim.paper
