from pathlib import Path

import pytest

from secondsight.errors import DataError
from secondsight.minivlm.curve import TITLES, training_curve


def test_the_committed_curve_names_every_sky_and_falls() -> None:
    for name, part in training_curve().items():
        assert {frozenset(step) for step in part} == {frozenset(TITLES.values())}, name
        assert sum(part[-1].values()) < sum(part[0].values()), name


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_missing_or_damaged_curve_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "curve.json").write_bytes(content)
    with pytest.raises(DataError, match=r"curve.json is missing or damaged: restore it with git"):
        training_curve(tmp_path)
