import re

import pytest

from made_results import for_every_claim
from secondsight.book.claims import Verdict, claims, overall, verdicts
from secondsight.book.results import read_results
from secondsight.book.standing import STANDING, in_a_line, standing

_LINKED = re.compile(r"#claim-([\w-]+)")


def test_what_stands_counts_every_claim_once_and_names_one_of_each_verdict() -> None:
    results = for_every_claim()
    begins = {words: verdict for verdict, words in STANDING.items()}
    counted = 0
    for words, count, name in re.findall(
        r"\*\*([^:]*): (\d+) of .*#claim-([\w-]+)", standing(results)
    ):
        [claim] = [claim for claim in claims() if claim.id == name]
        assert overall(verdicts(claim, results)) is begins[words]
        counted += int(count)
    assert counted == len(claims())


def test_what_a_verdict_rests_on_is_told_once() -> None:
    assert standing(for_every_claim(0.9)).count("its counts appear only in a figure") == 1


@pytest.mark.parametrize("value", [0.1, 0.5, 0.9])
def test_every_claim_has_a_line_below_its_verdict(value: float) -> None:
    results = for_every_claim(value)
    parts = re.split(r"^\*\*(.+?)(?:, as arithmetic)?: (\d+)\*\*$", in_a_line(results), flags=re.M)
    begins = {words: verdict for verdict, words in STANDING.items()}
    told = {}
    for words, count, lines in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        names = _LINKED.findall(lines)
        assert len(names) == int(count)
        told |= dict.fromkeys(names, begins[words])
    assert told == {claim.id: overall(verdicts(claim, results)) for claim in claims()}


@pytest.mark.book
def test_every_claim_of_this_build_has_its_reason() -> None:
    results = read_results()
    for claim in claims():
        assert claim.why(overall(verdicts(claim, results))), claim.id


def test_a_reason_is_written_for_a_verdict_that_there_is() -> None:
    names = {verdict.name.lower() for verdict in Verdict}
    assert all(claim.because.keys() <= names for claim in claims())
