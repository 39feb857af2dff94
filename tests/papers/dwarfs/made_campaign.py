"""Answers about a campaign's subjects, made by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from secondsight.metrics.intervals import Estimate
from secondsight.papers.dwarfs.campaign import TRUTH


def answers(
    yes: Sequence[int], called: Sequence[int], votes: int | Sequence[int] = 25, **columns: Any
) -> pd.DataFrame:
    """Return a table as `campaign.answered` gives it, of a campaign without truth.

    Nothing is known of the subjects, nobody stated a confidence, and there are no scores.
    """
    n = len(yes)
    table = pd.DataFrame(
        {
            "image_id": [f"s{place:05d}" for place in range(n)],
            "label": pd.Series([None] * n, dtype=object),
            "yes": np.asarray(yes, int),
            "votes": np.broadcast_to(np.asarray(votes, int), n),
            **dict.fromkeys(TRUTH, np.nan),
            "called": np.asarray(called, int),
            "answers": 1,
            "unread": 0,
            "confidence": pd.Series([None] * n, dtype=object),
            "score": np.nan,
        }
    )
    return table.assign(**columns)


def drawn(seed: int, n: int = 300, repeats: int = 1, **columns: Any) -> pd.DataFrame:
    """Return made answers: votes from 0 to 25, and answers that go by them."""
    chance = np.random.default_rng(seed)
    yes = chance.integers(0, 26, n)
    called = chance.binomial(repeats, yes / 25)
    return answers(yes.tolist(), called.tolist(), answers=repeats, **columns)


def values(estimates: Sequence[Estimate]) -> list[float]:
    """Return the estimates without their intervals."""
    return [one.value for one in estimates]
