"""Answers beside votes: figures 2 and 3a, and who is called a dwarf."""

import numpy as np
import pandas as pd

from secondsight.datasets.manifest import ADDED
from secondsight.dtypes import Bools
from secondsight.figures.dots import Dots, Panel, dots_of
from secondsight.metrics.agreement import cohen_kappa, mcnemar
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.calibration import calibration_error
from secondsight.metrics.intervals import (
    LEVEL,
    POINTS,
    Estimate,
    difference,
    proportion,
    share_true,
)
from secondsight.metrics.selective import separation
from secondsight.papers.dwarfs.phrases import (
    CALLED,
    FRACTION,
    TENTHS,
    called_dwarf,
    fraction,
    majority,
    readable,
    token_tells,
)

CLEAR = (0.5, 0.6, 0.7, 0.8, 0.9, 0.96, 1.0)
"""Vote fractions from which on, and their mirror images up to which, a subject counts as clear."""
HIDDEN = "dwarf among the candidates"
"""What a table calls a dwarf that nobody knew of or added."""
SIDES = ("no", "yes", "clear")
SAME = "about as"
NEAR = 0.05
"""A curve within this of the diagonal counts as close to it."""


def calibration(table: pd.DataFrame, model: str, level: float = LEVEL) -> list[Panel]:
    """Return panels 2a and 2b: how many are called dwarfs, and agreement, by vote fraction."""
    table = readable(table)
    share = bin_shares(fraction(table), TENTHS, called_dwarf(table), level=level)
    agree = bin_shares(fraction(table), TENTHS, called_dwarf(table) == majority(table), level=level)
    return [
        Panel("Called a dwarf", FRACTION, CALLED, [dots_of(model, share)], diagonal=True),
        Panel("Agrees with the majority", FRACTION, "share that agrees", [dots_of(model, agree)]),
    ]


