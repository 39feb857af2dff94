import re

import pytest

from secondsight.datasets.registry import load
from secondsight.datasets.tasks import FANAROFF_RILEY
from secondsight.simulate import radio
from secondsight.training.radio.radio_captions import KINDS, caption
from secondsight.training.radio.radio_galaxies import SKIES, galaxies

SOURCES = [
    (f"x-{number}", radio.make_source("x", 3, f"x-{number}")) for number in range(200)
]  # of no data set


@pytest.mark.parametrize("kind", KINDS)
def test_no_caption_names_a_class(kind: str) -> None:
    names = re.compile(r"\bFR|Fanaroff|Riley|\bclass|\btype", re.IGNORECASE)
    for image_id, source in SOURCES:
        text = caption(source, kind, image_id)
        assert not names.search(text)
        assert not any(name.lower() in text.lower() for name in FANAROFF_RILEY.names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_caption_is_the_same_each_time_and_whole(kind: str) -> None:
    for image_id, source in SOURCES:
        text = caption(source, kind, image_id)
        assert text == caption(source, kind, image_id)
        assert not re.search(r"[{}|]", text)
        assert text[0].isupper()
        assert text.endswith(".")


def test_precise_captions_say_more() -> None:
    words = {kind: [len(caption(s, kind, i).split()) for i, s in SOURCES] for kind in KINDS}
    assert min(words["precise"]) > max(words["generic"])


def test_a_precise_caption_is_true_of_its_galaxy() -> None:
    for image_id, source in SOURCES:
        text = caption(source, "precise", image_id)
        assert ("core. The" in text) == (source.separation < 1 / 3)
        assert ("strong core" in text) == (source.core / source.flux > 0.1)
        bright = max(range(2), key=lambda place: source.arms[place].flux)
        assert ("and is longer" in text) == (
            source.arms[bright].length > 1.2 * source.arms[1 - bright].length
        )


def test_upward_is_upward_on_the_picture() -> None:
    """The flux-weighted middle of the brighter arm lies where the caption says."""
    seen = 0
    for image_id, source in SOURCES:
        text = caption(source, "precise", image_id)
        ratio = max(a.flux for a in source.arms) / min(a.flux for a in source.arms)
        if ratio < 1.8 or source.core > 0.1 * source.flux:
            continue
        sky = radio.noiseless(source, radio.generator(0, image_id))
        rows, columns = (sky.sum(axis=1 - axis) for axis in (0, 1))
        middle = (len(sky) - 1) / 2
        down = (rows * range(len(rows))).sum() / rows.sum() - middle
        right = (columns * range(len(columns))).sum() / columns.sum() - middle
        for word, sign in (("the top", -down), ("the bottom", down), ("the right", right)):
            if f"{word} and" in text:
                assert sign > 0, (image_id, text)
                seen += 1
    assert seen > 3


@pytest.mark.parametrize("sky", SKIES)
def test_labels_and_pictures_are_those_of_the_sky(sky: str) -> None:
    few = galaxies(sky, 3)
    table = load(sky).table.head(3)
    assert few.labels.tolist() == table["label"].astype(int).tolist()
    assert few.pictures.shape == (3, radio.SIDE, radio.SIDE, 3)
    sources = [radio.make_source(sky, SKIES[sky][0], image_id) for image_id in table["image_id"]]
    assert [source.label for source in sources] == table["label"].tolist()
