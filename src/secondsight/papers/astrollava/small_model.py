"""The small model's descriptions of simulated pictures, held against every set of references."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from secondsight.datasets.tasks import GALAXY10
from secondsight.descriptions.answerers import BLIND, Answerer, answerers
from secondsight.descriptions.cosines import Cosines
from secondsight.descriptions.texts import references
from secondsight.dtypes import Floats, Ints
from secondsight.figures.scale import Row
from secondsight.metrics.intervals import LEVEL, Counts, Estimate, bare, proportion, share_true
from secondsight.metrics.similarity import (
    gain_over_shuffled,
    mean_cosine,
    retrieved,
    shuffled_cosine,
)
from secondsight.papers.astrollava.scale import REWORDED, scale_rows

PLACES = {1: "nearest reference", 3: "among the nearest three"}
"""How near the right class's reference has to be, and what a figure calls it."""


@dataclass(frozen=True)
class Described:
    """Descriptions of pictures whose classes are known."""

    labels: Ints  # shape (pictures,): the classes
    texts: list[str]  # the descriptions
    cosines: Cosines  # of these texts and all references

    @property
    def distinct(self) -> list[str]:
        """The different descriptions, in the order in which they come."""
        return list(dict.fromkeys(self.texts))

    @property
    def given(self) -> Counts:
        """How many pictures of each class got each description, shape (distinct, classes)."""
        given = pd.crosstab(pd.Series(self.texts), self.labels).reindex(self.distinct)
        return given.to_numpy()

    def near(self, texts: list[str], name: str) -> Floats:
        """Return the cosines of texts with a set of references, shape (texts, classes)."""
        return self.cosines.of(texts, list(references()[name].texts.values()))

    def by_set(self, score: Callable[[Counts, Floats], Estimate]) -> dict[str, Estimate]:
        """Return a score of `given` and the texts' cosines, by the set of references."""
        return {name: score(self.given, self.near(self.distinct, name)) for name in references()}


def read_described(table: pd.DataFrame, cosines: Cosines) -> Described:
    """Return the descriptions of a table as `local_descriptions` gives it."""
    return Described(table["label"].to_numpy(int), table["description"].tolist(), cosines)


def answerers_here(described: Described) -> list[Answerer]:
    """Return what blind texts and the right class reworded score on these pictures."""
    ways = answerers(described.cosines, described.given.sum(axis=0))
    return [way for way in ways if way.group == BLIND or way.name == REWORDED]


def own_scores(described: Described, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return the mean cosine of the descriptions by the set of references."""
    return described.by_set(partial(mean_cosine, level=level, seed=seed))


def gains(described: Described, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return what of it comes from looking, by the set of references."""
    return described.by_set(partial(gain_over_shuffled, level=level, seed=seed))


def rows(described: Described, own: dict[str, Estimate], level: float = LEVEL) -> list[Row]:
    """Return a figure's rows: the descriptions, the same shuffled, and answers without a model."""
    shuffled = described.by_set(lambda given, cosine: bare(shuffled_cosine(given, cosine)))
    return [
        Row("its descriptions", "the small model", own),
        Row("the same, shuffled among pictures", "the small model", shuffled),
        *scale_rows(answerers_here(described), len(described.labels), level),
    ]


def beaten(described: Described, own: dict[str, Estimate]) -> int:
    """Return by how many sets of references a blind text scores more than the descriptions."""
    blind = [way for way in answerers_here(described) if way.group == BLIND]
    best = {name: max(way.scores[name].mean for way in blind) for name in own}
    return sum(best[name] > score.value for name, score in own.items())


def retrieval(described: Described, level: float = LEVEL) -> dict[str, Estimate]:
    """Return how often the class is found again from the description, and by what never looks.

    Keys are ``"top_"``, ``"chance_"`` (a class drawn at random) and ``"always_"`` (the most
    frequent classes) with a key of `PLACES`; the first also with the set of references.
    """
    labels, shares = described.labels, {}
    frequent = np.sort(np.bincount(labels))[::-1]
    for places in PLACES:
        for name in references():
            hits = retrieved(described.near(described.texts, name), labels, places)
            shares[f"top_{places}_{name}"] = share_true(hits, level)
        chance = places / len(GALAXY10.codes)
        shares[f"chance_{places}"] = Estimate(chance, np.nan, np.nan, 0, method="by chance")
        most = int(frequent[:places].sum())
        shares[f"always_{places}"] = proportion(most, len(labels), level)
    return shares
