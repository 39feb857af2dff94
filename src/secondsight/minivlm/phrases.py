"""The phrase bank: what can be said of a picture, in many wordings."""

import re
from functools import cache

import numpy as np

from secondsight import paths
from secondsight.toml import Entry, read_toml

FOLDER = paths.DATA / "minivlm" / "phrases"
SKIES = ("lsbg", "morphology", "dwarfs", "radio")
FORBIDDEN = re.compile(
    r"\b(lsbgs?|low[- ]surface[- ]brightness|arte?facts?|round|cigars?|edge[- ]on|spirals?|dwarfs?"
    r"|fr ?-?(i|ii|1|2)|fanaroff\w*)\b",
    re.IGNORECASE,
)
"""The names of the tasks' categories, which no phrase may hold."""

_CHOICE = re.compile(r"\{([^{}]*)\}")


class Phrases(Entry):
    """One sky's phrases: from each fact to its wordings."""

    main: dict[str, tuple[str, ...]]  # of the thing that the picture is about
    side: dict[str, tuple[str, ...]]  # of what else is to be seen


@cache
def phrases(sky: str) -> Phrases:
    """Return the phrase bank of a sky.

    Raises DataError if its file is not right.
    """
    return read_toml(FOLDER / f"{sky}.toml", Phrases)


def word(phrase: str, chance: np.random.Generator) -> str:
    """Return a phrase with one of the words in each pair of braces."""
    return _CHOICE.sub(lambda words: str(chance.choice(words[1].split("|"))), phrase)


def plainest(phrase: str) -> str:
    """Return a phrase with the first word in each pair of braces."""
    return _CHOICE.sub(lambda words: words[1].split("|")[0], phrase)
