"""From a campaign's answers to what its figures show: the panels of the dwarf chapters."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from secondsight.campaign import CONFIDENCES
from secondsight.datasets.repeated import ADDED
from secondsight.figures.dots import Dots, Panel, band_of, dots_of
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.calibration import Reliability, reliability
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.repeats import entropy, reliability_of_mean
from secondsight.metrics.selective import risk_coverage, separation
from secondsight.simulate.answerers import draw_answers, planted_rate

TENTHS = tuple(np.linspace(0, 1, 11).round(1))
CLEAR = (0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1.0)
"""Vote fractions from which on, and their mirror images up to which, a subject counts as clear."""
NEAR = 0.05
"""A curve within this of the diagonal counts as close to it."""
GROUPS = 7
"""Bins of a galaxy's property, with equally many galaxies each."""
PLANTED = {"calibrated": (1.0, 0.0), "overconfident": (2.5, 0.0), "too eager": (1.0, 1.2)}
"""Made answerers: sharpness and shift of their log odds against the volunteers'."""
FRACTION, CALLED = "volunteers' vote fraction for a dwarf", "share called a dwarf"


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Return the subjects whose first answer names a category."""
    return table[table["answers"] > 0]


def fraction(table: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return each subject's vote fraction, shape (n,)."""
    return (table["yes"] / table["votes"]).to_numpy(float)


