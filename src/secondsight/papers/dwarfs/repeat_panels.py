"""Repeated answers: figure 4 from both sides, what is chance, and what repeats are worth."""

from dataclasses import replace

import numpy as np
import pandas as pd

from secondsight.dtypes import Bools, Floats
from secondsight.figures.dots import Dots, Panel, dots_of
from secondsight.metrics.bins import SPREAD, bin_shares
from secondsight.metrics.intervals import LEVEL, PERCENT, Counts, Estimate, bare, share_true
from secondsight.metrics.repeats import (
    entropy,
    fit_beta_binomial,
    rank_correlation,
    reliability_of_mean,
)
from secondsight.metrics.selective import separation
from secondsight.metrics.similarity import Spread
from secondsight.papers.dwarfs.campaign import usual_votes
from secondsight.papers.dwarfs.made_answerers import follower
from secondsight.papers.dwarfs.phrases import FRACTION, TENTHS, fraction, knows_truth, majority
from secondsight.simulate.answerers import planted_rate

MEAN = "mean of the galaxies"
"""What the dots of figure 4 are called: whose answers they are, a panel's title or caption says."""


def repeated(table: pd.DataFrame, repeats: int, level: float = LEVEL) -> list[Panel]:
    """Return panels 4a and 4b: repeats in bins of votes, and votes in bins of repeats."""
    whole = table[table["answers"] == repeats]
    votes, yes = whole["votes"].to_numpy(), whole["yes"].to_numpy()
    called = whole["called"].to_numpy()
    by_votes = bin_shares(fraction(whole), TENTHS, called, repeats, level=level)
    steps = [(step - 0.5) / repeats for step in range(repeats + 2)]
    by_repeats = bin_shares(called / repeats, steps, yes, votes, level=level)
    often = f"share of {repeats} answers: dwarf"
    return [
        Panel("Answers by votes", FRACTION, often, [dots_of(MEAN, by_votes, spread=True)],
              diagonal=True),
        Panel("Votes by answers", often, FRACTION, [dots_of(MEAN, by_repeats, spread=True)],
              diagonal=True),
    ]  # fmt: skip


def repeated_made(
    table: pd.DataFrame, repeats: int, seed: int, level: float = LEVEL
) -> list[Panel]:
    """Return panels 4a and 4b of a made answerer that follows the votes exactly."""
    panels = repeated(follower(table, seed, repeats), repeats, level)
    grid = np.linspace(0, 1, 101)
    return [replace(panels[0], planted=(grid, planted_rate(grid))), panels[1]]


def price(
    by_call: Bools, truth: dict[str, Bools], likeness: float,
    level: float = LEVEL, seed: int = 0,
) -> list[Panel]:  # fmt: skip
    """Return what more repeats buy: how well their mean tells things apart, and how steady it is.

    `by_call`, shape (n, repeats), tells whether each call said dwarf; `truth` holds what the mean
    is to tell, by name, each of shape (n,); `likeness` is of two answers on one galaxy (see
    `secondsight.metrics.repeats.likeness`).
    """
    counts = range(1, by_call.shape[1] + 1)
    so_far = by_call.cumsum(axis=1)
    series = [
        Dots(name, list(counts), [
            separation(so_far[:, n - 1], event, level=level, seed=seed) for n in counts
        ])
        for name, event in truth.items()
    ]  # fmt: skip
    steady = [
        Estimate(value, np.nan, np.nan, len(by_call))
        for value in (reliability_of_mean(likeness, n) for n in counts)
    ]
    calls = "answers asked for"
    return [
        Panel("How well they tell apart", calls, "area under the ROC", series, y_range=(0.45, 1.0)),
        Panel("How much is the galaxy", calls, "share of the mean's variance",
              [Dots("by the variance components", list(counts), steady)]),
    ]  # fmt: skip


def disagreements(table: pd.DataFrame, repeats: int, level: float = LEVEL) -> Panel:
    """Return the entropy of the volunteers' votes in bins of that of the repeats."""
    whole = table[table["answers"] == repeats]
    model = entropy((whole["called"] / repeats).to_numpy())
    human = entropy(fraction(whole))
    kinds, place = np.unique(model.round(6), return_inverse=True)
    of_kind = [human[place == kind] for kind in range(len(kinds))]
    estimates = [_mean(values, level) for values in of_kind]
    ends = [np.quantile(values, SPREAD) for values in of_kind]
    spread = [(float(low), float(high)) for low, high in ends]
    return Panel("Where each is torn", f"entropy of {repeats} answers / bit",
                 "entropy of the votes / bit", [Dots(MEAN, list(kinds),
                 estimates, spread)])  # fmt: skip


def _mean(values: Floats, level: float) -> Estimate:
    """Return a mean with the normal interval of its standard error."""
    deviation = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    return Spread(float(values.mean()), deviation).estimate(len(values), level)


