"""The ways to answer that take no model, as rows of a scale."""

from collections.abc import Sequence
from textwrap import shorten

from secondsight.descriptions.answerers import Answerer
from secondsight.figures.scale import Row
from secondsight.metrics.intervals import LEVEL

LONGEST = 45
"""Letters of a row's name."""


def scale_rows(ways: Sequence[Answerer], n: int, level: float = LEVEL) -> list[Row]:
    """Return a row for each answerer, with the intervals that `n` images give its scores."""
    return [
        Row(
            shorten(way.name, LONGEST, placeholder="…"),
            way.group,
            {name: spread.estimate(n, level) for name, spread in way.scores.items()},
        )
        for way in ways
    ]
