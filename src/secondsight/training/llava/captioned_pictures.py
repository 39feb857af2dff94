"""The pairs: simulated pictures that no data set holds, each with a caption as outreach writes it.

Half of the captions have, beside what the picture shows, one sentence that no picture can bear
out: a distance, a date, an instrument. The paper's captions, from public outreach, hold such
sentences too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from secondsight import paths
from secondsight.dtypes import Pixels
from secondsight.minivlm.phrases import phrases, word
from secondsight.minivlm.picture import views
from secondsight.simulate.seed import generator
from secondsight.toml import Entry, read_toml
from secondsight.training.minivlm.examples import Example, draw_example
from secondsight.training.settings import COUNTS

SEED = 20_260_614
SKIES = {"morphology": 2_000, "lsbg": 1_000}
"""How many pictures of each training sky are learnt from."""
SEEN = {sky: COUNTS[sky] for sky in SKIES}
"""How many the image encoder had learnt from before: what is held out comes after these."""
HELD_OUT = {"morphology": 200, "lsbg": 100}
"""How many more, by which what was learnt is measured."""


@dataclass(frozen=True)
class Pairs:
    """Pictures with captions."""

    pictures: Pixels  # shape (n, 64, 64, 3)
    captions: list[str]

    def __len__(self) -> int:
        return len(self.captions)


def pairs(counts: Mapping[str, int] = SKIES, after: Mapping[str, int] | None = None) -> Pairs:
    """Return the first pairs of each sky, or those that come after so many."""
    skipped = after or dict.fromkeys(counts, 0)
    drawn = [
        (views(example.pixels).whole, _caption(example, number))
        for sky, count in counts.items()
        for number in range(skipped[sky], skipped[sky] + count)
        for example in [draw_example(sky, number)]
    ]
    pictures, captions = zip(*drawn, strict=True)
    return Pairs(np.stack(pictures), list(captions))


def held_out(counts: Mapping[str, int] = HELD_OUT) -> Pairs:
    """Return pairs from which neither the language model nor the image encoder has learnt."""
    return pairs(counts, SEEN)


def _caption(example: Example, number: int) -> str:
    chance = generator(SEED, "caption", example.sky, str(number))
    return caption(example.sky, example.main, example.side, chance)


# ------------------------------------------------------------------------------- captions

FILE = paths.DATA / "finetune" / "outreach.toml"
BEYOND = 0.5
"""The share of captions with a sentence beyond the image."""


class _Outreach(Entry):
    sentences: tuple[str, ...]


@cache
def outreach() -> tuple[str, ...]:
    """Return the sentences beyond the image, with the braces of the phrase bank."""
    return read_toml(FILE, _Outreach).sentences


def caption(sky: str, main: Sequence[str], side: Sequence[str], chance: np.random.Generator) -> str:
    """Return one to three sentences on what is seen, and perhaps one beyond the image.

    What is true of the picture are keys of the sky's phrase bank.
    """
    bank = phrases(sky)
    key = str(chance.choice(list(main)))
    more = chance.permutation(list(side))[: int(chance.choice(3, p=(0.2, 0.4, 0.4)))]
    parts = [str(chance.choice(bank.main[key]))]
    parts += [str(chance.choice(bank.side[str(key)])) for key in more]
    if chance.random() < BEYOND:
        parts.append(str(chance.choice(outreach())))
    return " ".join(_sentence(word(phrase, chance)) for phrase in parts)


def any_caption(sky: str, chance: np.random.Generator) -> tuple[str, str]:
    """Return key words drawn at random, such as ``"arms, blue"``, and a caption of no picture.

    The words are the phrase bank's keys: one main fact, and two others that may be said.
    """
    bank = phrases(sky)
    main = str(chance.choice(list(bank.main)))
    side = [str(key) for key in chance.permutation(list(bank.side))[:2]]
    words = ", ".join(key.replace("_", " ") for key in (main, *side))
    return words, caption(sky, [main], side, chance)


def _sentence(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:].rstrip(".") + "."
