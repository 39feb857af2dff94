import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from secondsight.metrics.similarity import (
    correlation_over_classes,
    gain_over_shuffled,
    lead,
    lead_spread,
    mean_cosine,
    needed_correlation,
    pairs_reordered,
    retrieved,
    shuffled_cosine,
    smallest_lead,
    spread_over_classes,
)

COSINES = arrays(np.float64, (3, 4), elements=st.floats(-1, 1, width=32))
FREQUENCIES = np.array([5, 1, 3, 2])


def each_image(cosine: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Scores image by image, where each class's images get the answers in these counts."""
    return np.repeat(cosine.ravel(), given.ravel())


@given(COSINES, arrays(np.int64, (3, 4), elements=st.integers(1, 9)))
def test_mean_and_spread_are_those_of_the_images(cosine: np.ndarray, counts: np.ndarray) -> None:
    found = spread_over_classes(cosine, counts.sum(axis=0), (counts / counts.sum(axis=0)).T)
    images = each_image(cosine, counts)
    assert found.mean == pytest.approx(images.mean(), abs=1e-9)
    assert found.sd == pytest.approx(images.std(), abs=1e-6)


def test_the_own_classs_answer_is_the_diagonal() -> None:
    cosine = np.arange(16.0).reshape(4, 4)
    found = spread_over_classes(cosine, FREQUENCIES)
    assert found.mean == pytest.approx(np.average(np.diag(cosine), weights=FREQUENCIES))


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="cosines do not fit"):
        spread_over_classes(np.ones((3, 4)), FREQUENCIES)


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    draws = chance.normal(0.6, 0.1, (2000, 400)).mean(axis=1)
    spread = spread_over_classes(np.array([[0.5, 0.7]]), np.array([1, 1]), np.ones((2, 1)))
    estimate = spread.estimate(400)
    assert estimate.low == pytest.approx(0.5902, abs=1e-4)
    assert estimate.high == pytest.approx(0.6098, abs=1e-4)
    assert np.mean((draws > estimate.low) & (draws < estimate.high)) == pytest.approx(
        0.95, abs=0.02
    )


@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_a_leads_interval_is_that_of_drawn_images(correlation: float) -> None:
    chance = np.random.default_rng(2)
    both = 0.1**2 * np.array([[1, correlation], [correlation, 1]])
    pairs = chance.multivariate_normal([0.6, 0.6], both, (4000, 100))
    leads = (pairs[..., 0] - pairs[..., 1]).mean(axis=1)
    found = lead(0.6, 0.6, 0.1, 100, correlation)
    assert found.high == pytest.approx(1.96 * leads.std(), rel=0.05)
    assert found.high == -found.low == smallest_lead(0.1, 100, correlation)


@given(st.floats(0.001, 0.05), st.floats(0.01, 0.3), st.integers(10, 100_000))
def test_the_needed_correlation_is_just_enough(size: float, sd: float, n: int) -> None:
    needed = needed_correlation(size, sd, n)
    assert needed < 1
    assert smallest_lead(sd, n, needed) == pytest.approx(size)


def test_correlation_over_classes_is_that_of_the_images() -> None:
    first, second = np.array([0.1, 0.5, 0.2, 0.4]), np.array([0.3, 0.6, 0.2, 0.1])
    images = np.repeat(np.stack([first, second]), FREQUENCIES, axis=1)
    found = correlation_over_classes(first, second, FREQUENCIES)
    assert found == pytest.approx(np.corrcoef(images)[0, 1])


def test_pairs_that_change_places_are_counted() -> None:
    means = np.array([[0.1, 0.9], [0.2, 0.8], [0.0, 0.7], [0.0, 0.7]])
    assert pairs_reordered(means) == (1, 6)


def test_a_lead_that_never_varies_has_no_spread() -> None:
    assert lead_spread(np.array([[0.1, 0.2], [0.3, 0.4], [0.0, 0.1]])) == pytest.approx(0)
    assert lead_spread(np.array([[0.1, 0.4], [0.1, 0.2]])) == pytest.approx(
        np.std([0, 0.2], ddof=1)
    )


def test_descriptions_that_hang_on_nothing_gain_nothing() -> None:
    counts = np.outer([2, 3], [1, 4, 2])
    cosine = np.array([[0.1, 0.5, 0.9], [0.3, 0.2, 0.4]])
    assert mean_cosine(counts, cosine).value == pytest.approx(shuffled_cosine(counts, cosine))
    found = gain_over_shuffled(counts, cosine)
    assert found.value == pytest.approx(0)
    assert found.low < 0 < found.high


def test_descriptions_that_follow_the_class_gain() -> None:
    counts = np.diag([20, 20])
    found = gain_over_shuffled(counts, np.array([[0.9, 0.1], [0.1, 0.9]]))
    assert found.value == pytest.approx(0.9 - 0.5)
    assert found.low > 0.3


def test_shuffling_is_the_mean_over_all_pairs() -> None:
    counts = np.array([[2, 0], [1, 3]])
    cosine = np.array([[0.1, 0.7], [0.4, 0.2]])
    said, seen = np.repeat([0, 1], counts.sum(axis=1)), np.repeat([0, 1], counts.sum(axis=0))
    expected = cosine[np.ix_(said, seen)].mean()
    assert shuffled_cosine(counts, cosine) == pytest.approx(expected)


def test_the_own_class_is_found_among_the_nearest() -> None:
    cosine = np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.9, 0.5, 0.1]])
    labels = np.array([0, 1, 2])
    assert retrieved(cosine, labels).tolist() == [True, False, False]
    assert retrieved(cosine, labels, 2).tolist() == [True, True, False]
    assert retrieved(cosine, labels, 3).tolist() == [True, True, True]


def test_a_tie_counts_against_the_description() -> None:
    assert retrieved(np.full((2, 3), 0.5), np.array([0, 2]), 2).tolist() == [False, False]
