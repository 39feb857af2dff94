"""How sure an answer is said to be, and what that is worth: figure 3b and what follows from it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from secondsight.dtypes import Bools, Floats, Ints
from secondsight.figures.dots import Dots, Panel, band_of, dots_of
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.calibration import (
    FOLDS,
    calibration_error,
    grouped,
    recalibrated,
    reliability,
)
from secondsight.metrics.intervals import LEVEL, Estimate, proportion, share_true
from secondsight.metrics.repeats import rank_correlation
from secondsight.metrics.selective import risk_coverage
from secondsight.papers.dwarfs.campaign import CONFIDENCES
from secondsight.papers.dwarfs.phrases import (
    called_dwarf,
    fraction,
    knows_truth,
    majority,
    readable,
)

OTHER, NONE = "another word", "none stated"
BY_WORD, BY_PROBABILITY = "stated confidence", "token probability"
WORDS = {BY_WORD: "stated confidence", BY_PROBABILITY: "the token's probability"}
"""Ways to say how sure an answer is, and what a caption calls them."""
EVENTS = {"votes": "held against votes", "truth": "held against the truth"}


def by_confidence(table: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Return how many answers carry each confidence, by what was said.

    The index is the stated confidence; of each answer stand there its number (int) and share.
    """
    stated = table["confidence"]
    word = stated.where(stated.isin(CONFIDENCES) | stated.isna(), OTHER).fillna(NONE)
    rows = [name for name in (*CONFIDENCES[::-1], OTHER, NONE) if (word == name).any()]
    columns: dict[str, list[Any]] = {}
    for name, called in (("called a dwarf", True), ("called none", False)):
        part = word[called_dwarf(table) == called]
        counts = [int((part == row).sum()) for row in rows]
        columns[name] = counts
        columns[f"{name}, share"] = [proportion(n, len(part), level) for n in counts]
    return pd.DataFrame(columns, index=pd.Index(rows, name="stated confidence"))


def share_stated(table: pd.DataFrame, word: str, level: float = LEVEL) -> Estimate:
    """Return the share of answers that carry a confidence."""
    return share_true(table["confidence"] == word, level)


def _place(table: pd.DataFrame) -> "pd.Series[float]":
    """Return the place of each stated confidence in `CONFIDENCES`; NaN where none is stated."""
    return table["confidence"].map({word: place for place, word in enumerate(CONFIDENCES)})


