"""A small rehearsal; `make rehearse` is the full one."""

import os
from pathlib import Path

import pytest

from rehearsal.client import Scale
from rehearsal.rehearse import complaints, rehearse


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that are killed begin with these modules loaded."""
    tests = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")]))


def test_a_small_campaign_is_recorded_once_and_paid_once_through_kills(tmp_path: Path) -> None:
    scale = Scale(images=150, repeats=2, chunk=25, kills=6, falls=2, longest=0.6)
    account = rehearse(tmp_path, scale)
    assert complaints(account) == []
    assert (account.requests, account.kills, account.falls) == (300, 6, 2)
    assert account.reached  # the ceiling, which was then raised
