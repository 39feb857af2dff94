import numpy as np
import pytest

from secondsight.metrics.raters import among_volunteers, fleiss, fleiss_of, with_a_volunteer


def test_the_kappa_of_fleiss_own_kind_by_its_formula() -> None:
    counts = np.array([4, 1, 0, 2, 3])  # votes for yes of 4
    k = np.repeat(np.arange(5), counts)
    alike = np.mean((k * (k - 1) + (4 - k) * (3 - k)) / 12)
    p = k.mean() / 4
    by_chance = p**2 + (1 - p) ** 2
    assert fleiss(counts).value == pytest.approx((alike - by_chance) / (1 - by_chance))
    assert among_volunteers(counts).value == pytest.approx(alike)


def test_the_kappa_of_fleiss_own_example() -> None:
    rows = (
        "0 0 0 0 14, 0 2 6 4 2, 0 0 3 5 6, 0 3 9 2 0, 2 2 8 1 1, "
        "7 7 0 0 0, 3 2 6 3 0, 2 5 3 2 2, 6 5 2 1 0, 0 2 2 3 7"
    )
    votes = np.array([row.split() for row in rows.split(",")], int)
    kappa = fleiss_of(votes, np.ones(10, int)).value
    assert kappa == pytest.approx(0.210, abs=5e-4)
    twice = fleiss_of(np.tile(votes, (2, 1)), np.ones(20, int)).value
    assert fleiss_of(votes, np.full(10, 2)).value == pytest.approx(twice) == pytest.approx(kappa)


def test_all_of_one_mind_and_all_at_random() -> None:
    assert fleiss(np.array([50, 0, 0, 0, 50])).value == pytest.approx(1)
    chance = np.random.default_rng(1)
    random = np.bincount(chance.binomial(25, 0.3, 5000), minlength=26)
    assert fleiss(random).value == pytest.approx(0, abs=0.01)
    assert np.isnan(fleiss(np.array([50, 0, 0])).value)


def test_a_model_beside_one_volunteer() -> None:
    table = np.array([[6, 0], [0, 0], [0, 4]])  # it says no where none of 2 did, yes where both
    assert with_a_volunteer(table).value == 1
    assert with_a_volunteer(table[:, ::-1]).value == 0


def test_of_one_vote_each_nothing_can_be_said() -> None:
    for measure in (fleiss, among_volunteers):
        assert np.isnan(measure(np.array([5, 5])).value)
