import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.dwarfs.made_campaign import answers
from secondsight.papers.dwarfs.phrases import (
    TENTHS,
    called_dwarf,
    extremes,
    facts,
    fraction,
    majority,
    readable,
    say_extremes,
    token_tells,
    varied,
)


def test_tenths_are_the_numbers_that_one_writes() -> None:
    assert TENTHS == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def test_what_names_no_category_is_not_readable() -> None:
    table = answers([1, 2, 3], [0, 0, 1], answers=[1, 0, 1])
    assert readable(table)["yes"].tolist() == [1, 3]


def test_each_subjects_votes_are_counted_out_of_its_own() -> None:
    table = answers([1, 5, 12], [0, 1, 3], votes=[2, 25, 24])
    assert fraction(table).tolist() == [0.5, 0.2, 0.5]
    assert called_dwarf(table).tolist() == [False, True, True]
    assert majority(table).tolist() == [True, False, True]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1))
def test_a_majority_is_at_least_half(pairs: list[tuple[int, int]]) -> None:
    yes, votes = [min(pair) for pair in pairs], [pair[1] for pair in pairs]
    table = answers(yes, [0] * len(yes), votes)
    assert majority(table).tolist() == [y * 2 >= n for y, n in zip(yes, votes, strict=True)]
    assert np.array_equal(majority(table), fraction(table) >= 0.5)


def test_the_extremes_are_the_first_of_their_kind() -> None:
    table = answers([3, 9, 10, 0, 0], [0] * 5, votes=[25, 9, 10, 4, 25])
    most, least = extremes(table)
    assert (most["image_id"], least["image_id"]) == ("s00001", "s00003")


@pytest.mark.parametrize("yes", [[3], [0, 0, 0], [25, 25]])
def test_where_all_votes_are_alike_one_subject_is_shown(yes: list[int]) -> None:
    table = answers(yes, [0] * len(yes))
    assert [subject["image_id"] for subject in extremes(table)] == ["s00000"]
    assert "the same on all" in say_extremes(table)
    assert say_extremes(answers([3, 4], [0, 0])).startswith("two subjects")


def test_without_answers_the_arrays_are_empty() -> None:
    table = answers([4, 5], [0, 0], answers=0)
    for read in (fraction, called_dwarf, majority):
        assert read(readable(table)).shape == (0,)


@pytest.mark.parametrize("read", [fraction, called_dwarf, majority])
def test_rows_keep_their_order(read: object) -> None:
    table = answers([0, 25, 5], [0, 1, 0])
    turned = table.iloc[::-1]
    assert read(turned).tolist() == read(table).tolist()[::-1]  # type: ignore[operator]


def test_varied_answers_are_the_first_of_each_kind() -> None:
    table = pd.DataFrame(
        {
            "answer": ["0", "0", "1", "1", None],
            "confidence": ["high", "high", "low", "high", None],
            "outcome": "answered",
        }
    )
    assert varied(table).index.tolist() == [0, 2, 3, 4]
    assert varied(table, 2).index.tolist() == [0, 2]


def test_an_answer_that_was_not_read_is_shown_with_the_others() -> None:
    outcomes = ["answered", "answered", "answered", "refused", "unparseable"]
    table = pd.DataFrame({"answer": list("011") + [None] * 2, "confidence": "low"})
    assert varied(table.assign(outcome=outcomes), 3).index.tolist() == [0, 3, 4]


def test_what_is_given_is_that_of_the_readable_answers() -> None:
    table = answers([1, 2], [0, 1], label=["0", "1"], score=[0.5, None])
    assert facts(table) == {"answers": True, "truth": True, "scores": True}
    assert facts(table.assign(label=None)) == {"answers": True, "truth": False, "scores": True}
    assert not facts(table.head(1))["truth"]
    assert not facts(table.tail(1))["scores"]
    assert facts(table.head(0)) == {"answers": False, "truth": False, "scores": False}


def test_tokens_without_probabilities_tell_nothing() -> None:
    event = np.array([False, True])
    table = answers([1, 2], [0, 1], score=[0.2, 0.9])
    assert token_tells(table, event).value == 1
    assert token_tells(table.assign(score=[None, 0.9]), event).value == 1
    assert np.isnan(token_tells(table.assign(score=np.nan), event).value)
    assert np.isnan(token_tells(table.head(0), event[:0]).value)
