"""How often the check of a recording speaks: wrongly of sound ones, rightly of broken ones."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from secondsight.metrics.belonging import doubts
from secondsight.metrics.intervals import proportion

Break = Callable[["pd.Series[str]", np.random.Generator], "pd.Series[str]"]


def _sound(answer: "pd.Series[str]", _: np.random.Generator) -> "pd.Series[str]":
    return answer


def _shuffled(answer: "pd.Series[str]", rng: np.random.Generator) -> "pd.Series[str]":
    return pd.Series(rng.permutation(answer.to_numpy()), dtype="str")


def _slipped(answer: "pd.Series[str]", _: np.random.Generator) -> "pd.Series[str]":
    """Lose an answer in the middle: what follows stands a row too early."""
    places = np.arange(len(answer))
    places[len(answer) // 2 :] = np.roll(places[len(answer) // 2 :], -1)
    return answer.iloc[places].reset_index(drop=True)


BREAKS: dict[str, Break] = {
    "sound": _sound,
    "all shuffled": _shuffled,
    "one answer lost": _slipped,
}


def alarm_rates(
    label: "pd.Series[str]",
    answer: "pd.Series[str]",
    sizes: Sequence[int],
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often a part of a sound recording is doubted, as it is and broken in two ways.

    Parameters
    ----------
    label, answer : Series of str, same length
        A sound recording.
    sizes : sequence of int
        How many images each part holds, drawn at random.
    draws : int
        How many parts of each size.

    Returns
    -------
    DataFrame
        A row a size; columns `images` and the names of `BREAKS`, Estimates.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for size in sizes:
        doubted = dict.fromkeys(BREAKS, 0)
        for _ in range(draws):
            part = rng.permutation(len(label))[:size]
            known, given = (one.iloc[part].reset_index(drop=True) for one in (label, answer))
            for name, broken in BREAKS.items():
                doubted[name] += bool(doubts(known, broken(given, rng)))
        shares = {name: proportion(count, draws) for name, count in doubted.items()}
        rows.append({"images": size, **shares})
    return pd.DataFrame(rows)
