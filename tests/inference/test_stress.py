"""The small form of what `tests/stress` does at length."""

from pathlib import Path

from stress.flips import flip_many
from stress.kills import complaints, kill_many


def test_single_flips_are_all_found(tmp_path: Path) -> None:
    found = flip_many(tmp_path, 90)
    assert set(found) <= {"at load", "by verify"}
    assert sum(found.values()) == 90


def test_kills_of_all_kinds_lose_nothing_and_ask_nothing_again(tmp_path: Path) -> None:
    assert complaints(kill_many(tmp_path, kills=3, requests=60)) == []
