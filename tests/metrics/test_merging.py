import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.made import confusions
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.merging import (
    gain_from_merging,
    lead_of_pair,
    merge,
    share_of_errors,
    share_of_misses,
    worst_pair,
)
from secondsight.metrics.scores import accuracy


def right(confusion: Confusion) -> int:
    """How many images were answered rightly."""
    return int(np.trace(confusion.square))


def test_the_published_pair_makes_36_of_265_errors(llava: Confusion) -> None:
    found = share_of_errors(llava, (1, 2))
    assert (found.value, found.n) == (36 / 265, 265)


@given(confusions(), st.data())
def test_accuracy_rises_by_exactly_the_gain(confusion: Confusion, data: st.DataObject) -> None:
    places = st.sampled_from(range(len(confusion.categories)))
    pair = data.draw(st.tuples(places, places).filter(lambda pair: pair[0] != pair[1]))
    gain = gain_from_merging(confusion, pair)
    merged = accuracy(merge(confusion, pair))
    swapped = int(confusion.counts[pair] + confusion.counts[pair[::-1]])
    assert right(merge(confusion, pair)) == right(confusion) + swapped
    assert gain.value == swapped / confusion.n
    assert merged.value == pytest.approx(accuracy(confusion).value + gain.value, abs=1e-12)


@given(confusions())
def test_merging_keeps_every_image_and_every_other_answer(confusion: Confusion) -> None:
    merged = merge(confusion, (0, 1))
    assert merged.n == confusion.n
    assert merged.others == confusion.others
    assert merged.counts[1:, 1:].tolist() == confusion.counts[2:, 2:].tolist()


def test_the_merged_category_stands_first_and_bears_both_names() -> None:
    counts = np.arange(12).reshape(3, 4)
    found = merge(Confusion(counts, ["A", "B", "C"], ["D"]), (1, 2))
    assert found.categories == ["A", "B or C"]
    assert found.counts.tolist() == [[0, 1 + 2, 3], [4 + 8, 5 + 6 + 9 + 10, 7 + 11]]


def test_merging_leaves_its_input_alone(llava: Confusion) -> None:
    before = llava.counts.copy()
    merge(llava, (0, 3))
    assert llava.counts.tolist() == before.tolist()
    assert llava.categories == ["round", "cigar", "edge-on", "spiral"]


def test_two_categories_merged_are_always_right() -> None:
    confusion = Confusion(np.array([[2, 7], [5, 1]]), ["A", "B"], [])
    assert accuracy(merge(confusion, (0, 1))).value == 1


def test_an_answer_outside_is_an_error_of_no_pair() -> None:
    confusion = Confusion(np.array([[5, 1, 4], [2, 5, 3]]), ["A", "B"], ["refused"])
    assert share_of_errors(confusion, (0, 1)).value == 3 / 10


@given(confusions())
def test_the_misses_of_all_categories_are_all_errors(confusion: Confusion) -> None:
    wrong = confusion.n - right(confusion)
    shares = [share_of_misses(confusion, place) for place in range(len(confusion.categories))]
    if wrong:
        assert sum(share.value for share in shares) == pytest.approx(1)
    else:
        assert all(math.isnan(share.value) for share in shares)


def test_the_misses_of_the_published_spirals(llava: Confusion) -> None:
    found = share_of_misses(llava, 3)
    assert (found.value, found.n) == (106 / 265, 265)  # 104 + 2 + 0 of them


def test_without_errors_no_share_of_them_is_defined(perfect: Confusion) -> None:
    assert math.isnan(share_of_errors(perfect, (0, 1)).value)
    assert gain_from_merging(perfect, (0, 1)).value == 0


def test_the_worst_pair_of_the_published_matrix_is_round_and_spiral(llava: Confusion) -> None:
    assert worst_pair(llava) == (0, 3)


@given(confusions())
def test_no_pair_is_swapped_more_often_than_the_worst(confusion: Confusion) -> None:
    size = len(confusion.categories)
    shares = {
        (first, second): gain_from_merging(confusion, (first, second)).value
        for first in range(size)
        for second in range(first + 1, size)
    }
    assert shares[worst_pair(confusion)] == max(shares.values())


def test_the_worst_pair_leads_and_any_other_lags(llava: Confusion) -> None:
    worst, cigar_edge_on = lead_of_pair(llava, (0, 3)), lead_of_pair(llava, (1, 2))
    assert worst.value == (106 - 52) / 500  # edge-on and spiral come next
    assert cigar_edge_on.value == (36 - 106) / 500
    assert cigar_edge_on.high < 0


def test_the_order_of_a_pair_does_not_matter(llava: Confusion) -> None:
    assert lead_of_pair(llava, (2, 1)) == lead_of_pair(llava, (1, 2))
    assert share_of_errors(llava, (2, 1)) == share_of_errors(llava, (1, 2))


def test_the_only_pair_leads_by_all_its_swaps() -> None:
    confusion = Confusion(np.array([[6, 2], [1, 1]]), ["A", "B"], [])
    assert lead_of_pair(confusion, (0, 1)).value == 0.3


def test_a_lead_is_the_same_for_the_same_seed(llava: Confusion) -> None:
    assert lead_of_pair(llava, (1, 2), seed=1) == lead_of_pair(llava, (1, 2), seed=1)
    assert lead_of_pair(llava, (1, 2), seed=1) != lead_of_pair(llava, (1, 2), seed=2)
