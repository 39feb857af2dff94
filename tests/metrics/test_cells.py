import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.metrics.cells import cell_shares, cells_of
from secondsight.metrics.intervals import proportion

ROWS, COLUMNS = (-3.0, -1.0, 0.0), (10.0, 20.0, 40.0, 80.0)
# Magnitude, distance, found by the first, found by the second.
BY_HAND = np.array(
    [
        (-3.0, 10.0, 1, 1),
        (-2.0, 19.9, 0, 1),
        (-1.1, 80.0, 1, 0),
        (-1.0, 20.0, 1, 0),
        (0.0, 39.0, 0, 0),
        (-0.5, 20.0, 1, 0),
        (np.nan, 20.0, 1, 1),
        (-0.5, np.nan, 1, 1),
        (-3.1, 20.0, 1, 1),
        (0.1, 20.0, 1, 1),
        (-0.5, 9.9, 1, 1),
        (-0.5, 80.1, 1, 1),
    ]
)
MAGNITUDE, DISTANCE, FIRST, SECOND = BY_HAND.T


def test_a_table_made_by_hand() -> None:
    cells = cells_of(MAGNITUDE, DISTANCE, ROWS, COLUMNS)
    shares = cell_shares(cells, FIRST)
    assert shares[0][0] == proportion(1, 2)
    assert shares[0][2] == proportion(1, 1)
    assert shares[1][1] == proportion(2, 3)
    assert [[one.n for one in row] for row in shares] == [[2, 0, 1], [0, 3, 0]]
    assert np.isnan(shares[0][1].value)


def test_a_galaxy_in_no_row_is_in_no_column() -> None:
    cells = cells_of(MAGNITUDE, DISTANCE, ROWS, COLUMNS)
    assert cells.rows.tolist() == [0, 0, 0, 1, 1, 1, *[-1] * 6]
    assert cells.columns.tolist() == [0, 0, 2, 1, 1, 1, *[-1] * 6]


@given(
    st.lists(st.tuples(st.floats(-4, 1), st.floats(0, 100), st.booleans()), max_size=60),
    st.floats(0.5, 0.99),
)
def test_counts_add_up_to_all_that_lie_within_the_ends(
    found: list[tuple[float, float, bool]], level: float
) -> None:
    down, across, came = np.array(found, float).reshape(-1, 3).T
    inside = (down >= -3) & (down <= 0) & (across >= 10) & (across <= 80)
    shares = cell_shares(cells_of(down, across, ROWS, COLUMNS), came, level)
    every = [one for row in shares for one in row]
    assert sum(one.n for one in every) == inside.sum()
    successes = sum(round(one.value * one.n) for one in every if one.n)
    assert successes == came[inside].sum()
    assert {one.level for one in every} == {level}
    assert {one.method for one in every} == {"Wilson"}


def test_without_galaxies_every_cell_is_empty() -> None:
    none = np.array([])
    cells = cells_of(none, none, ROWS, COLUMNS)
    table = cell_shares(cells, none)
    assert [[one.n for one in row] for row in table] == [[0, 0, 0], [0, 0, 0]]
    assert all(np.isnan(one.value) for row in table for one in row)


@pytest.mark.parametrize("ends", [[0.0], [0.0, 0.5, 0.5]])
def test_cells_that_are_none(ends: list[float]) -> None:
    with pytest.raises(ValueError, match="must increase"):
        cells_of(MAGNITUDE, DISTANCE, ends, COLUMNS)
    with pytest.raises(ValueError, match="must increase"):
        cells_of(MAGNITUDE, DISTANCE, ROWS, ends)


def test_arrays_of_different_length() -> None:
    with pytest.raises(ValueError, match="3 and 2 values"):
        cells_of(np.zeros(3), np.zeros(2), ROWS, COLUMNS)
