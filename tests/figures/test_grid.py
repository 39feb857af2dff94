import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.look import contrast, faint_texts, outside, overlapping, texts
from secondsight.figures.grid import MAP, NUMBERS, Side, describe_grid, draw_grid
from secondsight.metrics.cells import Table
from secondsight.metrics.intervals import proportion

LEAST = 10
ROWS = Side("absolute magnitude $M_V$", ["−7.5", "−5", "−2", "0"], "magnitude {}")  # noqa: RUF001
COLUMNS = Side("distance / kpc", ["20", "46", "108", "251"], "{} kpc")


def table(counts: list[list[tuple[int, int]]]) -> Table:
    return tuple(tuple(proportion(*one) for one in row) for row in counts)


MODEL = table(
    [
        [(1, 1), (9, 9), (90, 100)],
        [(0, 0), (700, 1000), (40, 100)],
        [(20, 20), (5, 10), (0, 30)],
    ]
)
CROWD = table(
    [
        [(1, 1), (9, 9), (95, 100)],
        [(0, 0), (300, 1000), (45, 100)],
        [(19, 20), (4, 10), (0, 30)],
    ]
)
PANELS = {"minivlm-4": MODEL, "volunteers' majority": CROWD}


def drawn() -> Figure:
    figure = draw_grid(PANELS, ROWS, COLUMNS, least=LEAST)
    figure.draw_without_rendering()
    return figure


def full_size() -> Figure:
    """Return a figure with as many cells as the book's, and the widest numbers."""
    full = tuple(tuple(proportion(2600, 2600) for _ in range(6)) for _ in range(6))
    rows = Side(ROWS.name, ["−7.5", "−5", "−4", "−3", "−2", "−1", "0"])  # noqa: RUF001
    columns = Side(COLUMNS.name, ["20", "30", "46", "71", "108", "165", "251"])
    return draw_grid(dict.fromkeys(PANELS, full), rows, columns, least=LEAST)


def cells(figure: Figure, panel: int) -> list[Rectangle]:
    return [patch for patch in figure.axes[panel].patches if isinstance(patch, Rectangle)]


def test_every_text_lies_in_the_canvas(light: None) -> None:
    assert outside(drawn()) == []
    assert outside(full_size()) == []


def test_no_two_texts_overlap(light: None) -> None:
    figure = full_size()
    figure.draw_without_rendering()
    assert len(texts(figure)) > 100
    assert overlapping(texts(figure)) == []


def test_numbers_stay_in_their_cells(light: None) -> None:
    figure = full_size()
    figure.draw_without_rendering()
    for panel in (0, 1):
        for text, cell in zip(figure.axes[panel].texts, cells(figure, panel), strict=True):
            inner, outer = text.get_window_extent(), cell.get_window_extent()
            assert outer.x0 <= inner.x0 <= inner.x1 <= outer.x1
            assert outer.y0 <= inner.y0 <= inner.y1 <= outer.y1


def test_texts_read_on_the_page_and_in_their_cells(theme: str) -> None:
    figure = drawn()
    on_cells = []
    for panel in (0, 1):
        for text, cell in zip(figure.axes[panel].texts, cells(figure, panel), strict=True):
            if cell.get_fill():
                assert contrast(text.get_color(), cell.get_facecolor()) >= 4.5
                on_cells.append(text)
    assert len(on_cells) == 12
    rest = [text for text in texts(figure) if text not in on_cells]
    assert faint_texts(rest, theme) == []


def test_one_of_the_two_inks_reads_on_every_colour_of_the_map() -> None:
    for colour in mpl.colormaps[MAP](np.linspace(0, 1, 256)):
        assert max(contrast(number, colour) for number in NUMBERS) >= 4.5


def test_cells_hold_the_share_and_the_number_and_sparse_ones_only_the_number(light: None) -> None:
    written = [text.get_text() for text in drawn().axes[0].texts]
    assert written == [
        "1", "9", "90%\n100", "0", "70%\n1,000", "40%\n100", "100%\n20", "50%\n10", "0%\n30",
    ]  # fmt: skip


def test_sparse_cells_are_hatched_and_have_no_colour(light: None) -> None:
    found = cells(drawn(), 0)
    assert [cell.get_hatch() is not None for cell in found] == [
        True, True, False, True, *[False] * 5,
    ]  # fmt: skip
    assert [cell.get_fill() for cell in found] == [cell.get_hatch() is None for cell in found]


def test_both_panels_share_one_scale_of_colours(light: None) -> None:
    figure = drawn()
    left, right = cells(figure, 0)[-1], cells(figure, 1)[-1]
    assert left.get_facecolor() == right.get_facecolor()
    *_, bar = figure.axes
    assert bar.get_xlim() == (0, 1)
    assert len(figure.axes) == 3


def test_the_brightest_row_is_at_the_top_and_the_nearest_column_at_the_left(light: None) -> None:
    axes = drawn().axes[0]
    first, *_, last = (text.get_window_extent() for text in axes.texts)
    assert first.y0 > last.y1
    assert first.x1 < last.x0
    assert [tick.get_text() for tick in axes.get_yticklabels()] == list(ROWS.ends)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == list(COLUMNS.ends)


def test_the_line_parts_neighbours_on_either_side_of_one_half(light: None) -> None:
    def lines(panel: int) -> set[tuple[tuple[float, float], ...]]:
        (found,) = (
            one for one in figure.axes[panel].collections if isinstance(one, LineCollection)
        )
        return {tuple(map(tuple, part.tolist())) for part in found.get_segments()}

    figure = drawn()
    # One half itself counts as found; hatched cells have no side.
    assert lines(0) == {((2, 1), (2, 2)), ((2, 2), (2, 3)), ((2, 1), (3, 1))}
    assert lines(1) == {((1, 2), (1, 3)), ((2, 1), (3, 1))}


def test_a_grid_without_galaxies_is_hatched_throughout(light: None) -> None:
    none = table([[(0, 0)] * 3] * 3)
    figure = draw_grid({"m": none}, ROWS, COLUMNS, least=LEAST)
    figure.draw_without_rendering()
    assert not any(cell.get_fill() for cell in cells(figure, 0))
    assert describe_grid({"m": none}, ROWS, COLUMNS, least=LEAST) == (
        "Grids of absolute magnitude M_V against distance / kpc. m: no cell has 10 galaxies."
    )


def test_it_is_described_in_words() -> None:
    said = describe_grid({"m": MODEL}, ROWS, COLUMNS, least=LEAST)
    assert said == (
        "Grids of absolute magnitude M_V against distance / kpc. m: half or more are found in 4 "
        "of 6 cells; fewest, 0%, at magnitude −2 to 0, 108 to 251 kpc."  # noqa: RUF001
    )


@pytest.mark.parametrize(("place", "said"), [(0, "20 to 46 kpc"), (2, "108 to 251 kpc")])
def test_a_column_has_its_ends_as_a_name(place: int, said: str) -> None:
    assert COLUMNS.between(place) == said
