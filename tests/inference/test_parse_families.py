"""Whole families of answers: the parser never guesses, and it reads what is clear."""

from collections import defaultdict
from collections.abc import Iterable

import pytest
from parse_families import Case, all_cases
from parse_more_families import more_cases

from secondsight.datasets.tasks import TASKS
from secondsight.inference.parse import Parser

CASES = [*all_cases(), *more_cases()]
FAMILIES: dict[str, list[Case]] = defaultdict(list)
for case in CASES:
    FAMILIES[case.family].append(case)
PARSERS = {name: Parser(task) for name, task in TASKS.items()}
ALLOWED_MISSES = 0.03  # of the texts with a label


def label_of(case: Case) -> str | None:
    return PARSERS[case.task_name].parse(case.text).label


def listing(cases: Iterable[Case]) -> str:
    rows = [
        f"{case.task_name}: {case.text!r} -> {label_of(case)}, not {case.expected}"
        for case in cases
    ]
    return "\n".join([f"{len(rows)} texts, such as", *rows[:10]])


def test_the_families_are_many():
    assert len(FAMILIES) >= 40
    assert len(CASES) >= 5000
    assert {case.task_name for case in CASES} == set(TASKS)


def test_no_text_has_two_labels():
    labels: dict[tuple[str, str], str | None] = {}
    for case in CASES:
        assert labels.setdefault((case.task_name, case.text), case.expected) == case.expected


@pytest.mark.parametrize("family", FAMILIES)
def test_no_label_is_guessed_or_wrong(family):
    wrong = [case for case in FAMILIES[family] if label_of(case) not in {None, case.expected}]
    assert not wrong, listing(wrong)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_outcome_fits_the_label(family):
    for case in FAMILIES[family]:
        answer = PARSERS[case.task_name].parse(case.text)
        assert (answer.outcome == "answered") == (answer.label is not None), case
        assert case.outcome in {None, answer.outcome}, case


def test_what_is_clear_is_read():
    stated = [case for case in CASES if case.expected is not None]
    missed = [case for case in stated if label_of(case) is None]
    assert len(missed) <= ALLOWED_MISSES * len(stated), listing(missed)
