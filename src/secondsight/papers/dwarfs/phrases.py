"""What every figure of the campaign starts from: votes and answers as arrays."""

from typing import Any

import numpy as np
import pandas as pd

from secondsight.dtypes import Bools, Floats
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.selective import separation

TENTHS = tuple(float(end) for end in np.linspace(0, 1, 11).round(1))
FRACTION, CALLED = "vote fraction for a dwarf", "share called a dwarf"


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Return the subjects whose first answer names a category."""
    return table[table["answers"] > 0]


def facts(asked: pd.DataFrame) -> dict[str, bool]:
    """Return what a page can be about, by the tags of its cells.

    `asked` are the subjects with a readable answer, as from `readable`.

    They are whether there are ``"answers"``; whether the ``"truth"`` is known, of dwarfs and of
    others; whether there are ``"scores"``, the tokens' probabilities.
    """
    return {
        "answers": not asked.empty,
        "truth": knows_truth(asked),
        "scores": bool(asked["score"].notna().any()),
    }


def knows_truth(table: pd.DataFrame) -> bool:
    """Whether some subjects are known to be dwarfs and others to be none."""
    return bool(table["label"].nunique() == 2)


def token_tells(table: pd.DataFrame, event: Bools, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how well the token's probability tells an event; NaN where no token has one."""
    if table["score"].isna().all():
        return proportion(0, 0, level)
    return separation(table["score"].fillna(0.5).to_numpy(float), event, level=level, seed=seed)


def fraction(table: pd.DataFrame) -> Floats:
    """Return each subject's vote fraction, shape (n,)."""
    return (table["yes"] / table["votes"]).to_numpy(float)


def called_dwarf(table: pd.DataFrame) -> Bools:
    """Return whether the model called each subject a dwarf, shape (n,)."""
    return (table["called"] > 0).to_numpy()


def majority(table: pd.DataFrame) -> Bools:
    """Return whether at least half of the volunteers saw a dwarf, shape (n,)."""
    return (2 * table["yes"] >= table["votes"]).to_numpy()


def extremes(table: pd.DataFrame) -> list["pd.Series[Any]"]:
    """Return a subject with the most votes for a dwarf and one with the fewest, the first such.

    It is one alone where all have the same share of votes.
    """
    share = table["yes"] / table["votes"]
    places = dict.fromkeys([int(share.argmax()), int(share.argmin())])
    return [table.iloc[place] for place in places]


def say_extremes(table: pd.DataFrame) -> str:
    """Return in words which subjects `extremes` gives."""
    if len(extremes(table)) == 1:
        return "the first subject; the vote fraction is the same on all"
    return "two subjects, one with the most votes for a dwarf and one with the fewest"


def varied(table: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """Return the first subjects whose answers differ: of each outcome, category and confidence.

    One of each outcome comes first, so that answers that could not be read are seen too.
    """
    outcomes = table.drop_duplicates("outcome")
    different = table.drop_duplicates(["outcome", "answer", "confidence"])
    return pd.concat([outcomes, different.drop(index=outcomes.index)]).head(most)