def in_a_row(answers: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the texts of the first subjects' answers, a row a subject, a column a repeat."""
    wide = answers.fillna({"text": ""}).pivot_table(
        index="image_id", columns="repeat", values="text", aggfunc="first", sort=False
    )
    wide.columns = pd.Index([str(place) for place in range(1, wide.shape[1] + 1)])
    return wide.head(most).rename_axis(index="candidate")


def typical_width(panel: Panel) -> Estimate:
    """Return the median width of a panel's spreads: what the middle four fifths span, at most 1."""
    series = panel.series[0]
    if not isinstance(series, Dots) or not series.spread:
        return bare(np.nan, PERCENT)
    return bare(np.median([high - low for low, high in series.spread]), PERCENT)


def correlations(both: Counts, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return the rank correlation of votes and answers: over all, and by half of the votes."""
    parts = dict(zip(("correlation_below", "correlation_above"), halves(both), strict=True))
    tables = {"correlation": both} | parts
    return {name: rank_correlation(table, level, seed) for name, table in tables.items()}


def worth_numbers(panel: Panel) -> dict[str, Estimate]:
    """Return what a single answer and all of them tell, by the first panel of `price`.

    Of the last thing that is told (``"one_tells"``, ``"all_tell"``) and of the votes.
    """
    told = [series.estimates for series in panel.series if isinstance(series, Dots)]
    return {
        "one_tells": told[-1][0],
        "all_tell": told[-1][-1],
        "one_votes": told[0][0],
        "all_votes": told[0][-1],
    }


def halves(both: Counts) -> tuple[Counts, Counts]:
    """Return the rows of a table of votes by repeats below and from half of the votes on."""
    middle = len(both) // 2
    return both[:middle], both[middle:]


def say_torn(correlation: Estimate) -> str:
    """Return in words how far two entropies go together."""
    if np.isnan(correlation.value):
        return "One of them is the same for all, or there are too few, so nothing can be told."
    if not (correlation.low > 0 or correlation.high < 0):
        return "Model and volunteers are not torn about the same galaxies, as far as can be told."
    size = abs(correlation.value)
    much = "hardly" if size < 0.1 else "weakly" if size < 0.3 else "clearly"
    return f"So the two {much} go {'together' if correlation.value > 0 else 'against each other'}."


def shrunk(table: pd.DataFrame, repeats: int) -> pd.DataFrame:
    """Return what counts say about a candidate's rate, bare and under a beta-binomial law.

    A row for each share of yes from none to all; columns of text, for volunteers and, if any
    candidate got that many readable answers, for the model.
    """
    votes = usual_votes(table)
    counts = {
        "answers": (table.loc[table["answers"] == repeats, "called"], repeats),
        "votes": (table.loc[table["votes"] == votes, "yes"], votes),
    }
    shares = np.linspace(0, 1, 6)
    columns: dict[str, list[str]] = {"share that says dwarf": [f"{s:.0%}" for s in shares]}
    for name, (yes, n) in counts.items():
        if yes.empty:
            continue
        law = fit_beta_binomial(np.bincount(yes.to_numpy(int), minlength=n + 1))
        columns[f"expected rate, {n} {name}"] = [f"{rate:.1%}" for rate in law.rate(shares * n, n)]
    return pd.DataFrame(columns)


def steady(table: pd.DataFrame, repeats: int, level: float = LEVEL) -> Estimate:
    """Return the share of candidates that got the same answer every time."""
    return share_true(table["called"].isin([0, repeats]), level)


def to_tell(table: pd.DataFrame) -> dict[str, Bools]:
    """Return what a mean of answers may be wanted to tell: the majority, and the truth if known.

    It is known where every subject is a dwarf or none, and some are of either kind.
    """
    events = {"a majority for a dwarf": majority(table)}
    if table["label"].notna().all() and knows_truth(table):
        events["a true dwarf"] = (table["label"] == "1").to_numpy()
    return events


def told(table: pd.DataFrame) -> str:
    """Return in words what `to_tell` gives."""
    names = list(to_tell(table))
    return names[0] if len(names) == 1 else f"{', and '.join(names)},"


def tells_last(table: pd.DataFrame) -> Bools:
    """Return the last of `to_tell`: the truth where it is known."""
    return list(to_tell(table).values())[-1]


def torn_table(both: Counts) -> Counts:
    """Return a table of votes by repeats as one of their entropies, each in rising order.

    `both`, shape (votes + 1, repeats + 1), is as
    `secondsight.papers.dwarfs.campaign.votes_by_repeats` gives it.
    """
    folded = both
    for _ in ("rows", "columns"):
        half = (len(folded) + 1) // 2  # a middle row stays as it is
        below, above = folded[:half].copy(), folded[half:][::-1]
        below[: len(above)] += above
        folded = below.T
    return folded
