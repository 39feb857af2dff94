"""The ruler measured: made answerers with a known curve, put through the code of the figures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from secondsight.datasets.origins import Origin
from secondsight.dtypes import Floats
from secondsight.figures.dots import Dots, Panel, band_of, dots_of
from secondsight.metrics.bins import bin_of, bin_shares
from secondsight.metrics.calibration import reliability
from secondsight.metrics.intervals import LEVEL, Counts, Estimate, proportion
from secondsight.papers.dwarfs.campaign import CONFIDENCES
from secondsight.papers.dwarfs.phrases import CALLED, FRACTION, TENTHS, fraction
from secondsight.simulate.answerers import draw_answers, planted_rate

PLANTED = {"calibrated": (1.0, 0.0), "overconfident": (2.5, 0.0), "too eager": (1.0, 1.2)}
"""Made answerers: sharpness and shift of their log odds against the volunteers'."""

FOLLOWER, BLIND = "artificial: follows the votes", "artificial: one rate for all"
SURE = (0.5, 0.8)
"""How probable its own answer must be for the follower to be of medium and of high confidence."""


def follower(table: pd.DataFrame, seed: int, repeats: int = 1) -> pd.DataFrame:
    """Return made answers that follow the crowd: "dwarf" as often as the volunteers of a subject.

    `table` has `yes` and `votes`; what is returned has the columns of answers in their place, as
    `campaign.answered` gives them: `called`, `answers`, `unread`, `confidence` (how sure it is of
    its first answer, by the rate that it was drawn with) and no `score`.
    """
    rate = planted_rate(fraction(table))
    called = draw_answers(rate, repeats, _seed(seed, 0))
    sure = np.where(called > 0, rate, 1 - rate)
    words = np.array(CONFIDENCES, object)[np.digitize(sure, SURE)]
    return table.assign(called=called, answers=repeats, unread=0, confidence=words, score=np.nan)


def blind(table: pd.DataFrame, rate: float, seed: int) -> pd.DataFrame:
    """Return made answers that do not look: "dwarf" at one rate for all, as `follower` has them."""
    called = draw_answers(np.full(len(table), rate), 1, _seed(seed, len(PLANTED) + 1))
    return table.assign(called=called, answers=1, unread=0, confidence=None, score=np.nan)


def beside(panels: Sequence[Panel], *made: Sequence[Panel]) -> list[Panel]:
    """Return panels with the dots of made answerers' in each, marked as simulated."""
    return [
        replace(
            panel,
            series=[*panel.series, *(dots for each in others for dots in _marked(each).series)],
        )
        for panel, *others in zip(panels, *made, strict=True)
    ]


def below(panels: Sequence[Panel], made: Sequence[Panel]) -> list[Panel]:
    """Return panels and after them those of a made answerer, whose titles say so."""
    return [*panels, *map(_titled, made)]


def _titled(panel: Panel) -> Panel:
    title = f"Artificial: {panel.title[:1].lower()}{panel.title[1:]}"
    return replace(_marked(panel), title=title)


def _marked(panel: Panel) -> Panel:
    series = [
        replace(dots, origin=Origin.SIMULATED_SKY) if isinstance(dots, Dots) else dots
        for dots in panel.series
    ]
    return replace(panel, series=series)


def closure(table: pd.DataFrame, seed: int, level: float = LEVEL) -> list[Panel]:
    """Return panel 2a of made answerers on the same votes, each with the curve put into it."""
    share = fraction(table)
    grid = np.linspace(0, 1, 101)
    panels = [
        Panel(
            f"Artificial: {name}", FRACTION, CALLED,
            [dots_of("artificial answerer", bin_shares(share, TENTHS, answers, level=level))],
            diagonal=True, planted=(grid, planted_rate(grid, *PLANTED[name])),
        )
        for name, _, answers in _made(share, seed)
    ]  # fmt: skip
    rate = planted_rate(share)
    bold = planted_rate(rate, 2.5).round(3)
    came = draw_answers(rate, 1, _seed(seed, len(PLANTED)))
    curve = reliability(bold, came, level=level, seed=seed)
    panels.append(
        Panel(
            "An artificial score, overconfident", "stated probability", "how often it came",
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
    place = bin_of(share, TENTHS)
    inside = bins = 0
    for _, rate, answers in _made(share, seed):
        for number, each in enumerate(bin_shares(share, TENTHS, answers, level=level)):
            if each.share.n:
                inside += each.share.low <= rate[place == number].mean() <= each.share.high
                bins += 1
    return proportion(int(inside), bins, level)


def _made(share: Floats, seed: int) -> Iterator[tuple[str, Floats, Counts]]:
    """Yield each made answerer: its name, its rate on each subject, and what it answered."""
    for place, (name, shape) in enumerate(PLANTED.items()):
        rate = planted_rate(share, *shape)
        yield name, rate, draw_answers(rate, 1, _seed(seed, place))


def _seed(seed: int, place: int) -> int:
    """Return a seed of its own for each made answerer."""
    return seed * (len(PLANTED) + 2) + place
