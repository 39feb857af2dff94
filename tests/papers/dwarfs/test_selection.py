from typing import Any

import numpy as np
import pandas as pd
import pytest

from papers.dwarfs.made_campaign import answers
from secondsight.metrics.cells import Table
from secondsight.metrics.intervals import Estimate, proportion
from secondsight.papers.dwarfs import phrases, selection
from secondsight.papers.dwarfs.selection import M_V, MODULI
from secondsight.simulate.skies import find_sky

N = 3000


@pytest.fixture
def table() -> pd.DataFrame:
    """Dwarfs over the whole grid, and a few that were not put there."""
    chance = np.random.default_rng(3)
    kinds = np.where(np.arange(N) % 10 == 0, "known dwarf", "simulated dwarf")
    m_v = M_V[0] * chance.random(N) ** 1.5
    return answers(
        chance.integers(0, 26, N).tolist(), chance.integers(0, 2, N).tolist(), kind=kinds,
        m_v=m_v, distance_modulus=chance.uniform(16.5, 22, N), answers=np.arange(N) % 50 > 0,
    )  # fmt: skip


@pytest.fixture
def empty() -> pd.DataFrame:
    """The dwarfs of a campaign of which nobody knows the truth."""
    return selection.added(answers([3, 20], [1, 0], kind=pd.Series([None, None], dtype=object)))


def flat(shares: Table) -> list[Estimate]:
    return [one for row in shares for one in row]


def test_only_simulated_dwarfs_with_an_answer_are_kept(table: pd.DataFrame) -> None:
    added = selection.added(table)
    assert set(added["kind"]) == {"simulated dwarf"}
    assert (added["answers"] > 0).all()
    assert len(added) == sum(n % 10 > 0 and n % 50 > 0 for n in range(N))


def test_every_dwarf_is_in_a_cell_of_both_grids(table: pd.DataFrame) -> None:
    added = selection.added(table)
    grid = selection.recovery_grid(added, "m")
    assert list(grid) == ["m", "volunteers' majority"]
    for found, shares in zip([added["called"] > 0, added["yes"] >= 13], grid.values(), strict=True):
        assert sum(one.n for one in flat(shares)) == len(added)
        assert sum(round(one.value * one.n) for one in flat(shares)) == found.sum()


def test_a_cell_is_what_pandas_counts(table: pd.DataFrame) -> None:
    added = selection.added(table)
    shares = selection.recovery_grid(added, "m", 0.9)["m"]
    inside = added["m_v"].between(-2, -1, "left") & added["distance_modulus"].between(
        MODULI[2], MODULI[3], "left"
    )
    called = added.loc[inside, "called"]
    assert shares[4][2] == proportion(int(called.sum()), len(called), 0.9)


def test_the_grid_holds_all_dwarfs_that_the_sky_draws() -> None:
    drawn = find_sky("dwarfs").catalogue()
    dwarfs = drawn[drawn["kind"] == "simulated dwarf"]
    blind = answers([0] * len(dwarfs), [0] * len(dwarfs)).assign(
        **{name: dwarfs[name].to_numpy() for name in ("m_v", "distance_modulus")}
    )
    shares = selection.recovery_grid(blind, "m")["m"]
    assert sum(one.n for one in flat(shares)) == len(dwarfs) == 2600


def test_the_sides_say_magnitudes_and_kiloparsecs() -> None:
    assert selection.cell_words((0, 0)) == "magnitude −7.5 to −5, 20 to 30 kpc"  # noqa: RUF001
    assert selection.cell_words((5, 5)) == "magnitude −1 to 0, 165 to 251 kpc"  # noqa: RUF001
    assert len(selection.MAGNITUDES.ends) == len(M_V)
    assert len(selection.DISTANCES.ends) == len(MODULI)


def test_corners_are_the_outermost_cells_that_are_full() -> None:
    few, enough = proportion(1, selection.LEAST - 1), proportion(3, selection.LEAST)
    shares = ((few, enough, few), (few, few, few), (few, enough, enough))
    assert selection.corners(shares) == {
        "faint_near": (2, 1), "faint_far": (2, 2), "bright_far": (0, 1),
    }  # fmt: skip
    assert selection.corners(((few, few),)) == {
        "faint_near": (0, 0), "faint_far": (0, 1), "bright_far": (0, 1),
    }  # fmt: skip


def test_half_is_counted_over_full_cells() -> None:
    shares = ((proportion(5, 10), proportion(9, 9)), (proportion(4, 10), proportion(30, 30)))
    assert selection.half_found(shares) == 2
    assert [one.n for one in selection.full_cells(shares)] == [10, 10, 30]
    assert selection.least_sure({"a": shares, "b": ((proportion(0, 10),),)}) == proportion(5, 10)


def test_the_bright_and_near_quarter(table: pd.DataFrame) -> None:
    added = selection.added(table)
    near = selection.bright_near(added)
    assert 0 < len(near) < len(added)
    wanted = (added["m_v"] < -3) & (added["distance_modulus"] < MODULI[3])
    assert list(near.index) == list(added.index[wanted])


def test_without_known_truth_nothing_is_defined(empty: pd.DataFrame) -> None:
    grid: dict[str, Any] = selection.recovery_grid(empty, "m")
    assert {one.n for shares in grid.values() for one in flat(shares)} == {0}
    assert selection.half_found(grid["m"]) == 0
    assert np.isnan(selection.least_sure(grid).value)


def test_what_a_page_says_of_the_grid(table: pd.DataFrame) -> None:
    dwarfs = selection.added(table)
    grid = selection.recovery_grid(dwarfs, "m")
    numbers, places = selection.grid_numbers(grid), selection.grid_places(grid)
    assert numbers["grid_cells"] == len(selection.full_cells(grid["m"]))
    assert set(places) == {"at_faint_near", "at_faint_far", "at_bright_far"}
    assert numbers["model_faint_far"] in flat(grid["m"])


def test_the_bright_and_near_dwarfs_are_counted_for_both_finders(table: pd.DataFrame) -> None:
    dwarfs = selection.added(table)
    numbers = selection.near_numbers(dwarfs)
    near = selection.bright_near(dwarfs)
    assert numbers["bright_near"] == len(near)
    assert numbers["model_bright_near"].value == pytest.approx(phrases.called_dwarf(near).mean())
    assert numbers["crowd_bright_near"].value == pytest.approx(phrases.majority(near).mean())


def test_without_dwarfs_nothing_is_full_and_nothing_is_near(empty: pd.DataFrame) -> None:
    grid = selection.recovery_grid(empty, "m")
    assert selection.grid_numbers(grid)["grid_cells"] == 0
    assert np.isnan(selection.near_numbers(empty)["crowd_bright_near"].value)
