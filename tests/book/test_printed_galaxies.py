import pytest
from bs4 import BeautifulSoup

from secondsight.book import printed_galaxies
from secondsight.book.printed_galaxies import EACH, chosen, galaxies, key


def test_each_shape_is_there_as_often() -> None:
    assert set(chosen()["label"].value_counts()) == {EACH}
    assert chosen()["image_id"].is_unique


def test_a_pictures_alternative_text_gives_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    some = chosen().head(2)
    monkeypatch.setattr(printed_galaxies, "chosen", lambda: some)
    pictures = BeautifulSoup(galaxies(), "html.parser").select("ol > li > img")
    assert [picture["alt"] for picture in pictures] == ["galaxy 1", "galaxy 2"]


def test_the_key_has_every_galaxy_and_counts_the_models_errors() -> None:
    text = key()
    rows = BeautifulSoup(text, "html.parser").select("tbody tr")
    assert len(rows) == len(chosen())
    assert f"{len(rows) - text.count('✗')} of the {len(rows)} right" in text
