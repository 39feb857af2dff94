"""Two kinds of captions of a simulated radio galaxy: precise, and generic.

Both are put together from what the simulation knows of that galaxy. Neither holds the name of a
class, and neither is asked of a model.
"""

import numpy as np

from secondsight.minivlm.phrases import word
from secondsight.simulate.radio import PIXEL, SIDE, Arm, Source
from secondsight.simulate.seed import generator

KINDS = ("precise", "generic")
SEED = 60_606
DIRECTIONS = (
    "the right", "the lower right", "the bottom", "the lower left",
    "the left", "the upper left", "the top", "the upper right",
)  # fmt: skip
"""Eighths of a turn, from the right and clockwise, as rows of an image are counted downward."""
NEAR, FAR = 1 / 3, 2 / 3
"""Shares of an arm's length between which its brightest place is called half-way."""


def caption(source: Source, kind: str, image_id: str) -> str:
    """Return a galaxy's caption of a kind of `KINDS`; the id decides which wording is taken."""
    chance = generator(SEED, kind, image_id)
    return _worded(_precise(source) if kind == "precise" else _generic(source), chance)


def _precise(source: Source) -> str:
    """Say where the light lies, how the arms differ, where they point, how far they reach."""
    return (
        f"{{Emission|Brightness|Flux}} {{peaks|is highest}} {_place(source)}. "
        f"{_arms(source)}. {_shape(source)}, {_core(source)}, "
        f"{{spanning|extending over}} {_size(source)} of the image."
    )


def _place(source: Source) -> str:
    """Say where along the arms they are brightest: three words, that leave the middle open."""
    if source.separation < NEAR:
        return "{close to|near} the core"
    if source.separation > FAR:
        return "{close to|near} the {outer|far} ends of the arms"
    return "{half-way along|midway along} the arms"


def _arms(source: Source) -> str:
    """Say which arm is brighter, by how much, where it points, and which is longer."""
    bright, dim = sorted(source.arms, key=lambda arm: -arm.flux)
    turn = source.angle + (0 if bright is source.arms[0] else np.pi)
    where = DIRECTIONS[round(turn / (np.pi / 4)) % 8]
    ratio = bright.flux / dim.flux
    how = "far brighter" if ratio > 2.5 else "brighter" if ratio > 1.3 else "slightly brighter"
    return f"The {how} arm {{points to|lies toward}} {where} and is {_length(bright, dim)}"


def _length(bright: Arm, dim: Arm) -> str:
    ratio = bright.length / dim.length
    return "longer" if ratio > 1.2 else "shorter" if ratio < 1 / 1.2 else "as long as the other"


def _shape(source: Source) -> str:
    bend = max(abs(arm.bend) for arm in source.arms)
    clumps = "clumpy " if source.arms[0].clumps > 0.5 else ""
    return f"{clumps}{'bent' if bend > 0.5 else 'straight' if bend < 0.1 else 'slightly bent'} arms"


def _core(source: Source) -> str:
    share = source.core / source.flux
    return "a strong core" if share > 0.1 else "no visible core" if share < 0.01 else "a weak core"


def _size(source: Source) -> str:
    share = source.size / PIXEL / SIDE
    limits = ((0.15, "a tenth"), (0.3, "a quarter"), (0.5, "two fifths"), (0.75, "over half"))
    return next((words for limit, words in limits if share < limit), "most")


def _generic(source: Source) -> str:
    """Say how large it is and what strikes the eye, in a layman's words."""
    share = source.size / PIXEL / SIDE
    size = "{small|tiny}" if share < 0.2 else "{long|stretched}" if share > 0.5 else "{blurry|hazy}"
    look = (
        "{two bright spots|a pair of glowing blobs}" if source.separation > 0.6 else
        "{a bright middle|a shining centre}" if source.core > 0.1 * source.flux else
        "{a soft glow|a fuzzy light}"
    )  # fmt: skip
    return (
        f"{{A|This image shows a|We see a}} {size} {{shape|object|source}} with {look} "
        "{against the dark|on a black background|in the darkness of space|in the night sky}."
    )


def _worded(text: str, chance: np.random.Generator) -> str:
    """Return a text in which one word of each ``{a|b}`` was drawn, with a capital at its starts."""
    drawn = word(text, chance)
    return ". ".join(part[0].upper() + part[1:] for part in drawn.split(". "))
