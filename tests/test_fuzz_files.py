"""A few cases of `tests/stress/fuzz_files.py`, which runs for as long as one likes."""

import pytest

from secondsight.errors import DataError
from stress import fuzz_files

CASES = {"folders": 25, "hdf5": 12, "fits": 6, "tar": 8}
"""How many of a kind; of the others 30."""


@pytest.mark.parametrize("kind", fuzz_files.KINDS)
def test_a_file_that_is_nearly_right_is_read_or_refused_in_one_line(kind: str) -> None:
    ended = [fuzz_files.run_case(kind, seed) for seed in range(CASES.get(kind, 30))]
    assert [why for end, why in ended if end == "wrong"] == []


def test_what_goes_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("of no user's making")

    def long(*_: object) -> None:
        raise DataError("one\ntwo")

    for reader, said in ((broken, "of no user's making"), (long, "more than one line")):
        monkeypatch.setitem(fuzz_files.KINDS, "toml", reader)
        ended, why = fuzz_files.run_case("toml", 0)
        assert ended == "wrong"
        assert said in why
