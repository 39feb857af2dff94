import numpy as np
import pytest

from secondsight.descriptions.beyond import mentions
from secondsight.minivlm.phrases import phrases, word
from secondsight.training.llava.captioned_pictures import (
    BEYOND,
    SKIES,
    any_caption,
    caption,
    outreach,
)

FACTS = ("circular",), ("concentrated", "red", "bright")


def made(count: int) -> list[str]:
    """Return captions of one picture."""
    chance = np.random.default_rng(1)
    return [caption("morphology", *FACTS, chance) for _ in range(count)]


def test_a_caption_is_whole_sentences() -> None:
    for text in made(200):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
        assert "|" not in text


def test_half_of_the_captions_say_what_no_image_shows() -> None:
    share = np.mean([bool(mentions(text)) for text in made(2_000)])
    assert abs(share - BEYOND) < 4 * np.sqrt(BEYOND * (1 - BEYOND) / 2_000)


@pytest.mark.parametrize("sentence", outreach())
def test_every_sentence_beyond_the_image_is_counted_as_one(sentence: str) -> None:
    chance = np.random.default_rng(0)
    assert all(mentions(word(sentence, chance)) for _ in range(20))


@pytest.mark.parametrize("sky", SKIES)  # those of which there are pairs
def test_of_what_is_seen_only_the_milky_way_is_counted_as_beyond(sky: str) -> None:
    chance = np.random.default_rng(0)
    bank = phrases(sky)
    wordings = [text for part in (bank.main, bank.side) for some in part.values() for text in some]
    claims = [claim.words for text in wordings for claim in mentions(word(text, chance))]
    assert set(claims) <= {"Milky Way"}
    assert len(claims) <= 1


def test_a_caption_of_no_picture_says_its_key_words() -> None:
    chance = np.random.default_rng(3)
    made = [any_caption("radio", chance) for _ in range(50)]
    assert len({text for _, text in made}) > 40
    assert all(text.endswith(".") for _, text in made)
    known = {key.replace("_", " ") for part in phrases("radio") for one in part[1:] for key in one}
    for words, _ in made:
        assert set(words.split(", ")) <= known
