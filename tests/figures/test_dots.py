import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.datasets.origins import Origin
from secondsight.figures.dots import Band, Dots, Panel, band_of, describe_dots, dots_of, draw_dots
from secondsight.figures.style import FAINT, SERIES
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.calibration import reliability
from secondsight.metrics.intervals import Estimate, proportion

CHANCE = np.random.default_rng(0)
SHARE = CHANCE.random(400)
CAME = CHANCE.random(400) < SHARE
TENTHS = [place / 10 for place in range(11)]
GRID = np.linspace(0, 1, 101)
BINS = bin_shares(SHARE, TENTHS, CAME)
WIDE = bin_shares(SHARE, TENTHS, CHANCE.binomial(10, SHARE), 10)

CURVE = Panel(
    "Called a dwarf", "vote fraction for a dwarf", "share called a dwarf",
    [dots_of("minivlm-4", BINS)], diagonal=True, planted=(GRID, GRID**2),
)  # fmt: skip
SPREAD = Panel(
    "Answers by votes", "vote fraction for a dwarf", "share of 10 answers: dwarf",
    [dots_of("ten answers", WIDE, spread=True), dots_of("minivlm-4", BINS)], diagonal=True,
)  # fmt: skip
LOG = Panel(
    "Distance", "distance / kpc", "share found",
    [
        Dots("minivlm-4", [30, 60, 110, 230, 410, 900, 1600], [proportion(n, 9) for n in range(7)]),
        Dots("volunteers' majority", [30, 1600], [proportion(9, 9), proportion(0, 9)]),
    ],
    x_scale="log",
)  # fmt: skip
CORP = Panel(
    "Held against votes", "token's probability for a dwarf", "how often it came",
    [band_of("isotonic curve and its band", reliability(SHARE.round(2), CAME, resamples=20))],
    diagonal=True, planted=(GRID, GRID),
)  # fmt: skip
EMPTY = Panel("Nobody", "vote fraction", "share", [Dots("minivlm-4", [], [])])
ALL = [CURVE, SPREAD, LOG, CORP]


def draw(panels: Sequence[Panel]) -> Figure:
    """Draw panels of the simulated sky, ready to be measured: what lies off an axis is hidden."""
    figure = draw_dots(panels, origin=Origin.SIMULATED_SKY)
    figure.draw_without_rendering()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                tick.label1.set_visible(low <= tick.get_loc() <= high)
    return figure


def labels(axis: Axis) -> list[Text]:
    """Return the labels that show at an axis's ticks."""
    return [label for label in axis.get_majorticklabels() if label.get_visible()]


def legend_texts(figure: Figure) -> list[str]:
    """Return what the legend of series says."""
    return [text.get_text() for text in figure.legends[0].get_texts()]


FIGURES = [[CURVE], [CURVE, SPREAD], [CURVE, SPREAD, LOG], ALL, [EMPTY], [EMPTY, CORP]]


@pytest.mark.parametrize("panels", FIGURES)
def test_every_text_lies_in_the_canvas(light: None, panels: list[Panel]) -> None:
    assert outside(draw(panels)) == []


@pytest.mark.parametrize("panels", FIGURES)
def test_texts_read_on_the_page(theme: str, panels: list[Panel]) -> None:
    assert faint_texts(texts(draw(panels)), theme) == []


@pytest.mark.parametrize("panels", FIGURES)
def test_no_two_texts_overlap(light: None, panels: list[Panel]) -> None:
    figure = draw(panels)
    shown: list[Text] = []
    for axes in figure.axes[: len(panels)]:
        headings = [text for text in texts(figure) if text.get_text() == axes.get_title(loc="left")]
        names = [axes.xaxis.label, axes.yaxis.label]
        shown += [*labels(axes.xaxis), *labels(axes.yaxis), *names, *headings]
    for legend in figure.legends:
        shown += legend.get_texts()
    assert overlapping(shown) == []


@pytest.mark.parametrize("panels", FIGURES)
def test_panels_stand_in_order_two_in_a_row(light: None, panels: list[Panel]) -> None:
    figure = draw(panels)
    headings = [axes.get_title(loc="left") for axes in figure.axes]
    assert headings[: len(panels)] == [panel.title for panel in panels]
    assert not any(axes.axison for axes in figure.axes[len(panels) :])
    assert len(figure.axes) == len(panels) + (len(panels) == 3)
    columns = {round(axes.get_position().x0, 1) for axes in figure.axes}
    assert len(columns) == min(2, len(panels))
    for axes, panel in zip(figure.axes, panels, strict=False):
        assert (axes.get_xlabel(), axes.get_ylabel()) == (panel.x, panel.y)


