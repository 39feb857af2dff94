import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from secondsight.metrics.confusion import (
    Confusion,
    confusion_from_answers,
    confusion_from_predicted_rows,
)

CODES = ["A", "B", "C"]


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), min_size=1))
def test_the_counts_are_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    label, answer = pd.Series([pair[0] for pair in pairs]), pd.Series([pair[1] for pair in pairs])
    found = confusion_from_answers(label, answer, CODES)
    assert found.counts.tolist() == confusion_matrix(label, answer, labels=CODES).tolist()
    assert (found.n, found.others) == (len(pairs), [])


def test_the_codes_give_the_order() -> None:
    found = confusion_from_answers(pd.Series(["A", "B"]), pd.Series(["B", "B"]), ["B", "A"])
    assert found.categories == ["B", "A"]
    assert found.counts.tolist() == [[1, 0], [1, 0]]


def test_an_answer_outside_gets_a_column_of_its_own() -> None:
    label, answer = pd.Series(["A", "B", "B"]), pd.Series(["refused", "D", "B"])
    found = confusion_from_answers(label, answer, ["A", "B"])
    assert found.others == ["D", "refused"]
    assert found.counts.tolist() == [[0, 0, 0, 1], [0, 1, 1, 0]]
    assert found.square.tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize("dtype", ["object", "str", "string"])
def test_a_missing_answer_is_counted(dtype: str) -> None:
    label, answer = pd.Series(["A", "B"], dtype=dtype), pd.Series([None, "B"], dtype=dtype)
    found = confusion_from_answers(label, answer, ["A", "B"])
    assert found.others == ["missing"]
    assert found.counts.tolist() == [[0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("dtype", ["object", "str", "string"])
def test_images_of_another_or_no_category_are_left_out(dtype: str) -> None:
    label = pd.Series(["A", "D", None], dtype=dtype)
    answer = pd.Series(["A", "A", "A"], dtype=dtype)
    assert confusion_from_answers(label, answer, ["A", "B"]).counts.tolist() == [[1, 0], [0, 0]]


def test_without_images_every_count_is_0() -> None:
    empty = pd.Series([], dtype=str)
    assert confusion_from_answers(empty, empty, ["A", "B"]).counts.tolist() == [[0, 0], [0, 0]]


def test_names_stand_for_codes_where_they_are_given() -> None:
    found = confusion_from_answers(
        pd.Series(["A", "B"]), pd.Series(["C", "no"]), ["A", "B"], {"A": "round", "C": "cigar"}
    )
    assert (found.categories, found.others) == (["round", "B"], ["cigar", "no"])


def test_answers_are_found_whatever_the_index() -> None:
    label = pd.Series(["A", "B", "B"], index=[7, 3, 5])
    answer = pd.Series(["B", "B", "A"], index=[7, 3, 5])
    assert confusion_from_answers(label, answer, ["A", "B"]).counts.tolist() == [[0, 1], [1, 1]]


def test_published_rows_are_answers() -> None:
    found = confusion_from_predicted_rows([[5, 2], [1, 9]], ["no", "yes"])
    assert found.counts.tolist() == [[5, 1], [2, 9]]  # 2 of true class "yes" were answered "no"
    assert found.categories == ["no", "yes"]


def test_fractions_of_rows() -> None:
    found = Confusion(np.array([[3, 1, 0], [0, 2, 2]]), ["A", "B"], ["C"])
    assert found.row_fractions().tolist() == [[0.75, 0.25, 0], [0, 0.5, 0.5]]


def test_an_empty_row_has_fractions_of_0() -> None:
    found = Confusion(np.array([[4, 0], [0, 0]]), ["A", "B"], [])
    assert found.row_fractions().tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize("others", [[], ["C", "D"]])
def test_names_that_do_not_fit_the_counts_are_refused(others: list[str]) -> None:
    with pytest.raises(ValueError, match="the names say"):
        Confusion(np.zeros((2, 3), np.int64), ["A", "B"], others)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Confusion(np.array([[1, -1], [0, 2]]), ["A", "B"], [])
