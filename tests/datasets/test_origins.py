import pytest

from secondsight.datasets.origins import Origin


def test_there_are_four_origins_each_in_its_own_words() -> None:
    assert [str(origin) for origin in Origin] == [
        "published",
        "recorded elsewhere",
        "recorded here, real sky",
        "recorded here, simulated sky",
    ]


def test_its_words_name_an_origin() -> None:
    assert Origin("recorded elsewhere") is Origin.ELSEWHERE


def test_other_words_name_none() -> None:
    with pytest.raises(ValueError, match="made up"):
        Origin("made up")
