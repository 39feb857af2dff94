"""The ruler measured: made answerers with a known curve, put through the code of the figures."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from secondsight.dtypes import Floats
from secondsight.figures.dots import Panel, band_of, dots_of
from secondsight.metrics.bins import bin_of, bin_shares
from secondsight.metrics.calibration import reliability
from secondsight.metrics.intervals import LEVEL, Counts, Estimate, proportion
from secondsight.papers.dwarfs.phrases import CALLED, FRACTION, TENTHS, fraction
from secondsight.simulate.answerers import draw_answers, planted_rate

PLANTED = {"calibrated": (1.0, 0.0), "overconfident": (2.5, 0.0), "too eager": (1.0, 1.2)}
"""Made answerers: sharpness and shift of their log odds against the volunteers'."""


def closure(table: pd.DataFrame, seed: int, level: float = LEVEL) -> list[Panel]:
    """Return panel 2a of made answerers on the same votes, each with the curve put into it."""
    share = fraction(table)
    grid = np.linspace(0, 1, 101)
    panels = [
        Panel(
            f"Made: {name}", FRACTION, CALLED,
            [dots_of("made answerer", bin_shares(share, TENTHS, answers, level=level))],
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
    return seed * (len(PLANTED) + 1) + place
