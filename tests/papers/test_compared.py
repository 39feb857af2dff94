from collections.abc import Sequence
from dataclasses import replace
from math import isnan

import pandas as pd
import pytest

from secondsight.book.compared_text import sentence, text_of, with_letters
from secondsight.datasets.tasks import TASKS
from secondsight.errors import DataError
from secondsight.papers.compared import NOT_ANSWERED, Comparison, Recorded, compared

Calls = Sequence[str | None]
"""The answers about one galaxy: a code, "r" refused, "?" unparseable, None not answered."""
OUTCOME = {"r": "refused", "?": "unparseable", None: NOT_ANSWERED}


def recorded(
    name: str,
    answers: Sequence[str | Calls | None],
    truth: str = "",
    picture: str = "",
    first: int = 0,
) -> Recorded:
    """Return answers about g0, g1 and so on; `truth` holds a code for each, or a space."""
    rows = [
        {
            "image_id": f"g{place}",
            "repeat": repeat,
            "answer": None if call in OUTCOME else call,
            "outcome": OUTCOME.get(call, "answered"),
            "label": (truth[place] if truth else " ").strip() or None,
            "picture": picture and f"{picture}{place}",
            "sampling": "",
        }
        for place, calls in enumerate(answers, first)
        for repeat, call in enumerate([calls] if calls is None else list(calls))
    ]
    return Recorded(name, "tiny", pd.DataFrame(rows))


def said(comparison: Comparison) -> str:
    return sentence(comparison, comparison.pairs[0]).replace("\xa0", " ")


def test_a_small_table_by_hand() -> None:
    truth = "11110000"
    a, b = recorded("a", list("11100001"), truth), recorded("b", list("10000r?1"), truth)
    comparison = compared([a, b])
    assert [each.right.value for each in comparison.each] == [6 / 8, 2 / 8]
    assert [(each.refused, each.unparseable) for each in comparison.each] == [(0, 0), (1, 1)]
    (pair,) = comparison.pairs
    assert pair.difference.value == 4 / 8
    assert pair.alike.value == 4 / 8
    assert comparison.changed["image_id"].tolist() == ["g1", "g2", "g5", "g6"]


@pytest.mark.parametrize("truth", ["1010", ""])
def test_the_same_answers_can_not_be_told_apart(truth: str) -> None:
    comparison = compared([recorded(name, list("1011"), truth) for name in "ab"])
    assert comparison.changed.empty
    assert comparison.pairs[0].alike.value == 1
    assert "No galaxy changed side." in text_of(comparison)
    if truth:
        assert comparison.pairs[0].difference.value == 0
        expected = "On these 4 galaxies A and B can't be told apart: their answers are the same."
        assert said(comparison) == expected


def test_an_interval_with_zero_is_said_plainly() -> None:
    truth = "1" * 10
    comparison = compared(
        [recorded("a", list("1111111100"), truth), recorded("b", list("0011111111"), truth)]
    )
    assert said(comparison).startswith(
        "On these 10 galaxies A and B can't be told apart: A less B is 0.0"
    )
    assert said(comparison).endswith("p = 1.000; the interval includes zero.")


def test_the_better_is_named_first_whatever_the_order() -> None:
    truth = "1" * 40
    good, poor = recorded("good", ["1"] * 40, truth), recorded("poor", list("10" * 20), truth)
    for pair in ([good, poor], [poor, good]):
        letters = ("A", "B") if pair[0] is good else ("B", "A")
        start = "On these 40 galaxies {0} is right more often than {1}: {0} less {1} is 50.0 points"
        assert said(compared(pair)).startswith(start.format(*letters))


def test_a_test_that_allows_chance_is_not_passed_over() -> None:
    truth = "1" * 50
    comparison = compared(
        [recorded("a", ["1"] * 49 + ["0"], truth), recorded("b", ["0"] * 7 + ["1"] * 43, truth)]
    )
    assert comparison.pairs[0].difference.low > 0
    assert "hardly told apart" in said(comparison)
    assert "p = 0.070, which by the test may be chance." in said(comparison)


def test_repeats_are_one_galaxy() -> None:
    truth = "11"
    a = recorded("a", ["1111111110", "0000000000"], truth)
    comparison = compared([a, recorded("b", ["1", "1"], truth)])
    first, second = comparison.each
    assert (comparison.galaxies, first.calls, second.calls) == (2, 20, 2)
    assert first.right.value == pytest.approx(0.45)
    assert first.right.n == 2
    assert comparison.pairs[0].difference.n == 2
    assert comparison.changed["image_id"].tolist() == ["g1"]


def test_only_galaxies_that_all_answered_count() -> None:
    a = recorded("a", ["1", "1", "1"], "1111")
    b = recorded("b", ["1", None, "0"], "1111", first=1)
    comparison = compared([a, b])
    assert (comparison.galaxies, comparison.left_out) == (1, 3)
    assert [each.not_answered for each in comparison.each] == [1, 2]
    assert comparison.changed.empty
    assert "3 that not all of them answered are left out" in text_of(comparison)