def errorbars(axes: Axes) -> list[np.ndarray]:
    """Return the ends of each series' intervals, shape (dots, 2)."""
    return [
        np.array([segment[:, 1] for segment in container.lines[2][0].get_segments()])
        for container in axes.containers
    ]


def test_each_estimate_is_a_dot_with_its_interval(light: None) -> None:
    axes = draw([SPREAD]).axes[0]
    for container, ends, series in zip(
        axes.containers, errorbars(axes), reversed(SPREAD.series), strict=True
    ):
        assert isinstance(series, Dots)
        dots = container.lines[0]
        assert list(dots.get_xdata()) == list(series.x)
        assert list(dots.get_ydata()) == [one.value for one in series.estimates]
        expected = [[one.low, one.high] for one in series.estimates]
        assert np.allclose(ends, expected)


def test_an_estimate_without_an_interval_is_a_dot_alone(light: None) -> None:
    bare = Estimate(0.5, np.nan, np.nan, 9)
    axes = draw([Panel("title", "x", "y", [Dots("bare", [0.2], [bare])])]).axes[0]
    assert axes.containers[0].lines[0].get_ydata().tolist() == [0.5]
    assert np.ptp(errorbars(axes)[0]) == 0


def test_series_differ_in_colour_and_shape_and_the_first_lies_on_top(light: None) -> None:
    figure = draw([SPREAD, LOG])
    for axes in figure.axes:
        drawn = [container.lines[0] for container in axes.containers]
        assert [line.get_color() for line in drawn] == [colour for _, colour in SERIES[1::-1]]
        assert len({line.get_marker() for line in drawn}) == 2


def test_dots_are_joined_unless_they_are_not_to_be(light: None) -> None:
    estimates = [proportion(1, 2), proportion(2, 2)]
    joined, loose = (Dots("name", [0, 1], estimates, joined=how) for how in (True, False))
    lines = [
        draw([Panel("title", "x", "y", [series])]).axes[0].containers[0].lines[0]
        for series in (joined, loose)
    ]
    assert [line.get_linestyle() for line in lines] == ["-", "None"]


def test_a_spread_is_a_wide_faint_bar_and_named_once(theme: str) -> None:
    figure = draw([SPREAD, CURVE])
    series = SPREAD.series[0]
    assert isinstance(series, Dots)
    bars = [line for line in figure.axes[0].lines if line.get_linewidth() == 7]
    assert [tuple(bar.get_ydata()) for bar in bars] == list(series.spread)
    assert {bar.get_color() for bar in bars} == {FAINT[theme]}
    assert not [line for line in figure.axes[1].lines if line.get_linewidth() == 7]
    assert legend_texts(figure).count("middle 80% of galaxies") == 1
    assert "middle 80% of galaxies" not in legend_texts(draw([CURVE]))


def test_the_diagonal_is_dashed_and_what_was_planted_dotted(light: None) -> None:
    curve, spread, log, _ = draw(ALL).axes
    (dotted,) = [line for line in curve.lines if line.get_linestyle() == ":"]
    assert np.array_equal(dotted.get_xydata(), np.stack([GRID, GRID**2], axis=1))
    for axes, count in ((curve, 1), (spread, 1), (log, 0)):
        assert len([line for line in axes.lines if line.get_linestyle() == "--"]) == count
    assert legend_texts(draw(ALL)).count("what was planted") == 1
    assert "what was planted" not in legend_texts(draw([SPREAD]))


def test_a_band_is_filled_around_its_curve(light: None) -> None:
    axes = draw([CORP]).axes[0]
    (band,) = CORP.series
    assert isinstance(band, Band)
    (filled,) = [patch for patch in axes.collections if isinstance(patch, PolyCollection)]
    heights = filled.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (band.low.min(), band.high.max())
    solid = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert [line.get_ydata().tolist() for line in solid] == [band.y.tolist()]


@pytest.mark.parametrize("span", [(0.4, 14.0), (1.5, 8.0), (20, 2000), (30, 95)])
def test_a_log_axis_has_plain_numbers(light: None, span: tuple[float, float]) -> None:
    dots = Dots("name", list(np.geomspace(*span, 7)), [proportion(n, 7) for n in range(7)])
    axes = draw([Panel("title", "x", "y", [dots], x_scale="log")] * 2).axes[0]
    shown = labels(axes.xaxis)
    numbers = [label.get_text() for label in shown]
    assert len(numbers) >= 2
    assert all(re.fullmatch(r"[\d.]+", number) for number in numbers)
    assert all(float(one) < float(other) for one, other in pairwise(numbers))
    assert not any(label.get_text() for label in axes.get_xticklabels(minor=True))
    assert overlapping(shown) == []


