"""Every kind of figure, drawn for a phone."""

from collections.abc import Callable

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from figures.look import outside, overlapping, texts
from figures.samples import DRAWN, dots, estimates, gallery, outcomes, settings, steps
from secondsight.figures.style import is_narrow, themed

PHONE = 358
"""CSS pixels that a phone of 390 leaves for a figure."""
LEAST = 9
"""CSS pixels of the smallest letters."""
PIXELS = 96 / 72
"""CSS pixels a point."""


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_a_phone_shows_a_figure_whole_and_its_letters_large_enough(
    draw: Callable[[], Figure],
) -> None:
    mpl.use("Agg")
    with themed("light", "narrow"):
        figure = draw()
        assert outside(figure) == []
        assert figure.get_figwidth() * 96 <= PHONE / 0.95
        sizes = [text.get_fontsize() for text in texts(figure)]
        shrunk = min(1, PHONE / (figure.get_figwidth() * 96))
        assert min(sizes) * PIXELS * shrunk >= LEAST
    plt.close(figure)


@pytest.mark.parametrize(
    "draw", [estimates, steps, outcomes, dots, settings], ids=lambda d: d.__name__
)
def test_no_letters_cover_others_on_a_phone(draw: Callable[[], Figure]) -> None:
    mpl.use("Agg")
    with themed("light", "narrow"):
        figure = draw()
        figure.draw_without_rendering()
        assert overlapping(texts(figure)) == []
    plt.close(figure)


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_a_galaxy_is_at_least_a_hundred_pixels_wide(width: str) -> None:
    mpl.use("Agg")
    with themed("light", width):  # type: ignore[arg-type]
        figure = gallery()
        figure.draw_without_rendering()
        panels = [axes.get_window_extent().width / figure.dpi * 96 for axes in figure.axes]
    plt.close(figure)
    assert min(panels) >= 100


def test_a_figure_is_wide_unless_it_is_asked_for_narrow() -> None:
    assert not is_narrow()
    with themed("dark", "narrow"):
        assert is_narrow()
        with themed("light"):
            assert not is_narrow()
    assert not is_narrow()
