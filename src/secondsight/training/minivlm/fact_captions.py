"""Captions: texts in the phrase bank's wordings, each with what it says of a picture.

A caption says one thing or several (clauses), and each of them names a fact, or several of which
one is so. It is true of every picture that has a fact of each clause, whichever picture it was
written for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secondsight.dtypes import Bools
from secondsight.minivlm.phrases import phrases, word
from secondsight.simulate.seed import generator
from secondsight.training.minivlm.examples import Example

SEED = 7_062
OPENINGS = (
    "", "", "", "", "", "", "The picture shows ", "In this cutout: ", "We see ", "Visible: ",
    "Here, ", "One sees ", "An image with the following: ", "Seen here: ",
    "Choose this when you see ", "You notice ", "It looks like this: ", "It is ",
    "Pick this if you find ", "This means ", "Used for ", "A picture of ",
    "Look for ", "The image contains ",
)  # fmt: skip
LISTS = (
    "", "", "", "for example ", "such as ", "one of these: ", "either ", "this can be ",
    "possible reasons: ", "includes ",
)  # fmt: skip
CLAUSES = 4
"""Clauses that a caption may have."""
SINGLE, LISTED = 0.3, 0.25
"""Shares of captions that say one thing alone, and that list things of which one is so."""


@dataclass(frozen=True)
class Caption:
    """A text and what it says."""

    text: str
    says: tuple[frozenset[str], ...]  # clauses; each is true of a picture that has one of its facts


def caption(example: Example, chance: np.random.Generator) -> Caption:
    """Return a caption that is true of an example."""
    draw = chance.random()
    if draw < SINGLE:
        return _single(example, chance)
    return _listed(example, chance) if draw < SINGLE + LISTED else _composed(example, chance)


def _single(example: Example, chance: np.random.Generator) -> Caption:
    """Say one main fact."""
    key = str(chance.choice(example.main))
    return Caption(_say(example.sky, key, chance), (frozenset([key]),))


def _listed(example: Example, chance: np.random.Generator) -> Caption:
    """List up to five main facts of which one is the example's."""
    known = list(phrases(example.sky).main)
    keys = {str(chance.choice(example.main))}
    others = chance.permutation([key for key in known if key not in keys])
    keys |= {str(key) for key in others[: int(chance.integers(1, 5))]}
    parts = [_say(example.sky, key, chance) for key in chance.permutation(sorted(keys))]
    joint = str(chance.choice([", ", "; ", ", or ", " or "]))
    text = joint.join(parts[:-1]) + str(chance.choice([", or ", " or ", ", "])) + parts[-1]
    return Caption(str(chance.choice(LISTS)) + text, (frozenset(keys),))


def _composed(example: Example, chance: np.random.Generator) -> Caption:
    """Say one or two main facts and up to two others, in some order."""
    wanted = 1 + int(chance.random() < 0.45)
    keys = [str(chance.choice(example.main)) for _ in range(wanted)]
    others = chance.permutation(example.side)[: int(chance.choice(3, p=(0.45, 0.35, 0.2)))]
    keys += [str(key) for key in others]
    parts = [_say(example.sky, key, chance) for key in keys]
    parts = [str(part) for part in chance.permutation(list(dict.fromkeys(parts)))]
    joint = str(chance.choice([". ", ", ", "; ", " and ", ", with "], p=(0.4, 0.3, 0.1, 0.1, 0.1)))
    if joint == ". ":
        parts = [part[0].upper() + part[1:] for part in parts]
    text = str(chance.choice(OPENINGS)) + joint.join(parts)
    text += "." if chance.random() < 0.7 else ""
    return Caption(text, tuple(frozenset([key]) for key in dict.fromkeys(keys)))


def _say(sky: str, key: str, chance: np.random.Generator) -> str:
    bank = phrases(sky)
    wordings = bank.main.get(key) or bank.side[key]
    return word(str(chance.choice(wordings)), chance)


# ------------------------------------------------------------------------------ true or not true


def facts_of(sky: str) -> tuple[str, ...]:
    """Return every fact that can be said of a sky's pictures, in a fixed order."""
    bank = phrases(sky)
    return (*bank.main, *bank.side)


def held(examples: Sequence[tuple[str, ...]], sky: str) -> Bools:
    """Return which facts each example has, shape (n, facts)."""
    place = {key: number for number, key in enumerate(facts_of(sky))}
    facts = np.zeros((len(examples), len(place)), dtype=bool)
    for row, keys in enumerate(examples):
        facts[row, [place[key] for key in keys]] = True
    return facts


def clauses(captions: Sequence[Caption], sky: str) -> Bools:
    """Return what captions say, shape (m, CLAUSES, facts); an absent clause holds every fact."""
    place = {key: number for number, key in enumerate(facts_of(sky))}
    says = np.ones((len(captions), CLAUSES, len(place)), dtype=bool)
    for row, text in enumerate(captions):
        for number, clause in enumerate(text.says):
            says[row, number] = False
            says[row, number, [place[key] for key in clause]] = True
    return says


def true_of(facts: Bools, says: Bools) -> Bools:
    """Return whether texts (m, CLAUSES, facts) are true of pictures (n, facts), shape (n, m)."""
    texts, parts, width = says.shape
    flat = says.reshape(texts * parts, width).T.astype(np.float32)
    met = np.asarray(facts.astype(np.float32) @ flat) > 0
    return np.asarray(np.all(met.reshape(len(facts), texts, parts), axis=2))


def draw_captions(sky: str, examples: Sequence[Example], count: int) -> list[Caption]:
    """Return captions, each true of one of the examples at least; the same every time."""
    chance = generator(SEED, sky, "captions")
    return [caption(examples[int(chance.integers(len(examples)))], chance) for _ in range(count)]
