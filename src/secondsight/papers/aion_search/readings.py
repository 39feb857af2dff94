"""How much the judge decides: texts that were read a second time without its codes.

`data/read_descriptions.csv` holds the second reader's codes, a row a text, without the text.
"""

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets.aion_search import NOT_ASKED
from secondsight.errors import DataError
from secondsight.metrics.clusters import ratio_over_clusters
from secondsight.metrics.intervals import LEVEL, POINTS, Estimate, proportion
from secondsight.papers.aion_search.agreement import TREE, answers_of, compare

READINGS = paths.DATA / "read_descriptions.csv"
SEED = 64
"""With it the texts that were read were drawn."""
WHICH = ["configuration", "repeat", "galaxy"]
"""The columns that tell which text a row is of."""


def branches(votes: pd.DataFrame) -> "pd.Series[str]":
    """Return for each galaxy which way its volunteers went down the tree."""
    answers = answers_of(votes).fillna("")
    kinds = {
        "smooth": answers["smooth-or-featured"] == "smooth",
        "edge-on": answers["disk-edge-on"] == "yes",
        "spiral arms": answers["has-spiral-arms"] == "yes",
    }
    kind = np.select(list(kinds.values()), list(kinds), default="disk without arms, or artifact")
    return pd.Series(kind, index=answers.index, name="branch")


def draw_sample(answers: pd.DataFrame, votes: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Return which texts are read: one of each configuration and branch, in a random order."""
    rows = answers[WHICH].sort_values(WHICH).assign(branch=answers["galaxy"].map(branches(votes)))
    rng = np.random.default_rng(seed)
    strata = rows.groupby(["configuration", "branch"])
    drawn = [own.iloc[[int(rng.integers(len(own)))]] for _, own in strata]
    sample = pd.concat(drawn).drop(columns="branch")
    return sample.iloc[rng.permutation(len(sample))].reset_index(drop=True)


def read_readings() -> pd.DataFrame:
    """Return the second reader's codes: `WHICH`, and a column a question of the tree."""
    return pd.read_csv(READINGS, keep_default_na=False)


def of_the_same_texts(readings: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return the judge's codes of the texts that were read, in the order of the readings.

    Raises DataError if a text that was read is not among the answers.
    """
    judged = readings[WHICH].merge(answers, on=WHICH)
    if len(judged) != len(readings):
        raise DataError(f"{paths.shown(READINGS)} names a text that is not among the answers")
    return judged


def agreement_by_question(
    readings: pd.DataFrame, judged: pd.DataFrame, level: float = LEVEL
) -> dict[str, Estimate]:
    """Return how often reader and judge give one code to a question that both reached."""
    shares = {}
    for question in TREE:
        both = (readings[question] != NOT_ASKED) & (judged[question] != NOT_ASKED)
        same = both & (readings[question] == judged[question])
        shares[question] = proportion(int(same.sum()), int(both.sum()), level)
    return shares


def score_and_gain(
    readings: pd.DataFrame,
    judged: pd.DataFrame,
    votes: pd.DataFrame,
    level: float = LEVEL,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Return the texts' mean score by the judge and by the reader, and how much the latter is more.

    The keys are ``judged``, ``read`` and ``gain``.
    """
    by_judge, by_reader = (
        compare(codes, votes).groupby(WHICH)["same"].mean() for codes in (judged, readings)
    )
    values = {"judged": by_judge, "read": by_reader, "gain": by_reader - by_judge}
    texts = by_judge.groupby("galaxy").size().to_numpy()
    compared = {
        name: ratio_over_clusters(own.groupby("galaxy").sum().to_numpy(), texts, level, seed)
        for name, own in values.items()
    }
    return compared | {"gain": compared["gain"].in_unit(POINTS)}
