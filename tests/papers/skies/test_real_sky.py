"""How often the small model is right about real pictures."""

import pandas as pd

from secondsight.datasets import derived
from secondsight.papers.skies import real_sky


def test_counts_are_shares_of_right_answers() -> None:
    rows = [("galaxy-zoo-1", "report", 1, 1, "0", 3), ("galaxy-zoo-1", "report", 1, 0, "1", 1)]
    table = pd.DataFrame(rows, columns=["set", "half", "label", "words", "labelled", "count"])
    estimates = real_sky.numbers(table)
    assert estimates["galaxy_zoo_1_report_words"].value == 0.75
    assert estimates["galaxy_zoo_1_report_labelled"].value == 0.25
    assert "galaxy_zoo_1_report_labelled" not in real_sky.numbers(table.assign(labelled=""))


def test_one_category_is_taken_for_another() -> None:
    rows = [
        ("galaxy-zoo-1", "report", 0, 3, "", 3),
        ("galaxy-zoo-1", "report", 0, 0, "", 1),
        ("galaxy-zoo-1", "development", 0, 0, "", 9),
    ]
    table = pd.DataFrame(rows, columns=["set", "half", "label", "words", "labelled", "count"])
    assert real_sky.taken_for(table, "galaxy-zoo-1", "0", "3").value == 0.75


def test_the_figure_has_a_line_for_each_accuracy() -> None:
    estimates = real_sky.numbers(derived.load("real_sky").table)
    lines = real_sky.accuracy_lines(estimates)
    assert len(lines) == sum(key.endswith("_words") for key in estimates) + 3
    assert {line.group for line in lines} == set(real_sky.TITLES.values())
