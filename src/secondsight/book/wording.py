"""Numbers as the book writes them."""

import math

from secondsight.metrics.intervals import Estimate

TO = "\u00a0to\u00a0"
"""Between the ends of an interval, which never breaks over two lines."""


def share(estimate: Estimate, decimals: int = 1) -> str:
    """Return a share in per cent with its interval: ``"57.4% (53.0 to 61.7)"``."""
    return _with_interval(estimate, 100, decimals, "%")


def share_2(estimate: Estimate) -> str:
    """Return a share as `share` does, with two decimals."""
    return share(estimate, 2)


def points(estimate: Estimate) -> str:
    """Return a difference of shares in percentage points: ``"25.6 points (20.1 to 30.9)"``."""
    return _with_interval(estimate, 100, 1, " points")


def plain(estimate: Estimate, decimals: int = 3) -> str:
    """Return a number with its interval: ``"0.574 (0.530 to 0.617)"``."""
    return _with_interval(estimate, 1, decimals, "")


def percent(value: float, decimals: int = 1) -> str:
    """Return a share in per cent: ``"57.4%"``."""
    return f"{100 * value:z.{decimals}f}%"


def p_value(value: float) -> str:
    """Return a p value as papers write it."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _with_interval(estimate: Estimate, scale: float, decimals: int, unit: str) -> str:
    if math.isnan(estimate.value):
        return "not defined"
    numbers = (estimate.value, estimate.low, estimate.high)
    value, low, high = (f"{scale * number:z.{decimals}f}" for number in numbers)
    return f"{value}{unit}" if math.isnan(estimate.low) else f"{value}{unit} ({low}{TO}{high})"