def test_axes_end_where_they_are_told_to(light: None) -> None:
    ends = {"x_range": (-0.3, 2.3), "y_range": (0.45, 1.0)}
    told, free = draw(
        [Panel("t", "x", "y", CURVE.series, **ends), Panel("t", "x", "y", [], y_range=None)]
    ).axes
    assert (told.get_xlim(), told.get_ylim()) == (ends["x_range"], ends["y_range"])
    assert free.get_ylim() == (0.0, 1.0)
    assert draw([CURVE]).axes[0].get_ylim() == (-0.02, 1.02)


def test_the_legend_names_each_series_once_and_the_origin_stands_above(light: None) -> None:
    figure = draw([CURVE, SPREAD, LOG])
    assert legend_texts(figure) == [
        "minivlm-4",
        "what was planted",
        "ten answers",
        "middle 80% of galaxies",
        "volunteers' majority",
    ]
    (legend,) = figure.legends
    assert legend.get_title().get_text() == Origin.SIMULATED_SKY.value


@pytest.mark.parametrize("panels", [[], [EMPTY], [Panel("No series", "x", "y", [])]])
def test_a_figure_of_nothing_is_a_figure(light: None, panels: list[Panel]) -> None:
    figure = draw(panels)
    assert outside(figure) == []
    assert figure.legends[0].get_title().get_text()
    assert [axes.axison for axes in figure.axes] == [True] * len(panels) or not panels


def test_empty_bins_are_left_out() -> None:
    bins = bin_shares(np.array([0.05, 0.07, 0.95]), TENTHS, np.array([1, 0, 1]))
    series = dots_of("name", bins)
    assert np.allclose(series.x, [0.06, 0.95])
    assert [one.value for one in series.estimates] == [0.5, 1.0]
    assert series.spread == ()
    assert len(dots_of("name", bins, spread=True).spread) == 2
    assert dots_of("name", bin_shares(np.array([]), TENTHS, np.array([]))).x == []


def test_a_reliability_curve_is_a_band() -> None:
    found = reliability(SHARE.round(1), CAME, resamples=5)
    band = band_of("name", found)
    for ours, theirs in (
        (band.x, found.forecast),
        (band.y, found.curve),
        (band.low, found.low),
        (band.high, found.high),
    ):
        assert np.array_equal(ours, theirs)


def test_a_figure_is_described_by_where_each_series_begins_and_ends() -> None:
    assert describe_dots([LOG]) == (
        "Distance: minivlm-4 from 0.00 to 0.67, volunteers' majority from 1.00 to 0.00."
    )
    band = Band("curve", *(np.array([0.1, 0.9]) for _ in range(4)))
    panels = [Panel("One", "x", "y", [band]), Panel("Two", "x", "y", [Dots("gone", [], [])])]
    assert describe_dots(panels) == "One: curve from 0.10 to 0.90. Two: gone, nothing to draw."


def test_where_all_series_are_too_many_to_listen_to_the_first_of_each_panel_is_described() -> None:
    said = describe_dots([LOG] * 4)
    assert said.count("minivlm-4") == 4
    assert "majority" not in said


def test_a_figure_of_nothing_says_so() -> None:
    assert describe_dots([]) == "Nothing to draw."
    assert describe_dots([Panel("One", "x", "y", [])]) == "One: nothing to draw."


def test_in_words_a_dot_that_is_not_defined_is_passed_over() -> None:
    dots = Dots("m", [0.1, 0.2, 0.3], [proportion(0, 0), proportion(1, 2), proportion(0, 0)])
    assert describe_dots([Panel("A", "x", "y", [dots])]) == "A: m from 0.50 to 0.50."


def test_the_legend_names_every_origin_once() -> None:
    made = Dots("made", [0.5], [proportion(1, 2)], origin=Origin.SIMULATED_SKY)
    panel = replace(CURVE, series=[*CURVE.series, made, made])
    figure = draw_dots([panel, CURVE], origin=Origin.REAL_SKY)
    told = figure.legends[0].get_title().get_text()
    assert told == f"{Origin.REAL_SKY.value}; {Origin.SIMULATED_SKY.value}"
