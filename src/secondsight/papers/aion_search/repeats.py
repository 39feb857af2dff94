"""How steady identical repeats are, and where all models agree against the volunteers."""

import numpy as np
import pandas as pd

from secondsight.datasets.aion_search import Runs
from secondsight.figures.dots import Dots, Panel
from secondsight.metrics.clusters import over_clusters, ratio_over_clusters
from secondsight.metrics.intervals import LEVEL, PLAIN, Counts, Estimate
from secondsight.metrics.repeats import reliability_of_mean
from secondsight.papers.aion_search.agreement import FIRST

BINS = ((0.7, 0.8), (0.8, 0.9), (0.9, 1.01))
"""Ends of the bins of the volunteers' vote share; the upper end is outside."""
REPEATS = 3


def first_answers(asked: pd.DataFrame) -> pd.DataFrame:
    """Return one row a configuration and galaxy: its repeats' answers to the first question.

    The columns are `configuration`, `galaxy`; `repeats`, how many; `right`, how many gave the
    volunteers' answer; `alike`, whether all are the same; `most`, the most frequent, empty where
    two are; `answer` and `agreement`, the volunteers'.
    """
    groups = asked[asked["question"] == FIRST].groupby(["configuration", "galaxy"])
    return groups.agg(
        repeats=("code", "size"),
        right=("same", "sum"),
        alike=("code", _alike),
        most=("code", _most),
        answer=("answer", "first"),
        agreement=("agreement", "first"),
    ).reset_index()


def _alike(codes: "pd.Series[str]") -> bool:
    return bool((codes == codes.iloc[0]).all())


def _most(codes: "pd.Series[str]") -> str:
    modes = codes.mode()
    return str(modes.iloc[0]) if len(modes) == 1 else ""


