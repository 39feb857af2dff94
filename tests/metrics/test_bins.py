import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from secondsight.metrics.bins import bin_shares

EDGES = [0.0, 0.25, 0.5, 0.75, 1.0]


@given(arrays.arrays(float, st.integers(1, 60), elements=st.floats(0, 1)))
def test_every_galaxy_falls_in_one_bin(quantity: np.ndarray) -> None:
    bins = bin_shares(quantity, EDGES, np.ones(len(quantity), int))
    assert sum(one.share.n for one in bins) == len(quantity)
    for one in bins:
        inside = (quantity >= one.low) & ((quantity < one.high) | (one.high == quantity.max() == 1))
        assert one.share.n == 0 or one.low <= one.middle <= one.high
        assert one.share.n == inside.sum()


def test_single_answers_have_wilson_intervals_and_clusters_are_resampled_whole() -> None:
    quantity = np.full(200, 0.1)
    yes = np.repeat([0, 10], 100)
    alone = bin_shares(quantity, EDGES, yes > 0)[0].share
    together = bin_shares(quantity, EDGES, yes, 10)[0].share
    assert (alone.method, together.method) == ("Wilson", "bootstrap over clusters")
    assert alone.value == together.value == 0.5
    # Ten repeats that always agree are worth no more than one.
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.15)


def test_an_empty_bin_has_no_share_and_nan_falls_in_none() -> None:
    empty, *_, last = bin_shares(np.array([np.nan, 1.0]), EDGES, np.array([1, 1]))
    assert np.isnan(empty.share.value)
    assert (empty.share.n, empty.middle) == (0, 0.125)
    assert last.share.n == 1


@pytest.mark.parametrize(
    ("edges", "said"), [([0.0], "must increase"), ([0.0, 0.5, 0.5], "must increase")]
)
def test_bins_that_are_none(edges: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        bin_shares(np.zeros(3), edges, np.zeros(3))


def test_arrays_of_different_length() -> None:
    with pytest.raises(ValueError, match="3 values and 2 successes"):
        bin_shares(np.zeros(3), EDGES, np.zeros(2))