def test_without_a_truth_there_is_agreement() -> None:
    comparison = compared([recorded("a", list("110010")), recorded("b", list("111010"))])
    (pair,) = comparison.pairs
    assert isnan(pair.difference.value)
    assert all(isnan(each.right.value) for each in comparison.each)
    assert pair.alike.value == pytest.approx(5 / 6)
    assert pair.kappa.value == pytest.approx((5 / 6 - 1 / 2) / (1 - 1 / 2))
    assert said(comparison).startswith("On these 6 galaxies A and B give the same answer to 83.3%")
    text = text_of(comparison)
    assert "no truth about them is known here" in text
    assert "right" not in text
    (row,) = with_letters(comparison.changed).fillna("").to_dict("records")
    assert row == {"image_id": "g2", "truth": "", "A": "0", "B": "1"}


def test_several_pairs_pay_for_each_other() -> None:
    truth = "1" * 12
    answers = ["1" * 12, "0" * 6 + "1" * 6, "0" * 7 + "1" * 5]
    each = [recorded(name, list(own), truth) for name, own in zip("abc", answers, strict=True)]
    alone = compared(each[:2]).pairs[0].p_value
    assert compared(each).pairs[0].p_value == pytest.approx(2 * alone)


def test_labels_that_contradict_each_other_are_no_truth_in_any_order() -> None:
    a, b = recorded("a", list("1100"), "1100"), recorded("b", list("1010"), "1010")
    one, other = compared([a, b]), compared([b, a])
    assert (one.labelled, one.contradicted) == (other.labelled, other.contradicted) == (2, 2)
    assert [each.right for each in one.each] == [each.right for each in reversed(other.each)]
    assert "Labels contradict each other for 2 galaxies" in text_of(one)
    assert "The truth: labels that came with the answers." in text_of(one)


def test_repeats_in_another_order_of_galaxies_give_the_same_numbers() -> None:
    a = recorded("a", ["110", "100", "111", "000", "011"], "11111")
    b = recorded("b", ["100", "111", "111", "001", "111"], "11111")
    turned = replace(b, answers=b.answers[::-1])
    one, other = compared([a, turned]), compared([turned, a])
    assert [each.right for each in one.each] == [each.right for each in reversed(other.each)]
    first, second = one.pairs[0].difference, other.pairs[0].difference
    assert (first.low, first.high) == pytest.approx((-second.high, -second.low))


def test_what_shares_nothing_is_one_line() -> None:
    a, b = recorded("a", ["1"], "1"), recorded("b", ["1"], "1111", first=3)
    with pytest.raises(DataError, match="no galaxy was answered in each of a and b"):
        compared([a, b])
    with pytest.raises(DataError, match="two recordings or more"):
        compared([a])
    other = Recorded("b", "another", a.answers)
    with pytest.raises(DataError, match="a is about tiny and b about another"):
        compared([a, other])


def test_other_pictures_of_the_same_galaxies_are_told() -> None:
    a, b = (recorded(name, ["1", "0"], "10", picture=name) for name in "ab")
    assert compared([a, b]).other_pictures == 2
    assert "of 2 not all were shown the same picture" in text_of(compared([a, b]))
    assert compared([a, a]).other_pictures == 0


def in_ways(name: str, truth: str, **ways: Sequence[str | Calls | None]) -> Recorded:
    """Return a recording of calls that were drawn in several ways."""
    tables = [
        recorded(name, calls, truth).answers.assign(sampling=way) for way, calls in ways.items()
    ]
    return Recorded(name, "tiny", pd.concat(tables, ignore_index=True))


def test_answers_drawn_in_another_way_are_not_pooled_and_that_is_told() -> None:
    truth = "1" * 20
    once = [*"1" * 10, *"0" * 10]
    a = in_ways("a", truth, cold=once, warm=["111"] * 10 + ["101"] * 10)
    b = in_ways("b", truth, cold=once)
    for pair in ([a, b], [b, a]):
        comparison = compared(pair)
        assert said(comparison).endswith("can't be told apart: their answers are the same.")
        assert [each.calls for each in comparison.each] == [20, 20]
    assert (
        "Of B only the calls with cold count: it holds others too, which were drawn otherwise."
        in text_of(comparison)
    )
    assert "Of A only" not in text_of(comparison)
    assert [each.calls for each in compared([a, replace(a, name="b")]).each] == [60, 60]


def test_other_categories_are_refused_in_a_line() -> None:
    a, b = recorded("a", list("10")), recorded("b", list("10"))
    a, b = replace(a, task=TASKS["lsbg"]), replace(b, task=TASKS["galaxy-zoo-2"])
    with pytest.raises(DataError, match="a chooses among 0, 1 and b among A, B, "):
        compared([a, b])
