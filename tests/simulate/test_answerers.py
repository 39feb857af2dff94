import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from secondsight.simulate.answerers import EDGE, draw_answers, planted_rate

shares = st.floats(0, 1)
curves = st.tuples(st.floats(0.1, 5), st.floats(-3, 3))


@given(st.floats(EDGE, 1 - EDGE))
def test_a_calibrated_answerer_answers_as_often_as_the_volunteers(share: float) -> None:
    assert planted_rate(share) == pytest.approx(share)


def test_the_ends_are_drawn_in_a_little() -> None:
    assert planted_rate([0, 0.01, 1]).tolist() == pytest.approx([EDGE, EDGE, 1 - EDGE])


@given(st.floats(EDGE, 1 - EDGE), curves)
def test_the_odds_are_what_they_are_said_to_be(share: float, curve: tuple[float, float]) -> None:
    sharpness, shift = curve
    rate = float(planted_rate(share, sharpness, shift))
    odds = (share / (1 - share)) ** sharpness * np.exp(shift)
    assert rate == pytest.approx(odds / (1 + odds))


@given(shares, shares, curves)
def test_a_rate_never_falls_where_the_share_rises(
    one: float, other: float, curve: tuple[float, float]
) -> None:
    lower, upper = planted_rate([min(one, other), max(one, other)], *curve)
    assert 0 <= lower <= upper <= 1


@given(shares, st.floats(0.1, 5))
def test_without_a_shift_both_answers_are_alike(share: float, sharpness: float) -> None:
    assert planted_rate(share, sharpness) + planted_rate(1 - share, sharpness) == pytest.approx(1)
    assert planted_rate(0.5, sharpness) == pytest.approx(0.5)


def test_the_overconfident_lie_further_out_and_the_eager_higher() -> None:
    share = np.array([0.1, 0.3, 0.7, 0.9])
    bold = planted_rate(share, 2.5)
    assert (np.abs(bold - 0.5) > np.abs(share - 0.5)).all()
    assert (planted_rate(share, 1, 1.2) > share).all()


@pytest.mark.parametrize("repeats", [1, 10])
def test_answers_come_as_often_as_their_rate_says(repeats: int) -> None:
    rate = np.repeat([0.0, 0.02, 0.5, 0.9, 1.0], 4_000)
    counts = draw_answers(rate, repeats, 3).reshape(5, -1)
    for row, true in zip(counts, [0.0, 0.02, 0.5, 0.9, 1.0], strict=True):
        low, high = binom(row.size * repeats, true).ppf([1e-4, 1 - 1e-4])
        assert low <= row.sum() <= high
        assert row.min() >= 0
        assert row.max() <= repeats
    assert counts[2].var() == pytest.approx(repeats / 4, rel=0.1)


def test_a_seed_and_a_number_of_repeats_fix_the_answers() -> None:
    rate = np.full(200, 0.5)
    assert np.array_equal(draw_answers(rate, 1, 3), draw_answers(rate, 1, 3))
    assert not np.array_equal(draw_answers(rate, 1, 3), draw_answers(rate, 1, 4))
    assert not np.array_equal(draw_answers(rate, 1, 3), draw_answers(rate, 2, 3).clip(max=1))
    assert draw_answers(rate[:0], 1, 3).shape == (0,)
