"""Every kind of figure, drawn for a phone."""

from collections.abc import Callable

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from figures.look import outside, overlapping, texts
from secondsight.datasets.origins import Origin
from secondsight.figures.alignment import Series, draw_settings
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.cost import Priced, draw_cost
from secondsight.figures.dots import Dots, Panel, draw_dots
from secondsight.figures.estimates import Line, draw_estimates
from secondsight.figures.gallery import draw_gallery
from secondsight.figures.grid import Side, draw_grid
from secondsight.figures.pairs import draw_outcomes
from secondsight.figures.scale import Row, draw_scale
from secondsight.figures.steps import Step, draw_steps
from secondsight.figures.style import is_narrow, themed
from secondsight.figures.subject import draw_subject
from secondsight.figures.training import draw_losses
from secondsight.figures.votes import draw_votes
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import proportion
from secondsight.simulate.campaign import scene

PHONE = 358
"""CSS pixels that a phone of 390 leaves for a figure."""
LEAST = 9
"""CSS pixels of the smallest letters."""
PIXELS = 96 / 72
"""CSS pixels a point."""
HERE, THERE = Origin.SIMULATED_SKY, Origin.ELSEWHERE
LONG = "candidates that got the same answer every time"
SHARE = proportion(30, 100)
MANY = [f"{kind} elliptical" for kind in ("round", "in-between", "cigar-shaped")] + ["edge-on"]


def estimates() -> Figure:
    lines = [Line(LONG, SHARE, origin, group) for origin in Origin for group in ("one", LONG * 2)]
    return draw_estimates(lines, quantity=LONG * 2, reference=0.4, note="half of them")


def steps() -> Figure:
    rows = [Step(LONG[:30], SHARE, proportion(90, 100), "asked by a prompt, shown no example")] * 3
    return draw_steps(rows, names=("apart", "as one"), quantity=LONG * 2, origin=THERE)


def scale() -> Figure:
    rows = [Row(LONG, "one", {"label": SHARE, "sentence": SHARE}), Row("x", "two", {"": SHARE})]
    return draw_scale(rows, quantity="mean cosine with the reference", origin=HERE)


def dots() -> Figure:
    series = [Dots(LONG, (0.1, 0.9), (SHARE, SHARE), ((0.1, 0.6), (0.2, 0.7)))]
    return draw_dots([Panel("Called a dwarf", "votes", "share", series)] * 3, origin=HERE)


def settings() -> Figure:
    some = [Series(f"recorded here: {kind} captions", [SHARE] * 4, HERE) for kind in "ab"]
    return draw_settings(
        {"mean cosine of image and text": some}, ("none", "vision", "text", "both")
    )


def confusion() -> Figure:
    counts = np.full((8, 10), 1234)
    return draw_confusion(Confusion(counts, MANY * 2, ["refused", "unparseable"]))


def small_confusion() -> Figure:
    return draw_confusion(
        Confusion(np.full((4, 4), 1234), ["round", "cigar", "edge-on", "spiral"], [])
    )


def cost() -> Figure:
    points = [Priced(name, usd, SHARE, is_front=True) for name, usd in (("mini", 1), ("large", 40))]
    return draw_cost(points, origin=THERE, cost="USD for a thousand descriptions", quantity="share")


def gallery() -> Figure:
    return draw_gallery([("round", [np.zeros((64, 64), np.uint8)] * 8)] * 2)


def grid() -> Figure:
    table = tuple(tuple(SHARE for _ in range(6)) for _ in range(6))
    side = Side("distance / kpc", ["20", "30", "46", "71", "108", "165", "251"])
    return draw_grid({"model": table, "volunteers' majority": table}, side, side, least=10)


def outcomes() -> Figure:
    columns = ["both right", "only one", "only other", "both wrong, same", "both wrong, different"]
    return draw_outcomes(pd.DataFrame(0.2, index=[*MANY, LONG], columns=columns))


def losses() -> Figure:
    lines = {f"{name} {LONG[:20]}": ([1, 2, 3], [3, 2, 1]) for name in "abcde"}
    return draw_losses(lines, step="steps")


def votes() -> Figure:
    subjects = pd.DataFrame({"label": ["0", "1"], "yes": [0, 25]})
    return draw_votes(subjects, [(0, 0.5), (0.5, 1)], [SHARE, SHARE])


def subject() -> Figure:
    return draw_subject(scene("subject-00001"))


DRAWN = [
    estimates, steps, scale, dots, settings, confusion, small_confusion, cost, gallery,
    grid, outcomes, losses, votes, subject,
]  # fmt: skip


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
