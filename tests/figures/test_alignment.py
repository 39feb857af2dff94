import numpy as np
import pytest
from matplotlib.figure import Figure

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.datasets.origins import Origin
from secondsight.figures.alignment import (
    Series,
    describe_settings,
    draw_settings,
)
from secondsight.metrics.intervals import Estimate

SETTINGS = ("frozen", "vision", "text", "both")


def panels(count: int) -> dict[str, list[Series]]:
    numbers = [Estimate(v, v - 0.05, v + 0.05, 104) for v in (0.1, 0.5, 0.9, 1.0)]
    bare = [Estimate(v, np.nan, np.nan, 0) for v in (0.14, 0.13, 0.13, 0.13)]
    return {
        f"a measure of many words, {number}": [
            Series("published", bare, Origin.PUBLISHED),
            Series("precise", numbers, Origin.SIMULATED_SKY),
            Series("generic", numbers, Origin.SIMULATED_SKY, hollow=True),
        ]
        for number in range(count)
    }


def drawn(name: str) -> Figure:
    figure = draw_settings(panels(6 if name == "six" else 3), SETTINGS)
    for axes in figure.axes:
        axes.set_yticks([0, 0.5, 1])
    figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("name", ["three", "six"])
def test_texts_lie_in_the_canvas_read_and_do_not_overlap(theme: str, name: str) -> None:
    figure = drawn(name)
    assert outside(figure) == []
    assert faint_texts(texts(figure), theme) == []
    assert overlapping(texts(figure)) == []


def test_two_series_of_one_origin_are_told_apart() -> None:
    figure = drawn("three")
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "^"]
    assert len({line.get_markerfacecolor() for line in marks}) == 2


def test_the_words_name_panels_and_settings() -> None:
    said = describe_settings(panels(2), SETTINGS)
    assert all(name in said for name in [*panels(2), *SETTINGS])
