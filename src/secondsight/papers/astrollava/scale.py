"""What a mean cosine with references means: what answers that need no model score on Galaxy10.

The answers and the references are this project's own texts; the classes are weighted by the
published counts of Galaxy10 DECaLS.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from textwrap import shorten

import numpy as np
import pandas as pd

from secondsight.datasets.published import published_table
from secondsight.descriptions.answerers import BLIND, RIGHT, Answerer
from secondsight.descriptions.texts import fixed, references
from secondsight.dtypes import Ints
from secondsight.figures.scale import Row
from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate, bare
from secondsight.metrics.similarity import (
    correlation_over_classes,
    lead_spread,
    needed_correlation,
    pairs_reordered,
    smallest_lead,
)

TWO, SIGNED = PLAIN.rounded(2), PLAIN.signed()
STEP = 0.001
"""By how much a lead of two means printed to three decimals may be off."""
REWORDED, AT_RANDOM = "the reference reworded", "a random class, reworded"
NAMED = {
    "word_label": ("word", "label"),
    "bare_sentence": ("bare", "sentence"),
    "spiral_sentence": ("spiral", "sentence"),
    "word_paragraph": ("word", "paragraph"),
    "elsewhere_label": ("elsewhere", "label"),
}
"""Scores of fixed texts that the page names: the text, and the set of references."""


LONGEST = 45
"""Letters of a row's name."""


def scale_rows(ways: Sequence[Answerer], n: int, level: float = LEVEL) -> list[Row]:
    """Return a row for each answerer, with the intervals that `n` images give its scores."""
    return [
        Row(
            shorten(way.name, LONGEST, placeholder="…"),
            way.group,
            {name: spread.estimate(n, level) for name, spread in way.scores.items()},
        )
        for way in ways
    ]


def class_counts() -> Ints:
    """Return the published number of images of each class of Galaxy10 DECaLS, shape (10,)."""
    return np.array(published_table("galaxy10_counts").rows["images"], int)


def of_name(ways: Sequence[Answerer], name: str) -> dict[str, float]:
    """Return one answerer's mean cosine by the set of references."""
    (way,) = [way for way in ways if way.name == name]
    return {reference: spread.mean for reference, spread in way.scores.items()}


def blind(ways: Sequence[Answerer]) -> list[Answerer]:
    """Return the answerers with one text for every image, but for the one not about galaxies."""
    return [way for way in ways if way.group == BLIND and way.name != fixed()["elsewhere"]]


def best_blind(ways: Sequence[Answerer]) -> dict[str, float]:
    """Return the highest mean cosine of a blind text, by the set of references."""
    return {name: max(way.scores[name].mean for way in blind(ways)) for name in references()}


def by_set(ways: Sequence[Answerer], printed: float) -> pd.DataFrame:
    """Return by the set of references what blind, random and right answers score, as texts."""
    columns = {
        "best blind text": best_blind(ways),
        "random class, reworded": of_name(ways, AT_RANDOM),
        "right class, reworded": of_name(ways, REWORDED),
        "AstroLLaVA, as printed": dict.fromkeys(references(), printed),
    }
    table = pd.DataFrame(columns).map("{:.3f}".format)
    return table.rename_axis("references").reset_index()


def scale_numbers(
    ways: Sequence[Answerer], printed: float, images: int, level: float = LEVEL
) -> dict[str, Estimate | float]:
    """Return the scores that the page names, and in how many sets they lie on which side.

    `printed` is the published mean cosine that the scores are held against; each mean rests on so
    many `images`.
    """
    named = {way.name: way for way in ways}
    best, right, random = best_blind(ways), of_name(ways, REWORDED), of_name(ways, AT_RANDOM)
    means = [spread.mean for way in ways if way.group == RIGHT for spread in way.scores.values()]
    scores = {key: named[fixed()[text]].scores[name] for key, (text, name) in NAMED.items()}
    for name in ("label", "paragraph"):
        scores[f"reworded_{name}"] = named[REWORDED].scores[name]
    return {
        **{key: spread.estimate(images, level) for key, spread in scores.items()},
        "below_blind": sum(score > printed for score in best.values()),
        "above_right": sum(score < printed for score in right.values()),
        "truth_ahead": sum(right[name] > random[name] for name in best),
        "right_lowest": bare(min(means), TWO),
        "right_highest": bare(max(means), TWO),
    }


def spreads(ways: Sequence[Answerer]) -> dict[str, float]:
    """Return the smallest, the median and the largest spread from image to image of all scores."""
    every = [spread.sd for way in ways for spread in way.scores.values()]
    names = ("smallest", "median", "largest")
    return dict(zip(names, np.quantile(every, [0, 0.5, 1]).tolist(), strict=True))


def resolution(
    sds: Mapping[str, float], size: float, images: int, level: float = LEVEL
) -> pd.DataFrame:
    """Return which leads so many images resolve, and what a lead of this size needs, as texts.

    `sds` are standard deviations from image to image, by name; the lead is also taken smaller by
    `STEP`.
    """
    shared = {"smallest lead, unrelated scores": 0, "correlation 0.5": 0.5, "correlation 0.9": 0.9}
    sizes = {f"correlation needed for {size:.3f}": size, f"for {size - STEP:.3f}": size - STEP}
    rows = [
        {
            "standard deviation": f"{sd:.2f} ({name})",
            **{k: f"{smallest_lead(sd, images, r, level):.4f}" for k, r in shared.items()},
            **{
                k: f"{max(0, needed_correlation(s, sd, images, level)):.2f}"
                for k, s in sizes.items()
            },
        }
        for name, sd in sds.items()
    ]
    return pd.DataFrame(rows)


def reference_numbers(
    ways: Sequence[Answerer], counts: Ints, size: float
) -> dict[str, Estimate | float]:
    """Return how much order and leads of the answerers hang on the set of references.

    `counts`, shape (10,), are each class's images; `size` is the lead that the spread of leads is
    held against.
    """
    sets = list(references())
    complete = [way for way in ways if len(way.scores) == len(sets)]
    means = np.array([[way.scores[name].mean for name in sets] for way in complete])
    reordered, pairs = pairs_reordered(means)
    alike = [
        correlation_over_classes(first.by_class[name], second.by_class[name], counts.astype(float))
        for first, second in combinations(blind(ways), 2)
        for name in sets
    ]
    spiral, smooth = (of_name(ways, fixed()[name]) for name in ("spiral", "smooth"))
    swings = [spiral[name] - smooth[name] for name in sets]
    return {
        "swing_low": bare(min(swings), SIGNED),
        "swing_high": bare(max(swings), SIGNED),
        "complete": len(complete),
        "pairs": pairs,
        "reordered": reordered,
        "lead_shift": bare(lead_spread(means), TWO),
        "shift_in_leads": round(lead_spread(means) / size),
        "alike": bare(np.median(alike), TWO),
    }