def said(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether the model called each subject a dwarf, shape (n,)."""
    return (table["called"] > 0).to_numpy()


def majority(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether at least half of the volunteers saw a dwarf, shape (n,)."""
    return (2 * table["yes"] >= table["votes"]).to_numpy()


def extremes(table: pd.DataFrame) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Return a subject with the most votes for a dwarf and one with the fewest, the first such."""
    share = table["yes"] / table["votes"]
    return table.iloc[int(share.argmax())], table.iloc[int(share.argmin())]


def calibration(table: pd.DataFrame, model: str, level: float = LEVEL) -> list[Panel]:
    """Return panels 2a and 2b: how many are called dwarfs, and agreement, by vote fraction."""
    table = readable(table)
    share = bin_shares(fraction(table), TENTHS, said(table), level=level)
    agree = bin_shares(fraction(table), TENTHS, said(table) == majority(table), level=level)
    return [
        Panel("Called a dwarf", FRACTION, CALLED, [dots_of(model, share)], diagonal=True),
        Panel("Agrees with the majority", FRACTION, "share that agrees", [dots_of(model, agree)]),
    ]


def edge_and_middle(table: pd.DataFrame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return agreements (clear, doubtful) and subjects (clear, doubtful).

    Clear are votes of at most a fifth or at least four fifths for a dwarf, doubtful the rest.
    """
    table = readable(table)
    clear = np.abs(fraction(table) - 0.5) >= 0.3
    agree = said(table) == majority(table)
    return (int(agree[clear].sum()), int(agree[~clear].sum())), (
        int(clear.sum()),
        int((~clear).sum()),
    )


def say_curve(error: Estimate, lead: Estimate) -> str:
    """Return in words what panels 2a and 2b show."""
    points = f"{100 * NEAR:.0f} points"
    near = "close to" if error.high < NEAR else "not close to" if error.low > NEAR else "near"
    best = "more" if lead.low > 0 else "less" if lead.high < 0 else "no more and no less"
    return (
        f"So the curve runs {near} the diagonal (we call a curve close that lies within {points} "
        f"of it), and the model agrees with the majority {best} often where the votes are clear."
    )


def by_group(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return the share called a dwarf of candidates, known and simulated dwarfs.

    Where kinds are not known, all subjects are candidates.
    """
    kind = table["kind"].fillna("candidate")
    groups = {
        "candidates": ~kind.isin(ADDED),
        "known": kind == "known dwarf",
        "simulated": kind == "simulated dwarf",
    }
    return {
        name: proportion(int(said(table[part]).sum()), int(part.sum()), level)
        for name, part in groups.items()
    }


def at_clear(panel: Panel, name: str, least: float = 0.8) -> Estimate:
    """Return what a series of `clear_subset` has at one demand on the votes."""
    series = next(one for one in panel.series if isinstance(one, Dots) and one.name == name)
    return series.estimates[list(series.x).index(least)]


def clear_subset(table: pd.DataFrame, level: float = LEVEL) -> Panel:
    """Return panel 3a: precision and recall against clear votes, as the demand on them rises."""
    table = readable(table)
    found: dict[str, list[Estimate]] = {"precision": [], "recall": []}
    share, called = fraction(table), said(table)
    for least in CLEAR:
        yes, no = share >= least, share <= 1 - least
        both = int((called & yes).sum())
        found["precision"].append(proportion(both, int((called & (yes | no)).sum()), level))
        found["recall"].append(proportion(both, int(yes.sum()), level))
    series = [Dots(name, CLEAR, values) for name, values in found.items()]
    return Panel("On clear votes only", "vote fraction that counts as clear", "share", series)


def by_kind(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return for each kind of subject how many there are, and who calls how many a dwarf.

    Returns
    -------
    DataFrame
        Index the kind, most called first; `subjects` (int), `model`, `majority` (Estimate).
    """
    table = readable(table)
    rows = {}
    for kind, part in table.groupby("kind"):
        n = len(part)
        rows[kind] = {
            "subjects": n,
            "model": proportion(int(said(part).sum()), n, level),
            "majority": proportion(int(majority(part).sum()), n, level),
        }
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["subjects", "model", "majority"])
    return found.iloc[np.argsort([-one.value for one in found["model"]], kind="stable")]


def recovery(dwarfs: pd.DataFrame, model: str, level: float = LEVEL) -> list[Panel]:
    """Return the share of true dwarfs that model and majority find, by what they are.

    Parameters
    ----------
    dwarfs : DataFrame
        Rows of a campaign's answers whose truth is known: `m_v`, `half_light_arcmin`,
        `distance_modulus`, `detectability`.
    """
    dwarfs = readable(dwarfs)
    kiloparsecs = 10 ** (dwarfs["distance_modulus"].to_numpy(float) / 5 - 2)
    quantities = {
        "Brightness": ("absolute magnitude $M_V$", dwarfs["m_v"].to_numpy(float), "linear"),
        "Size": ("half-light radius / arcmin", dwarfs["half_light_arcmin"].to_numpy(float), "log"),
        "Distance": ("distance / kpc", kiloparsecs, "log"),
        "Detectability": ("detectability", dwarfs["detectability"].to_numpy(float), "linear"),
    }
    finders = {model: said(dwarfs), "volunteers' majority": majority(dwarfs)}
    return [
        Panel(
            title, name, "share found",
            [dots_of(who, bin_shares(values, groups_of(values), found, level=level))
             for who, found in finders.items()],
            x_scale="log" if scale == "log" else "linear",
        )
        for title, (name, values, scale) in quantities.items()
    ]  # fmt: skip


def groups_of(values: npt.NDArray[Any], groups: int = GROUPS) -> list[float]:
    """Return ends of bins with equally many galaxies each; at least one bin."""
    known = values[~np.isnan(values)]
    if not len(known):
        return [0.0, 1.0]
    ends = np.unique(np.quantile(known, np.linspace(0, 1, groups + 1)))
    return [float(end) for end in ends] if len(ends) > 1 else [float(ends[0]), float(ends[0]) + 1]


def closure(table: pd.DataFrame, seed: int, level: float = LEVEL) -> list[Panel]:
    """Return panel 2a of made answerers on the same votes, each with the curve put into it."""
    share = fraction(table)
    grid = np.linspace(0, 1, 101)
    panels = []
    for name, (sharpness, shift) in PLANTED.items():
        answers = draw_answers(planted_rate(share, sharpness, shift), 1, seed)
        bins = bin_shares(share, TENTHS, answers, level=level)
        panels.append(
            Panel(
                f"Made: {name}", FRACTION, CALLED, [dots_of("made answerer", bins)],
                diagonal=True, planted=(grid, planted_rate(grid, sharpness, shift)),
            )
        )  # fmt: skip
    rate = planted_rate(share)
    bold = planted_rate(rate, 2.5).round(3)
    came = draw_answers(rate, 1, seed + 1)
    curve = reliability(bold, came, level=level, seed=seed)
    panels.append(
        Panel(
            "A made score, overconfident", "stated probability", "how often it came",
            [band_of("isotonic curve and its band", curve)],
            diagonal=True, planted=(planted_rate(grid, 2.5), grid),
        )
    )  # fmt: skip
    return panels


def closure_misses(table: pd.DataFrame, seed: int, level: float = LEVEL) -> Estimate:
    """Return in how many bins of the made answerers the planted curve lies within the interval.

    Held against the planted curve's mean over each bin's subjects, not at the bin's middle.
    """
    share = fraction(table)
    inside = bins = 0
    for sharpness, shift in PLANTED.values():
        rate = planted_rate(share, sharpness, shift)
        for one in bin_shares(share, TENTHS, draw_answers(rate, 1, seed), level=level):
            last = one.high == 1
            held = (share >= one.low) & ((share < one.high) | last)
            if one.share.n:
                inside += one.share.low <= rate[held].mean() <= one.share.high
                bins += 1
    return proportion(int(inside), bins, level)


def confidence(table: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Panel:
    """Return panel 3b: the volunteers' votes by what the model said and how sure it said it was."""
    table = readable(table)
    series = []
    for name, called in (("called a dwarf", True), ("called none", False)):
        part = table[said(table) == called]
        place = part["confidence"].map({word: i for i, word in enumerate(CONFIDENCES)})
        bins = bin_shares(
            place.to_numpy(float), (-0.5, 0.5, 1.5, 2.5), part["yes"].to_numpy(),
            part["votes"].to_numpy(), level=level, seed=seed,
        )  # fmt: skip
        series.append(dots_of(name, bins, spread=called))
    return Panel(
        "Votes by stated confidence", "stated confidence: low (0), medium (1), high (2)",
        "vote fraction for a dwarf", series, x_range=(-0.3, 2.3),
    )  # fmt: skip


def sureness(table: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Return ways to say how sure an answer is, each a number a subject: the higher the surer."""
    score = table["score"].to_numpy(float)
    stated = table["confidence"].map({word: i for i, word in enumerate(CONFIDENCES)})
    found = {
        "stated confidence": stated.to_numpy(float),
        "token probability": np.maximum(score, 1 - score),
    }
    return {name: values for name, values in found.items() if not np.isnan(values).any()}


def selective(
    table: pd.DataFrame, right: npt.NDArray[np.bool_], title: str, level: float = LEVEL
) -> Panel:
    """Return risk against coverage, by each way to say how sure an answer is."""
    series = []
    for name, values in sureness(table).items():
        points = risk_coverage(values, right, level=level)
        x = [one.covered.value for one in points]
        series.append(Dots(name, x, [one.risk for one in points]))
    return Panel(title, "share of subjects answered", "share answered wrongly", series,
                 x_range=(0, 1.02), y_range=None)  # fmt: skip


def reliabilities(table: pd.DataFrame, seed: int, level: float = LEVEL) -> dict[str, Reliability]:
    """Hold the token probability against the votes, and against the truth where it is known."""
    scored = readable(table).dropna(subset=["score"])
    if scored.empty:
        return {}
    score = scored["score"].to_numpy()
    votes = reliability(score, scored["yes"].to_numpy(), scored["votes"].to_numpy(),
                        level=level, seed=seed)  # fmt: skip
    found = {"held against votes": votes}
    known = scored["label"].notna().to_numpy()
    if known.any():
        true = (scored["label"] == "1").to_numpy()
        found["held against the truth"] = reliability(
            score[known], true[known], level=level, seed=seed
        )
    return found


def repeated(table: pd.DataFrame, repeats: int, name: str, level: float = LEVEL) -> list[Panel]:
    """Return panels 4a and 4b: repeats in bins of votes, and votes in bins of repeats."""
    whole = table[table["answers"] == repeats]
    votes, yes = whole["votes"].to_numpy(), whole["yes"].to_numpy()
    called = whole["called"].to_numpy()
    by_votes = bin_shares(fraction(whole), TENTHS, called, repeats, level=level)
    steps = [(step - 0.5) / repeats for step in range(repeats + 2)]
    by_repeats = bin_shares(called / repeats, steps, yes, votes, level=level)
    often = f"share of {repeats} answers that say dwarf"
    return [
        Panel("Answers by votes", FRACTION, often, [dots_of(name, by_votes, spread=True)],
              diagonal=True),
        Panel("Votes by answers", often, FRACTION, [dots_of(name, by_repeats, spread=True)],
              diagonal=True),
    ]  # fmt: skip


def repeated_made(
    table: pd.DataFrame, repeats: int, seed: int, level: float = LEVEL
) -> list[Panel]:
    """Return panels 4a and 4b of a made answerer that is perfectly calibrated on the votes."""
    called = draw_answers(planted_rate(fraction(table)), repeats, seed)
    made = table.assign(called=called, answers=repeats)
    panels = repeated(made, repeats, "made, calibrated", level)
    grid = np.linspace(0, 1, 101)
    return [
        Panel(**{**vars(panels[0]), "planted": (grid, planted_rate(grid))}),
        panels[1],
    ]


def price(
    by_call: npt.NDArray[np.bool_], truth: dict[str, npt.NDArray[np.bool_]], likeness: float,
    level: float = LEVEL, seed: int = 0,
) -> list[Panel]:  # fmt: skip
    """Return what more repeats buy: how well their mean tells things apart, and how steady it is.

    Parameters
    ----------
    by_call : array of bool, shape (n, repeats)
        Whether each call said dwarf.
    truth : dict
        What the mean is to tell, by name: arrays of bool, shape (n,).
    likeness : float
        Of two answers on one galaxy; see `secondsight.metrics.likeness`.
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
    estimates = [_mean(human[place == kind], level) for kind in range(len(kinds))]
    spread = [
        (float(low), float(high))
        for kind in range(len(kinds))
        for low, high in [np.quantile(human[place == kind], (0.1, 0.9))]
    ]
    return Panel("Where each is torn", f"entropy of {repeats} answers / bit",
                 "entropy of the votes / bit", [Dots("mean of the galaxies", list(kinds),
                 estimates, spread)])  # fmt: skip


def _mean(values: npt.NDArray[np.float64], level: float) -> Estimate:
    """Return a mean with the normal interval of its standard error."""
    half = float(norm.ppf((1 + level) / 2)) * (
        values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    )
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half, len(values), level, "normal")
