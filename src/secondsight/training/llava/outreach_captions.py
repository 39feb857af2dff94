"""Captions of simulated galaxies, as outreach writes them: what is seen, and what is not.

Half of the captions have, beside what the picture shows, one sentence that no picture can bear
out: a distance, a date, an instrument. The paper's captions, from public outreach, hold such
sentences too.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from pydantic import BaseModel, ConfigDict

from secondsight import paths
from secondsight.minivlm.phrases import phrases, word
from secondsight.toml import read_toml

FILE = paths.DATA / "finetune" / "outreach.toml"
BEYOND = 0.5
"""The share of captions with a sentence beyond the image."""


class Outreach(BaseModel):
    """Sentences beyond the image."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sentences: tuple[str, ...]


@cache
def outreach() -> tuple[str, ...]:
    """Return the sentences beyond the image, with the braces of the phrase bank.

    Raises
    ------
    DataError
        If their file is not right.
    """
    return read_toml(FILE, Outreach).sentences


def caption(sky: str, main: Sequence[str], side: Sequence[str], chance: np.random.Generator) -> str:
    """Return one to three sentences on what is seen, and perhaps one beyond the image.

    Parameters
    ----------
    main, side : sequence of str
        What is true of the picture, by the keys of the sky's phrase bank.
    """
    bank = phrases(sky)
    keys = [str(chance.choice(list(main)))]
    more = chance.permutation(list(side))[: int(chance.choice(3, p=(0.2, 0.4, 0.4)))]
    parts = [str(chance.choice(bank.main[key])) for key in keys]
    parts += [str(chance.choice(bank.side[str(key)])) for key in more]
    if chance.random() < BEYOND:
        parts.append(str(chance.choice(outreach())))
    return " ".join(_sentence(word(phrase, chance)) for phrase in parts)


def any_caption(sky: str, chance: np.random.Generator) -> tuple[str, str]:
    """Return key words drawn at random, and a caption of them, for a language model to learn from.

    Returns
    -------
    (str, str)
        Such as ``"arms, blue"`` and a caption of no picture in particular. The words are the phrase
        bank's keys: one main fact, and the others of which the caption says up to two.
    """
    bank = phrases(sky)
    main = str(chance.choice(list(bank.main)))
    side = [str(key) for key in chance.permutation(list(bank.side))[:2]]
    words = ", ".join(key.replace("_", " ") for key in (main, *side))
    return words, caption(sky, [main], side, chance)


def _sentence(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:].rstrip(".") + "."
