"""A few cases of `tests/stress/fuzz_parser.py`, which runs for as long as one likes."""

import pytest

from secondsight.datasets.tasks import TASKS
from stress import fuzz_parser


@pytest.mark.parametrize("task", TASKS)
def test_a_text_that_is_nearly_an_answer_is_parsed(
    task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz_parser, "SECONDS", float("inf"))
    assert [fuzz_parser.complaint(task, seed) for seed in range(25)] == [None] * 25
