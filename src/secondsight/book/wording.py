"""Numbers as the book writes them."""

import math
from functools import singledispatch

from secondsight.metrics.intervals import PERCENT, POINTS, Estimate, PValue, Unit

TO = "\u00a0to\u00a0"
"""Between the ends of an interval, which never breaks over two lines."""
SMALL = 2
"""Below so many percentage points a difference keeps its decimals."""


@singledispatch
def written(number: Estimate | float) -> str:
    """Return a number as it stands in a sentence.

    An estimate is written in its own unit, with its interval: ``"57.4% (53.0 to 61.7)"``, ``"25.6
    points (20.1 to 30.9)"`` or ``"0.574 (0.530 to 0.617)"``; a p value as papers write it; a count
    with commas.
    """
    return f"{number:,}"


@written.register
def _(number: PValue) -> str:
    return "p < 0.001" if number < 0.001 else f"p = {number:.3f}"


@written.register
def _(number: Estimate) -> str:
    if math.isnan(number.value):
        return "not defined"
    unit = number.unit
    value = f"{_rounded(number.value, unit, unit.decimals)}{unit.name}"
    if math.isnan(number.low):
        return value
    decimals = unit.decimals if unit.of_ends is None else unit.of_ends
    low, high = (_rounded(end, unit, decimals) for end in (number.low, number.high))
    return f"{value} ({low}{TO}{high})"


def rounded(number: Estimate | float) -> str:
    """Return a number as a sentence says it: ``"57%"``, ``"26 points"``, ``"0.57"``.

    A number without an interval keeps its decimals: nothing behind it would tell them. So does a
    small difference: half a point is neither none nor one.
    """
    if not isinstance(number, Estimate) or math.isnan(number.low):
        return written(number)
    unit = number.unit
    is_small = unit.name == POINTS.name and abs(unit.scale * number.value) < SMALL
    return _rounded(number.value, unit, max(0, unit.decimals - (not is_small))) + unit.name


def percent(value: float, decimals: int = 1) -> str:
    """Return a share in per cent: ``"57.4%"``."""
    return f"{_rounded(value, PERCENT, decimals)}%"


def _rounded(value: float, unit: Unit, decimals: int) -> str:
    return f"{unit.scale * value:{unit.plus}z.{decimals}f}"
