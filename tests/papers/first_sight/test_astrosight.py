"""Readings of released answers, on tables made by hand."""

import pandas as pd
import pytest

from secondsight.papers.first_sight.astrosight import begin_with_based, readings, rise, two_models

PARSING = pd.DataFrame(
    [
        ("mini", "A", "A", "A", 6),
        ("mini", "A", "B", "A", 2),
        ("mini", "B", "B", "cut off", 1),
        ("mini", "B", "A", "A", 1),
        ("other", "A", "A", "A", 5),
    ],
    columns=["model", "true", "released", "ours", "count"],
)


def test_readings_differ_where_the_text_names_another_class_or_none() -> None:
    numbers = readings(PARSING, "mini")
    assert numbers["released_accuracy"].value == pytest.approx(0.7)
    assert numbers["eight_accuracy"].value == pytest.approx(0.8)
    assert (numbers["differences"], numbers["from_b"], numbers["no_class"]) == (3, 2, 1)
    assert rise(PARSING, "mini").value == pytest.approx(0.1)


def test_another_models_answers_are_left_out() -> None:
    assert readings(PARSING, "other")["differences"] == 0


def test_sentences_that_begin_with_based_are_counted() -> None:
    columns = ["model", "released", "first_word", "count"]
    rows = [("mini", "B", "Based", 3), ("mini", "A", "Based", 1), ("mini", "B", "The", 9)]
    assert begin_with_based(pd.DataFrame(rows, columns=columns)) == (4, 3)


def test_two_models_are_compared_on_the_same_images() -> None:
    label, first, second = (pd.Series(list(letters)) for letters in ("AABB", "AABA", "ABAA"))
    numbers = two_models(label, first, second)
    assert numbers["agreement"].value == 0.5
    assert numbers["lead"].value == 0.5
    assert (numbers["both_wrong"].value, numbers["same_wrong"].value) == (0.25, 1)