def curve_error(table: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how far the curve of panel 2a lies off the diagonal; NaN without an answer."""
    table = readable(table)
    if table.empty:
        return proportion(0, 0, level)
    error = calibration_error(fraction(table), called_dwarf(table), level=level, seed=seed)
    return error.in_unit(POINTS)


def agreements(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return on how many subjects the model agrees with the majority, out of how many.

    By how clear the votes are: at most a fifth for a dwarf (``"no"``), at least four fifths
    (``"yes"``), both (``"clear"``), and the rest (``"doubtful"``).
    """
    table = readable(table)
    agree = called_dwarf(table) == majority(table)
    return {
        name: (int(agree[part].sum()), int(part.sum())) for name, part in _clearness(table).items()
    }


def clear_facts(agreed: dict[str, tuple[int, int]]) -> dict[str, bool]:
    """Return what a page can be about, as `phrases.facts` does.

    They are whether there are votes of every kind, ``"clear"``; or at least some that are clearly
    for a dwarf, ``"clear_yes"``.
    """
    of = {name: subjects > 0 for name, (_, subjects) in agreed.items()}
    return {"clear": all(of.values()), "clear_yes": of["yes"]}


def _clearness(table: pd.DataFrame) -> dict[str, Bools]:
    yes, votes = table["yes"].to_numpy(int), table["votes"].to_numpy(int)
    against, for_one = 5 * yes <= votes, 5 * yes >= 4 * votes
    clear = against | for_one
    return {"no": against, "yes": for_one, "clear": clear, "doubtful": ~clear}


def leads(agreed: dict[str, tuple[int, int]], level: float = LEVEL) -> dict[str, Estimate]:
    """Return by how much agreement on clear votes exceeds that on doubtful ones, for each side."""
    agree, of = agreed["doubtful"]
    return {
        name: difference((agreed[name][0], agree), (agreed[name][1], of), level) for name in SIDES
    }


def agreement_numbers(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return how often model and majority agree, by how clear the votes are, and the leads.

    By ``"agree_"`` with the names of `agreements`, ``"agree_lead_"`` with those of `leads`, and
    ``"kappa_clear"`` and ``"kappa_doubtful"``.
    """
    agreed = agreements(table)
    return {
        **{f"agree_{name}": proportion(n, of, level) for name, (n, of) in agreed.items()},
        **{f"agree_lead_{name}": lead for name, lead in leads(agreed, level).items()},
        **{f"kappa_{part}": kappa(table, part, level) for part in ("clear", "doubtful")},
    }


def kappa(table: pd.DataFrame, votes: str, level: float = LEVEL) -> Estimate:
    """Return Cohen's kappa of model and majority, where the votes are as `agreements` names it."""
    table = readable(table)
    part = _clearness(table)[votes]
    crowd, model = (pd.Series(f(table)[part]).astype(str) for f in (majority, called_dwarf))
    return cohen_kappa(crowd, model, level)


def junk_of_majority(table: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return the share of junk among subjects with a majority for a dwarf whose truth is known."""
    known = table[table["label"].notna()]
    return share_true((known["label"] == "0")[majority(known)], level)


def finders(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return sensitivity and specificity of model and majority, and what a constant no would get.

    Subjects whose truth is not known are left out.
    """
    known = readable(table)
    known = known[known["label"].notna()]
    dwarf = (known["label"] == "1").to_numpy()
    shares = {"always_no": share_true(~dwarf, level)}
    for name, yes in (("model", called_dwarf(known)), ("crowd", majority(known))):
        shares[f"{name}_sensitivity"] = share_true(yes[dwarf], level)
        shares[f"{name}_specificity"] = share_true(~yes[~dwarf], level)
    return shares


def against_truth(
    known: pd.DataFrame, level: float = LEVEL, seed: int = 0
) -> dict[str, Estimate | float]:
    """Return how often model and majority are right, who leads, and how well either tells a dwarf.

    `known` are readable answers about subjects whose truth is known.
    """
    dwarf = (known["label"] == "1").to_numpy()
    right, crowd_right = called_dwarf(known) == dwarf, majority(known) == dwarf
    test = mcnemar(pd.Series(right), pd.Series(crowd_right), level)
    return {
        "right": share_true(right, level),
        "crowd_right": share_true(crowd_right, level),
        "right_lead": test.difference,
        "right_p": test.p_value,
        "tells": token_tells(known, dwarf, level, seed),
        "crowd_tells": separation(fraction(known), dwarf, level=level, seed=seed),
        **finders(known, level),
    }


def say_curve(error: Estimate, leads: dict[str, Estimate]) -> str:
    """Return in words what panels 2a and 2b show; what is not defined is not spoken of."""
    if np.isnan(error.value):
        return ""
    return f"{_say_closeness(error)}{_say_leads(leads)}"


def _say_closeness(error: Estimate) -> str:
    points = f"{100 * NEAR:.0f} points"
    if error.low <= NEAR <= error.high:
        return (
            f"Whether the curve runs close to the diagonal is open: close we call {points} or "
            "less, and the interval lies on both sides of that."
        )
    runs = "runs close" if error.high < NEAR else "does not run close"
    return (
        f"So the curve {runs} to the diagonal (we call it close if it lies within {points} of it)."
    )


def _say_leads(leads: dict[str, Estimate]) -> str:
    sides = {"no": "against a dwarf", "yes": "for one"}
    more = {side: _more(leads[side]) for side in sides if not np.isnan(leads[side].value)}
    words = [f"{how} often where the votes are clearly {sides[at]}" for at, how in more.items()]
    if not words:
        return ""
    return f" Compared with doubtful votes, model and majority agree {', and '.join(words)}."


def _more(lead: Estimate) -> str:
    return "more" if lead.low > 0 else "less" if lead.high < 0 else SAME


def clear_subset(table: pd.DataFrame, level: float = LEVEL) -> Panel:
    """Return panel 3a: precision and recall against clear votes, as the demand on them rises.

    Neither is defined where no votes are clearly for a dwarf.
    """
    table = readable(table)
    scores: dict[str, list[Estimate]] = {"precision": [], "recall": []}
    called, votes = called_dwarf(table), table["votes"].to_numpy()
    share, against = fraction(table), (votes - table["yes"].to_numpy()) / votes
    for least in CLEAR:
        yes, no = share >= least, against >= least
        scores["precision"].append(share_true(yes[called & (yes | no) & yes.any()], level))
        scores["recall"].append(share_true(called[yes], level))
    series = [Dots(name, CLEAR, values) for name, values in scores.items()]
    return Panel("On clear votes only", "vote fraction that counts as clear", "share", series)


def at_clear(panel: Panel, name: str, least: float = 0.8) -> Estimate:
    """Return what a series of `clear_subset` has at one demand on the votes."""
    series = next(dots for dots in panel.series if isinstance(dots, Dots) and dots.name == name)
    return series.estimates[list(series.x).index(least)]


def by_kind(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return for each kind of subject how many there are, and who calls how many a dwarf.

    Columns are `subjects` (int), `model` and `majority`; the kind most called comes first.
    """
    table = readable(table)
    rows = {}
    for kind, part in table.groupby(table["kind"].replace({"dwarf": HIDDEN})):
        rows[kind] = {
            "subjects": len(part),
            "model": share_true(called_dwarf(part), level),
            "majority": share_true(majority(part), level),
        }
    kinds = pd.DataFrame.from_dict(rows, orient="index", columns=["subjects", "model", "majority"])
    return kinds.iloc[np.argsort([-share.value for share in kinds["model"]], kind="stable")]


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
    called = called_dwarf(table)
    return {name: share_true(called[part], level) for name, part in groups.items()}
