"""Numbers as the book writes them."""

import math

from secondsight.metrics.intervals import Estimate

TO = "\u00a0to\u00a0"
"""Between the ends of an interval, which never breaks over two lines."""


def share(estimate: Estimate, decimals: int = 1) -> str:
    """Return a share in per cent with its interval: ``"57.4% (53.0 to 61.7)"``."""
    if math.isnan(estimate.value):
        return "not defined"
    value, low, high = (100 * number for number in (estimate.value, estimate.low, estimate.high))
    return f"{value:.{decimals}f}% ({low:.{decimals}f}{TO}{high:.{decimals}f})"


def share_2(estimate: Estimate) -> str:
    """Return a share as `share` does, with two decimals."""
    return share(estimate, 2)


def points(estimate: Estimate) -> str:
    """Return a difference of shares in percentage points: ``"25.6 points (20.1 to 30.9)"``."""
    value, low, high = (100 * number for number in (estimate.value, estimate.low, estimate.high))
    return f"{value:.1f} points ({low:.1f}{TO}{high:.1f})"


def plain(estimate: Estimate, decimals: int = 3) -> str:
    """Return a number with its interval: ``"0.574 (0.530 to 0.617)"``."""
    if math.isnan(estimate.value):
        return "not defined"
    interval = f"{estimate.low:.{decimals}f}{TO}{estimate.high:.{decimals}f}"
    return f"{estimate.value:.{decimals}f} ({interval})"


def percent(value: float, decimals: int = 1) -> str:
    """Return a share in per cent: ``"57.4%"``."""
    return f"{100 * value:.{decimals}f}%"


def p_value(value: float) -> str:
    """Return a p value as papers write it."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
