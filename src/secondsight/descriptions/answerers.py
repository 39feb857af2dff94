"""Answerers that need no model: what they would score against each set of references."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from secondsight.descriptions.cosines import Cosines
from secondsight.descriptions.texts import fixed, paraphrase_of, references, text_set
from secondsight.dtypes import Floats
from secondsight.metrics.similarity import Spread, spread_over_classes

BLIND = "one text for every image"
RIGHT = "the right class, in other words"
RANDOM = "a class drawn by its frequency"


@dataclass(frozen=True)
class Answerer:
    """How one way to answer scores."""

    name: str  # what it says
    group: str  # of which kind it is: `BLIND`, `RIGHT` or `RANDOM`
    scores: Mapping[str, Spread]  # by set of references; none where it would be the reference
    by_class: Mapping[str, Floats]  # the mean cosine for a class's images, by set of references


def answerers(cosines: Cosines, frequencies: npt.ArrayLike) -> list[Answerer]:
    """Return every way to answer that takes no model, with its scores.

    `cosines` are those of all texts of `data/descriptions`; `frequencies` (int, shape (10,)) say
    how many images each class of Galaxy10 has. Raises DataError if the cosines are of other texts.
    """
    share = np.asarray(frequencies, np.float64)
    every = list(references())
    ways = [
        _answerer(cosines, share, text, BLIND, {name: [text] for name in every})
        for text in fixed().values()
    ]
    reworded = {name: list(text_set(paraphrase_of(name)).texts.values()) for name in every}
    ways.append(_answerer(cosines, share, "the reference reworded", RIGHT, reworded))
    for own in every:
        texts = list(text_set(own).texts.values())
        others = {name: texts for name in every if name != own}
        ways.append(_answerer(cosines, share, f'its "{own}" text', RIGHT, others))
    ways.append(_answerer(cosines, share, "a random class, reworded", RANDOM, reworded))
    return ways


def _answerer(
    cosines: Cosines, share: Floats, name: str, group: str, answers: Mapping[str, list[str]]
) -> Answerer:
    scores, by_class = {}, {}
    for reference, texts in answers.items():
        cosine = cosines.of(texts, list(text_set(reference).texts.values()))
        given = _given(group, share)
        scores[reference] = spread_over_classes(cosine, share, given)
        by_class[reference] = (given * cosine.T).sum(axis=1)
    return Answerer(name, group, scores, by_class)


def _given(group: str, share: Floats) -> Floats:
    """Return how probable each answer is for an image of each class."""
    if group == BLIND:
        return np.ones((len(share), 1))
    if group == RIGHT:
        return np.eye(len(share))
    return np.tile(share / share.sum(), (len(share), 1))
