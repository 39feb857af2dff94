import math

import pytest

from figures.look import faint_texts, outside, overlapping, texts
from secondsight.datasets import derived
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number, published_table
from secondsight.descriptions.answerers import answerers
from secondsight.descriptions.cosines import read_cosines
from secondsight.figures.scale import Row, describe_scale, draw_scale
from secondsight.figures.style import MARKS
from secondsight.metrics.intervals import Estimate
from secondsight.papers.astrollava.scale import scale_rows


@pytest.fixture
def rows() -> list[Row]:
    """The book's figure."""
    counts = published_table("galaxy10_counts").rows["images"]
    ways = answerers(read_cosines(derived.load("description_cosines").table), counts)
    bare = published_number("astrollava_cosine").bare
    return [Row("AstroLLaVA", "as printed", {"": bare}), *scale_rows(ways, 17_736)]


def test_every_text_lies_in_the_canvas_and_reads(theme: str, rows: list[Row]) -> None:
    figure = draw_scale(rows, quantity="mean cosine", origin=Origin.ELSEWHERE)
    assert outside(figure) == []
    assert faint_texts(texts(figure), theme) == []
    for axes in figure.axes:
        assert overlapping(axes.get_yticklabels()) == []


def test_published_numbers_have_their_mark_and_a_band(light: None, rows: list[Row]) -> None:
    figure = draw_scale(rows, quantity="mean cosine", origin=Origin.ELSEWHERE)
    shape, colour = MARKS[Origin.PUBLISHED]
    marks = [line for line in figure.axes[0].lines if line.get_marker() == shape]
    assert [line.get_color() for line in marks] == [colour]
    assert all(len(axes.patches) == 1 for axes in figure.axes)


def test_sets_have_no_origins_mark(light: None, rows: list[Row]) -> None:
    figure = draw_scale(rows[1:], quantity="mean cosine", origin=Origin.ELSEWHERE)
    shapes = {line.get_marker() for axes in figure.axes for line in axes.lines} - {"None", ""}
    assert len(shapes) == 4
    assert not shapes & {shape for shape, _ in MARKS.values()}
    assert not any(axes.patches for axes in figure.axes)


def test_a_long_name_is_cut_at_a_word(rows: list[Row]) -> None:
    assert max(len(row.name) for row in rows) <= 45
    assert [row.name for row in rows if row.name.endswith("…")]


def test_the_words_name_the_lowest_and_the_highest_row() -> None:
    one = Row("A", "g", {"": Estimate(0.597, math.nan, math.nan, 0)})
    two = Row("B", "g", {"x": Estimate(0.1, 0.0, 0.2, 9), "y": Estimate(0.4, 0.3, 0.5, 9)})
    assert describe_scale([one, two]) == (
        "Marks on a scale, 2 rows, by the highest mark of each from B (0.40) to A (0.60)."
    )
