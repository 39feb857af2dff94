import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.metrics.pairs import outcome_shares, wrong_together

CODES = st.sampled_from(["A", "B", "C"])
NAMES = ("one", "two")


@given(st.lists(st.tuples(CODES, CODES, CODES), min_size=1, max_size=60))
def test_the_shares_of_each_category_add_up_to_1(images: list[tuple[str, str, str]]) -> None:
    label, first, second = (pd.Series(column) for column in zip(*images, strict=True))
    shares = outcome_shares(label, first, second, NAMES)
    assert shares.sum(axis=1).tolist() == pytest.approx([1] * label.nunique())
    assert shares.shape == (label.nunique(), 5)
    for category, row in shares.iterrows():
        right = first[label == category] == category
        assert row["both right"] + row["only one"] == pytest.approx(right.mean())


def test_every_kind_has_its_column() -> None:
    label = pd.Series(["A"] * 8)
    first = pd.Series(["A", "A", "A", "B", "B", "B", "B", "C"])
    second = pd.Series(["A", "B", "B", "A", "B", "B", "C", "B"])
    shares = outcome_shares(label, first, second, NAMES).loc["A"].to_dict()
    assert shares == {
        "both right": 1 / 8,
        "only one": 2 / 8,
        "only two": 1 / 8,
        "both wrong, same answer": 2 / 8,
        "both wrong, different answers": 2 / 8,
    }


def test_a_kind_that_never_occurs_is_0() -> None:
    right = pd.Series(["A", "B"])
    shares = outcome_shares(right, right, right, NAMES)
    assert shares["both right"].tolist() == [1, 1]
    assert shares.drop(columns="both right").to_numpy().sum() == 0


@pytest.mark.parametrize("dtype", ["object", "str", "string"])
def test_two_missing_answers_are_the_same_wrong_answer(dtype: str) -> None:
    label = pd.Series(["A", "A"], dtype=dtype)
    first, second = (
        pd.Series([None, None], dtype=dtype),
        pd.Series([None, "B"], dtype=dtype),
    )
    shares = outcome_shares(label, first, second, NAMES).loc["A"]
    assert shares["both wrong, same answer"] == 0.5
    assert shares["both wrong, different answers"] == 0.5


#                     together wrong: A as B three times, B as C once
LABEL = pd.Series(["A", "A", "A", "A", "A", "B", "B", "B", "C"])
FIRST = pd.Series(["B", "B", "B", "A", "B", "C", "A", "B", "C"])
SECOND = pd.Series(["B", "B", "B", "A", "C", "C", "C", "B", "C"])


def test_wrong_together_counts_the_same_wrong_answers() -> None:
    found = wrong_together(LABEL, FIRST, SECOND)
    assert found.to_dict("records") == [
        {"true": "A", "answer": "B", "images": 3, "share": 3 / 5},
        {"true": "B", "answer": "C", "images": 1, "share": 1 / 3},
    ]


def test_only_the_most_frequent_are_kept() -> None:
    found = wrong_together(LABEL, FIRST, SECOND, most=1)
    assert found["images"].tolist() == [3]


def test_never_wrong_together_is_an_empty_table() -> None:
    found = wrong_together(LABEL, LABEL, SECOND)
    assert found.columns.tolist() == ["true", "answer", "images", "share"]
    assert len(found) == 0
