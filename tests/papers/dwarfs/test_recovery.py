from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.dwarfs.made_campaign import answers, values
from secondsight.figures.dots import Dots
from secondsight.papers.dwarfs.recovery import GROUPS, groups_of, recovery

N = 140


@pytest.fixture
def properties() -> dict[str, Any]:
    """What 140 dwarfs are."""
    chance = np.random.default_rng(0)
    return {
        "m_v": chance.uniform(-12, -2, N),
        "half_light_arcmin": 10 ** chance.uniform(-0.3, 1.2, N),
        "distance_modulus": chance.uniform(17, 25, N),
        "detectability": chance.random(N),
        "label": "1",
    }


def test_shares_are_what_numpy_counts_in_groups_of_equally_many(
    properties: dict[str, Any],
) -> None:
    chance = np.random.default_rng(1)
    called, yes = chance.integers(0, 2, N), chance.integers(0, 26, N)
    panels = recovery(answers(yes, called, **properties), "m")
    quantities = [
        properties["m_v"],
        properties["half_light_arcmin"],
        10 ** (properties["distance_modulus"] / 5 + 1) / 1000,
        properties["detectability"],
    ]
    assert [panel.x_scale for panel in panels] == ["linear", "log", "log", "linear"]
    for panel, quantity in zip(panels, quantities, strict=True):
        order = np.split(np.argsort(quantity), GROUPS)
        for series, found in zip(panel.series, [called == 1, yes >= 13], strict=True):
            assert isinstance(series, Dots)
            assert [one.n for one in series.estimates] == [N // GROUPS] * GROUPS
            assert np.allclose(series.x, [quantity[rows].mean() for rows in order])
            assert np.allclose(values(series.estimates), [found[rows].mean() for rows in order])


def test_the_finders_are_the_model_and_the_majority(properties: dict[str, Any]) -> None:
    panels = recovery(answers([13] * N, [0] * N, **properties), "sky-1")
    for panel in panels:
        assert [series.name for series in panel.series] == ["sky-1", "volunteers' majority"]
        none, all_ = panel.series
        assert isinstance(none, Dots)
        assert isinstance(all_, Dots)
        assert set(values(none.estimates)) == {0.0}
        assert set(values(all_.estimates)) == {1.0}


@pytest.mark.parametrize("columns", [{}, {"answers": 0}])
def test_without_dwarfs_of_known_truth_the_panels_are_empty(columns: dict[str, Any]) -> None:
    for panel in recovery(answers([3, 4], [1, 1], **columns), "m"):
        assert all(isinstance(one, Dots) and len(one.x) == 0 for one in panel.series)


def test_an_unknown_property_leaves_the_others(properties: dict[str, Any]) -> None:
    half = np.where(np.arange(N) % 2, np.nan, properties["m_v"])
    first, second, *_ = recovery(answers([9] * N, [1] * N, **(properties | {"m_v": half})), "m")
    for panel, n in [(first, N // 2), (second, N)]:
        assert isinstance(panel.series[0], Dots)
        assert sum(one.n for one in panel.series[0].estimates) == n


@given(st.lists(st.floats(-1e6, 1e6), max_size=40), st.integers(1, 9))
def test_ends_increase_and_hold_everything(found: list[float], groups: int) -> None:
    quantity = np.array(found)
    ends = groups_of(quantity, groups)
    assert 2 <= len(ends) <= groups + 1
    assert (np.diff(ends) > 0).all()
    if found:
        assert ends[0] <= quantity.min()
        assert quantity.max() <= ends[-1]


def test_equal_galaxies_share_one_bin() -> None:
    assert groups_of(np.full(9, 3.0)) == [3.0, 4.0]
    assert groups_of(np.array([np.nan, np.nan])) == groups_of(np.array([])) == [0.0, 1.0]
