import numpy as np

from figures.look import contrast, faint_texts, outside, overlapping, texts
from secondsight.figures.confusion import draw_confusion
from secondsight.figures.style import INK, themed
from secondsight.metrics.confusion import Confusion


def test_every_text_lies_in_the_canvas(light: None, confusion: Confusion) -> None:
    assert outside(draw_confusion(confusion)) == []


def test_numbers_read_in_their_cells(light: None, confusion: Confusion) -> None:
    axes = draw_confusion(confusion).axes[0]
    cells = np.asarray(axes.collections[0].get_facecolor())
    assert len(axes.texts) == len(cells) == confusion.counts.size
    for text, cell in zip(axes.texts, cells, strict=True):
        assert contrast(text.get_color(), cell) >= 3, text.get_text()


def test_on_a_dark_page_all_digits_are_light_and_read_well(confusion: Confusion) -> None:
    with themed("dark"):
        axes = draw_confusion(confusion).axes[0]
    for text, cell in zip(axes.texts, axes.collections[0].get_facecolor(), strict=True):
        assert text.get_color() == INK["dark"]
        assert contrast(text.get_color(), cell) >= 4.5, text.get_text()


def test_names_read_on_the_page(theme: str, confusion: Confusion) -> None:
    figure = draw_confusion(confusion)
    figure.draw_without_rendering()
    names = [text for text in texts(figure) if text not in figure.axes[0].texts]
    assert len(names) >= 2 * len(confusion.categories) + 2
    assert faint_texts(names, theme) == []


def test_numbers_stay_in_their_cells(light: None, confusion: Confusion) -> None:
    figure = draw_confusion(confusion)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    width = axes.bbox.width / confusion.counts.shape[1]
    height = axes.bbox.height / confusion.counts.shape[0]
    for text in axes.texts:
        box = text.get_window_extent()
        assert box.width <= width, text.get_text()
        assert box.height <= height, text.get_text()


def test_no_two_names_of_rows_overlap(light: None, confusion: Confusion) -> None:
    figure = draw_confusion(confusion)
    figure.draw_without_rendering()
    assert overlapping(figure.axes[0].get_yticklabels()) == []


def test_cells_hold_counts_and_shares_of_the_row() -> None:
    figure = draw_confusion(Confusion(np.array([[1500, 500], [0, 0]]), ["A", "B"], []))
    written = [text.get_text() for text in figure.axes[0].texts]
    assert written == ["1,500\n75%", "500\n25%", "0\n0%", "0\n0%"]


def test_rows_are_true_and_columns_are_answers() -> None:
    figure = draw_confusion(
        Confusion(np.array([[3, 1, 2], [0, 2, 0]]), ["A", "B"], ["refused"]), truth="true class"
    )
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["A", "B", "refused"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("answer", "true class")


def test_long_names_are_broken_before_their_last_word(light: None) -> None:
    names = ["in-between elliptical", "round"]
    figure = draw_confusion(Confusion(np.array([[3, 1], [0, 2]]), names, []))
    written = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert written == ["in-between\nelliptical", "round"]
