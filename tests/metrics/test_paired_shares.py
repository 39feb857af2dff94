import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from secondsight.metrics.agreement import mcnemar
from secondsight.metrics.intervals import PValue, proportion
from secondsight.metrics.paired_shares import holm, paired_difference, share_right


def shares(*values: float) -> "pd.Series[float]":
    return pd.Series(values, dtype=float)


def test_asked_once_it_is_mcnemars_test() -> None:
    first, second = shares(1, 1, 1, 0, 0, 1), shares(1, 0, 0, 1, 0, 1)
    difference, p_value, method = paired_difference(first, second)
    expected = mcnemar(first == 1, second == 1)
    assert (difference.value, p_value) == (expected.difference.value, expected.p_value)
    assert difference.value == pytest.approx(1 / 6)
    spread = math.sqrt((3 / 8 + 2 / 8 - (1 / 8) ** 2) / 8)
    assert difference.high == pytest.approx(1 / 8 + norm.ppf(0.975) * spread)
    assert p_value == pytest.approx(1.0)  # two against one of three: 2 * (1 + 3) / 8
    assert method == "McNemar, exact"


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_the_interval_of_few_galaxies_can_exist(right: list[tuple[bool, bool]]) -> None:
    first, second = (shares(*map(float, own)) for own in zip(*right, strict=True))
    gap, *_ = paired_difference(first, second)
    assert -1 <= gap.low <= gap.value <= gap.high <= 1
    assert gap.high > gap.low


def test_repeats_of_a_galaxy_count_once() -> None:
    """Ten calls about each of four galaxies are four galaxies, not forty."""
    first, second = shares(1, 0.5, 0.5, 1), shares(0.5, 0, 0, 0.5)
    difference, p_value, method = paired_difference(first, second)
    other = proportion(0, 4).high  # so many galaxies may be unlike these four
    ends = 0.5 - 1.5 * other, 0.5 + 0.5 * other
    assert (difference.low, difference.value, difference.high) == pytest.approx(
        (ends[0], 0.5, ends[1])
    )
    assert (difference.n, method) == (4, "signs by galaxy")
    assert p_value == pytest.approx(2 / 2**4)  # of all sixteen ways, all plus and all minus


def test_no_difference_is_certain_chance() -> None:
    difference, p_value, _ = paired_difference(shares(0.5, 1), shares(0.5, 1))
    assert (difference.value, p_value) == (0, 1)
    assert difference.low == -difference.high < 0


def test_galaxies_that_are_all_alike_leave_room_for_others() -> None:
    mean = share_right(shares(0.5, 0.5, 0.5))
    assert (mean.value, mean.method) == (0.5, "Wilson, all alike")
    assert 0 < mean.low < 0.5 < mean.high < 1


def test_the_mean_share_is_of_galaxies() -> None:
    assert share_right(shares(1, 1, 0, 0)).method == "Wilson"
    mean = share_right(shares(1, 0.5, 0))
    assert (mean.value, mean.n) == (pytest.approx(0.5), 3)
    assert share_right(shares()).n == 0


def test_holm_raises_p_values_by_their_rank() -> None:
    raised = holm([PValue(0.01), PValue(0.04), PValue(0.03)])
    assert raised == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert holm([PValue(0.2)]) == [0.2]


def test_one_galaxy_alone_that_differs_tells_nothing() -> None:
    difference, p_value, _ = paired_difference(shares(1 / 3, 1, 0), shares(0, 1, 0))
    assert difference.value == pytest.approx(1 / 9)
    assert p_value == 1
