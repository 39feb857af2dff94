"""How often the check of a recording speaks: wrongly of sound ones, rightly of broken ones."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from secondsight.metrics.belonging import doubts
from secondsight.metrics.intervals import proportion


def _broken(answer: "pd.Series[str]", rng: np.random.Generator) -> "dict[str, pd.Series[str]]":
    """Return answers as they are, shuffled, and with one lost: then the rest stand a row early."""
    places, half = np.arange(len(answer)), len(answer) // 2
    orders = {
        "sound": places,
        "all shuffled": rng.permutation(places),
        "one answer lost": np.concatenate([places[:half], np.roll(places[half:], -1)]),
    }
    return {name: answer.iloc[own].reset_index(drop=True) for name, own in orders.items()}


def alarm_rates(
    label: "pd.Series[str]",
    answer: "pd.Series[str]",
    sizes: Sequence[int],
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often a part of a sound recording is doubted, as it is and broken in two ways.

    The recording is the true category and the answer of each image. Of each of `sizes`, a number of
    images drawn at random, there are so many parts (`draws`). The table has a row a size; its
    columns are `images` and, Estimates, `sound`, `all shuffled`, `one answer lost`.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for size in sizes:
        doubted: Counter[str] = Counter()
        for _ in range(draws):
            part = rng.permutation(len(label))[:size]
            known, given = (own.iloc[part].reset_index(drop=True) for own in (label, answer))
            for name, own in _broken(given, rng).items():
                doubted[name] += bool(doubts(known, own))
        shares = {name: proportion(count, draws) for name, count in doubted.items()}
        rows.append({"images": size, **shares})
    return pd.DataFrame(rows)
