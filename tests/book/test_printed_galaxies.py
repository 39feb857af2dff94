import pytest
from bs4 import BeautifulSoup

from secondsight.book import printed_galaxies
from secondsight.book.printed_galaxies import EACH, EXAMPLES, chosen, examples, galaxies, key
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import MORPHOLOGY


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


def test_there_is_an_example_of_each_shape_that_is_not_on_the_sheet() -> None:
    assert not set(EXAMPLES) & set(chosen()["image_id"])
    labels = load("morphology").table.set_index("image_id")["label"]
    names = [MORPHOLOGY.name_of[labels[image_id]] for image_id in EXAMPLES]
    shown = BeautifulSoup(examples(), "html.parser").select("figure")
    for name, figure in zip(names, shown, strict=True):
        [picture], [told] = figure.select("img"), figure.select("strong")
        assert told.text.lower().startswith(name)
        assert name in str(picture["alt"]).lower()