def rise(table: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return the rank correlation of stated confidence and vote fraction."""
    place = _place(table)
    stated = table[place.notna()]
    counts = pd.crosstab(place[place.notna()], fraction(stated))
    return rank_correlation(counts.to_numpy(np.int64), level, seed)


def confidence(table: pd.DataFrame, level: float = LEVEL, seed: int = 0) -> Panel:
    """Return panel 3b: the volunteers' votes by what the model said and how sure it said it was."""
    table = readable(table)
    series = []
    for name, called in (("called a dwarf", True), ("called none", False)):
        part = table[called_dwarf(table) == called]
        place = _place(part)
        bins = bin_shares(
            place.to_numpy(float), (-0.5, 0.5, 1.5, 2.5), part["yes"].to_numpy(),
            part["votes"].to_numpy(), level=level, seed=seed,
        )  # fmt: skip
        series.append(dots_of(name, bins, spread=called))
    return Panel(
        "Votes by confidence", "stated confidence",
        "vote fraction for a dwarf", series, x_range=(-0.3, 2.3),
        x_words=tuple(enumerate(CONFIDENCES)),
    )  # fmt: skip


def sureness(table: pd.DataFrame) -> dict[str, Floats]:
    """Return ways to say how sure an answer is, each a number a subject: the higher the surer.

    NaN where an answer has none; a way that no answer has is left out.
    """
    score = table["score"].to_numpy(float)
    stated = _place(table)
    ways = {
        BY_WORD: stated.to_numpy(float),
        BY_PROBABILITY: np.where(called_dwarf(table), score, 1 - score),
    }
    return {name: values for name, values in ways.items() if not np.isnan(values).all()}


def selective(table: pd.DataFrame, right: Bools, title: str, level: float = LEVEL) -> Panel:
    """Return risk against coverage, by each way to say how sure an answer is.

    Each way is tried on the answers that have it.
    """
    series = []
    for name, values in sureness(table).items():
        has = ~np.isnan(values)
        points = risk_coverage(values[has], right[has], level=level)
        x = [point.covered.value for point in points]
        series.append(Dots(name, x, [point.risk for point in points]))
    return Panel(title, "share of subjects answered", "share answered wrongly", series,
                 x_range=(0, 1.02), y_range=None)  # fmt: skip


def selected(table: pd.DataFrame, level: float = LEVEL) -> list[Panel]:
    """Return risk against coverage, held against the majority and, where known, the truth.

    The panels have the same y axis.
    """
    panels = [
        selective(table, called_dwarf(table) == majority(table), "Against the majority", level)
    ]
    known = table[table["label"].notna()]
    if knows_truth(known):
        right = called_dwarf(known) == (known["label"] == "1").to_numpy()
        panels.append(selective(known, right, "Against the truth", level))
    top = max((_top(panel) for panel in panels), default=1.0)
    return [replace(panel, y_range=(0, 1.05 * top)) for panel in panels]


def ways_drawn(panels: list[Panel], answers: int) -> str:
    """Return in words by which ways to say how sure an answer is the panels are drawn.

    Where fewer than all `answers` have one, how many do.
    """
    drawn = [series for series in panels[0].series if isinstance(series, Dots)]
    having = [series.estimates[-1].n for series in drawn]
    return " and by ".join(
        WORDS[series.name] + (f" ({n:,} of {answers:,} answers have it)" if n < answers else "")
        for series, n in zip(drawn, having, strict=True)
    )


def events_drawn(panels: list[Panel]) -> str:
    """Return in words what the panels of `score_panels` hold the probabilities against."""
    events = ["volunteers say dwarf (votes)", "how often it is one (truth)"]
    return " and ".join(events) if len(panels) > 1 else "volunteers say dwarf"


def _top(panel: Panel) -> float:
    """Return the upper end of a panel's highest interval; 1 where there is none."""
    series = [dots for dots in panel.series if isinstance(dots, Dots)]
    return max((dot.high for dots in series for dot in dots.estimates), default=1.0)


def at_high(table: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return what High buys among what is called a dwarf, by votes and by truth, and its cost."""
    called = table[called_dwarf(table)]
    high = called[called["confidence"] == "high"]
    shares: dict[str, Estimate] = {}
    for name, part in (("high", high), ("all", called)):
        known = part[part["label"].notna()]
        shares[f"{name}_voted"] = share_true(majority(part), level)
        shares[f"{name}_true"] = share_true(known["label"] == "1", level)
    true = called[called["label"] == "1"]
    shares["high_kept"] = share_true(true["confidence"] == "high", level)
    return shares


def outcomes(table: pd.DataFrame) -> dict[str, tuple[pd.DataFrame, Ints, Ints]]:
    """Return what a score can be held against: scored subjects, how often it came, out of what."""
    scored = readable(table).dropna(subset=["score"])
    known = scored[scored["label"].notna()]
    truth = (known["label"] == "1").to_numpy(np.int64)
    events = {
        "votes": (scored, scored["yes"].to_numpy(np.int64), scored["votes"].to_numpy(np.int64)),
        "truth": (known, truth, np.ones(len(known), np.int64)),
    }
    if not knows_truth(known):
        del events["truth"]
    return {name: parts for name, parts in events.items() if len(parts[0])}


def score_panels(table: pd.DataFrame, seed: int, level: float = LEVEL) -> list[Panel]:
    """Return the reliability curves of the token probability; none where there are no scores."""
    return [
        Panel(
            EVENTS[name].capitalize(), "token's probability for a dwarf", "how often it came",
            [band_of("isotonic curve and its band",
                     reliability(part["score"].to_numpy(float), yes, n, level=level, seed=seed))],
            diagonal=True,
        )
        for name, (part, yes, n) in outcomes(table).items()
    ]  # fmt: skip


def score_table(table: pd.DataFrame, seed: int, level: float = LEVEL) -> pd.DataFrame:
    """Return the Brier score and its parts, the calibration error, and what recalibration brings.

    A row for votes and truth each; every cell an Estimate.
    """
    rows = {}
    for name, (part, yes, n) in outcomes(table).items():
        score = part["score"].to_numpy(float)
        curve = reliability(score, yes, n, level=level, seed=seed)
        if len(score) >= FOLDS:
            mended = recalibrated(score, yes, n, seed=seed).round(3)
            after = reliability(mended, yes, n, level=level, seed=seed).brier
            of_words = _brier_of_words(part, yes, n, level, seed)
        else:
            after = of_words = Estimate(np.nan, np.nan, np.nan, len(score), level)
        rows[EVENTS[name]] = {
            "Brier score": curve.brier,
            "miscalibration": curve.miscalibration,
            "discrimination": curve.discrimination,
            "uncertainty": curve.uncertainty,
            "calibration error": calibration_error(score, yes, n, level=level, seed=seed),
            "Brier score, words recalibrated": of_words,
            "Brier score, recalibrated": after,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _brier_of_words(table: pd.DataFrame, yes: Ints, n: Ints, level: float, seed: int) -> Estimate:
    """Return the Brier score of the rates that answer and stated confidence had elsewhere."""
    words = table["confidence"].fillna("none").astype(str).to_numpy()
    group = pd.factorize(np.where(called_dwarf(table), "yes ", "no ") + words)[0]
    learnt = grouped(group, yes, n, seed=seed).round(3)
    return reliability(learnt, yes, n, level=level, seed=seed).brier


def surest(panels: list[Panel], share: float = 0.2) -> dict[str, Estimate]:
    """Return the risk of the surest `share` of subjects and of all, by token probability.

    Keys are ``"surest_voted"``, ``"everyone_voted"`` and the same with ``"_true"``: NaN where the
    truth is not known, or no token has a probability.
    """
    names = [f"{who}_{by}" for by in ("voted", "true") for who in ("surest", "everyone")]
    risks = dict.fromkeys(names, proportion(0, 0))
    for name, panel in zip(("voted", "true"), panels, strict=False):
        for series in panel.series:
            if isinstance(series, Dots) and series.name == BY_PROBABILITY:
                reached = [x for x in series.x if x >= share]
                risks[f"surest_{name}"] = series.estimates[list(series.x).index(reached[0])]
                risks[f"everyone_{name}"] = series.estimates[-1]
    return risks


def score_numbers(scores: pd.DataFrame) -> dict[str, Estimate]:
    """Return the numbers of `score_table` that the prose names; NaN where it has no such row."""
    names = {
        "brier": "Brier score",
        "miscalibration": "miscalibration",
        "calibration_error": "calibration error",
        "constant": "uncertainty",
        "recalibrated": "Brier score, recalibrated",
        "words_recalibrated": "Brier score, words recalibrated",
    }
    cells: dict[str, dict[str, Any]] = scores.to_dict("index")  # type: ignore[assignment]
    return {
        f"{short}_{name}": cells[row][column] if row in cells else proportion(0, 0)
        for short, row in EVENTS.items()
        for name, column in names.items()
    }