def steadiness(first: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return how often three repeats are alike, and how often their majority is right.

    The keys are ``steady_alike``, ``steady_right_alike`` for where they are, and
    ``steady_right_split`` for where two stand against one.
    """
    rows = first[first["repeats"] == REPEATS]
    right = rows["most"] == rows["answer"]
    alike, split = rows["alike"], ~rows["alike"] & (rows["most"] != "")
    return {
        "steady_alike": _ratio(rows, alike, alike | True, level, seed),
        "steady_right_alike": _ratio(rows, right & alike, alike, level, seed),
        "steady_right_split": _ratio(rows, right & split, split, level, seed),
    }


def _ratio(
    rows: pd.DataFrame, parts: pd.Series, wholes: pd.Series, level: float, seed: int
) -> Estimate:
    """Return the sum of `parts` over that of `wholes`, both a number a row, over galaxies."""
    part, whole = (
        values.astype(float).groupby(rows["galaxy"]).sum().to_numpy() for values in (parts, wholes)
    )
    return ratio_over_clusters(part, whole, level, seed)


def spreads(asked: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return the standard deviation of a score within a galaxy and between galaxies.

    Each is the mean over configurations with repeats, of the variances; the variance between
    galaxies is that of their means less what the repeats' own adds to it. The keys are
    ``spread_within`` and ``spread_between``; ``reliability`` is how much of the variance of a mean
    of three repeats is the galaxies'.
    """
    each = asked.groupby(["configuration", "galaxy", "repeat"])["same"].mean()
    sizes, means, variances = (
        each.reset_index().pivot_table(
            "same", "galaxy", "configuration", aggfunc=what, dropna=False
        )
        for what in ("size", "mean", "var")
    )
    repeated = sizes.columns[sizes.max() > 1]
    scores, own_variances = means[repeated].to_numpy(), variances[repeated].to_numpy()
    repeats, known = sizes[repeated].mean().to_numpy(), ~np.isnan(own_variances)

    def parts(drawn: Counts) -> tuple[float, float]:
        own = drawn @ np.nan_to_num(own_variances) / (drawn @ known)
        centred = scores - drawn @ scores / drawn.sum()
        total = drawn @ centred**2 / (drawn.sum() - 1)
        return float(own.mean()), max(0.0, float((total - own / repeats).mean()))

    def reliability(drawn: Counts) -> float:
        own, between = parts(drawn)
        return reliability_of_mean(between / (own + between), REPEATS)

    own = over_clusters(lambda drawn: np.sqrt(parts(drawn)[0]), len(means), level, seed)
    between = over_clusters(lambda drawn: np.sqrt(parts(drawn)[1]), len(means), level, seed)
    return {
        "spread_within": own.in_unit(PLAIN),
        "spread_between": between.in_unit(PLAIN),
        "reliability": over_clusters(reliability, len(means), level, seed),
    }


def panels(first: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> list[Panel]:
    """Return answers by the votes, and votes by the repeated answers: figure 4 of the dwarf paper.

    The second panel takes only configurations that were asked three times.
    """
    middles, shares = [], []
    for low, high in BINS:
        rows = first[first["agreement"].between(low, high, inclusive="left")]
        middles.append((low + min(high, 1.0)) / 2)
        shares.append(_ratio(rows, rows["right"], rows["repeats"], level, seed))
    thrice = first[first["repeats"] == REPEATS]
    by_right = [thrice[thrice["right"] == right] for right in range(REPEATS + 1)]
    votes = [
        _ratio(rows, rows["agreement"], rows["repeats"] / REPEATS, level, seed) for rows in by_right
    ]
    spread = [
        (float(rows["agreement"].quantile(0.1)), float(rows["agreement"].quantile(0.9)))
        for rows in by_right
    ]
    share, right = "volunteers' share of the votes", "answers of three like theirs"
    return [
        Panel("Answers by votes", share, "share of answers like theirs",
              [Dots("mean and interval", middles, shares)], x_range=(0.68, 1.02)),
        Panel("Votes by answers", right, share,
              [Dots("mean and interval", range(REPEATS + 1), votes, spread)], y_range=(0.68, 1.02),
              x_words=[(right, str(right)) for right in range(REPEATS + 1)]),
    ]  # fmt: skip


def unanimous(first: pd.DataFrame) -> pd.DataFrame:
    """Return the galaxies to which every configuration gives one and the same answer.

    They are in their order. The columns are `galaxy`; `said`, by all; `answer` and `agreement`, the
    volunteers'.
    """
    groups = first.groupby("galaxy")
    table = groups.agg(
        said=("most", "first"), kinds=("most", "nunique"), answer=("answer", "first"),
        agreement=("agreement", "first"),
    ).reset_index()  # fmt: skip
    alike = (table["kinds"] == 1) & (table["said"] != "")
    return table[alike].drop(columns="kinds").reset_index(drop=True)


def against_volunteers(first: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    """Return the galaxies on which all configurations agree against the volunteers.

    The columns are `galaxy`, `name`; `said` by all; `answer` of the volunteers; `votes` in words,
    such as ``"35 of 45"``.
    """
    united = unanimous(first)
    own = votes[votes["question"] == FIRST].drop(columns=["question", "answer"])
    table = united[united["said"] != united["answer"]].merge(own, on=["galaxy", "agreement"])
    total = (table["votes"] / table["agreement"]).round().astype(int)
    counts = table["votes"].astype(str) + " of " + total.astype(str)
    return table.assign(votes=counts)[["galaxy", "name", "said", "answer", "votes"]]


def kinds_of(against: pd.DataFrame) -> dict[str, list[str]]:
    """Return such galaxies by what volunteers and models say: ``"smooth / featured"``."""
    kind = against["answer"] + " / " + against["said"].str.split("-").str[0]
    return {str(name): list(own) for name, own in against["galaxy"].groupby(kind)}


def shortest_text(runs: Runs, galaxy: str) -> tuple[str, str]:
    """Return a galaxy's shortest description: whose it is, and the text."""
    own = runs.answers[runs.answers["galaxy"] == galaxy]
    place = int(own["text"].str.len().argmin())
    return str(own["configuration"].iloc[place]), str(own["text"].iloc[place])
