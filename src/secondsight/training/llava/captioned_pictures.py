"""The pairs: simulated pictures that no data set holds, each with a caption."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Pixels
from secondsight.simulate.seed import generator
from secondsight.training.llava.outreach_captions import caption
from secondsight.training.minivlm.examples import Example, draw_example

SEED = 20_260_614
SKIES = {"morphology": 2_000, "lsbg": 1_000}
"""How many pictures of each training sky are learnt from; both are of one size."""
SEEN = dict.fromkeys(SKIES, 14_000)
"""How many the image encoder had learnt from before: what is held out comes after these."""
HELD_OUT = {"morphology": 200, "lsbg": 100}
"""How many more, by which what was learnt is measured."""


@dataclass(frozen=True)
class Pairs:
    """Pictures with captions.

    Attributes
    ----------
    pictures : array of uint8, shape (n, 64, 64, 3)
    captions : list of str
    """

    pictures: Pixels
    captions: list[str]

    def __len__(self) -> int:
        return len(self.captions)


def pairs(counts: Mapping[str, int] = SKIES, after: Mapping[str, int] | None = None) -> Pairs:
    """Return the first pairs of each sky, or those that come after so many.

    Examples
    --------
    >>> len(pairs({"lsbg": 2}))
    2
    """
    skipped = after or dict.fromkeys(counts, 0)
    drawn = [
        (example.pixels, _caption(example, number))
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
