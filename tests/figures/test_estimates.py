import numpy as np
import pytest
from matplotlib.lines import Line2D

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number
from secondsight.figures.estimates import PLAIN, Line, describe_estimates, draw_estimates
from secondsight.figures.style import MARKS
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import Estimate, proportion
from secondsight.metrics.merging import merge
from secondsight.metrics.scores import accuracy

BARE = published_number("cnn_lsbg_accuracy").bare
LINES = [
    Line("supervised CNN, printed", BARE, Origin.PUBLISHED),
    Line("LLaVA-NeXT, recomputed", proportion(287, 500), Origin.ELSEWHERE),
    Line('always "LSBG"', proportion(264, 500), Origin.ELSEWHERE),
]


@pytest.fixture
def lines(matrices: dict[str, Confusion]) -> list[Line]:
    """The book's longest figure: each matrix of four classes, as it is and with a pair merged."""
    return [
        Line(how, accuracy(counts), Origin.ELSEWHERE, f"{name}, {counts.n:,} galaxies")
        for name in ("gpt-4o-mini, four", "qwen-vl, four", "llava_morphology")
        for how, counts in [
            ("four classes", matrices[name]),
            ("pair merged", merge(matrices[name], (1, 2))),
        ]
    ]


def test_every_text_lies_in_the_canvas(light: None, lines: list[Line]) -> None:
    figure = draw_estimates(lines, quantity="accuracy", reference=0.5, note="half of the errors")
    assert outside(figure) == []
    assert outside(draw_estimates(LINES, quantity="accuracy")) == []


def test_a_number_that_is_not_defined_is_called_so() -> None:
    lines = [*LINES, Line("nobody", proportion(0, 0), Origin.ELSEWHERE)]
    assert "nobody" not in describe_estimates(lines)
    assert describe_estimates(lines[-1:]).endswith("nothing to draw.")
    draw_estimates(lines[-1:], quantity="accuracy")
    shown = [text.get_text() for text in texts(draw_estimates(lines, quantity="accuracy"))]
    assert "not defined" in shown


def test_texts_read_on_the_page(theme: str, lines: list[Line]) -> None:
    figure = draw_estimates(lines, quantity="accuracy", reference=0.5, note="half of the errors")
    figure.draw_without_rendering()
    assert faint_texts(texts(figure), theme) == []


def test_no_two_texts_of_a_panel_overlap(light: None, lines: list[Line]) -> None:
    figure = draw_estimates(lines, quantity="accuracy")
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert overlapping([*axes.get_yticklabels(), *axes.texts]) == []


def test_groups_are_panels_in_order(light: None, lines: list[Line]) -> None:
    figure = draw_estimates(lines, quantity="accuracy")
    headings = [axes.get_title(loc="left") for axes in figure.axes]
    assert headings == list(dict.fromkeys(line.group for line in lines))


def test_each_line_is_a_dot_an_interval_and_a_number(light: None) -> None:
    axes = draw_estimates(LINES, quantity="accuracy").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [line.name for line in LINES]
    assert [text.get_text() for text in axes.texts] == ["92.0%", "57.4%", "52.8%"]
    for line, drawn in zip(LINES, axes.containers, strict=True):
        dot, _, (interval,) = drawn.lines
        estimate = line.estimate
        assert list(dot.get_xdata()) == [estimate.value]
        bare = (estimate.value, estimate.value)
        ends = bare if line is LINES[0] else (estimate.low, estimate.high)
        assert interval.get_segments()[0][:, 0] == pytest.approx(ends)


def test_a_score_is_written_as_a_number(light: None) -> None:
    axes = draw_estimates(LINES, quantity="F1", form=PLAIN).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.92", "0.57", "0.53"]
    axes.figure.draw_without_rendering()
    assert not any("%" in label.get_text() for label in axes.get_xticklabels())
    assert describe_estimates(LINES, PLAIN).endswith("(0.92).")


def test_the_first_line_stands_at_the_top(light: None) -> None:
    axes = draw_estimates(LINES, quantity="accuracy").axes[0]
    bottom, top = axes.get_ylim()
    assert top < 0 < len(LINES) - 1 < bottom


def test_a_number_without_an_interval_is_a_dot_alone(light: None) -> None:
    (drawn,) = draw_estimates(LINES[:1], quantity="accuracy").axes[0].containers
    dot, _, (interval,) = drawn.lines
    assert np.ptp(interval.get_segments()[0][:, 0]) == 0
    assert list(dot.get_xdata()) == [0.92]


def test_a_mark_tells_the_origin_and_the_legend_explains_it(light: None) -> None:
    lines = [Line(origin.value, Estimate(0.5, 0.4, 0.6, 9), origin) for origin in Origin]
    figure = draw_estimates(lines, quantity="accuracy")
    dots = figure.axes[0].lines
    assert [dot.get_marker() for dot in dots] == [MARKS[origin][0] for origin in Origin]
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == [origin.value for origin in Origin]
    handles = [handle for handle in legend.legend_handles if isinstance(handle, Line2D)]
    assert [handle.get_marker() for handle in handles] == [MARKS[origin][0] for origin in Origin]
    assert outside(figure) == []


def test_the_legend_names_no_origin_that_is_absent(light: None) -> None:
    legend = draw_estimates(LINES[1:], quantity="accuracy").legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["recorded elsewhere"]


def test_the_reference_crosses_every_panel(light: None, lines: list[Line]) -> None:
    figure = draw_estimates(lines, quantity="accuracy", reference=0.25)
    for axes in figure.axes:
        dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
        assert [list(line.get_xdata()) for line in dashed] == [[0.25, 0.25]]


def test_a_long_name_of_the_axis_stays_within_the_figure(light: None) -> None:
    long = "swaps of cigar-shaped and edge-on, as a share of the errors between all the four shapes"
    assert (
        outside(draw_estimates([Line("a", proportion(1, 2), Origin.REAL_SKY)], quantity=long)) == []
    )
