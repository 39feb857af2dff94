import numpy as np
import pytest

from secondsight.metrics import tallies as scatter
from secondsight.metrics.raters import fleiss
from secondsight.metrics.tallies import Tallies, between_tallies


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(82)


def tallies(yes: object, votes: object) -> Tallies:
    """Return one galaxy for each tally."""
    yes, votes = np.broadcast_arrays(np.asarray(yes), np.asarray(votes))
    return Tallies(yes, votes, np.ones(len(yes), int))


def test_one_coin_for_all_galaxies_is_one_coin(rng: np.random.Generator) -> None:
    votes = rng.integers(10, 40, 4000)
    coin = tallies(rng.binomial(votes, 0.3), votes)
    assert abs(scatter.alike(coin).value) < 0.01
    assert scatter.spread(coin).low < 1 < scatter.spread(coin).high
    assert scatter.coin_share(coin).low < 1 < scatter.coin_share(coin).high


def test_a_beta_binomial_crowd_gives_its_correlation_back(rng: np.random.Generator) -> None:
    votes = rng.integers(10, 40, 4000)
    crowd = tallies(rng.binomial(votes, rng.beta(0.75, 2.25, 4000)), votes)
    found = scatter.alike(crowd)
    assert found.low < 0.25 < found.high


def test_volunteers_who_differ_leave_no_trace_in_one_tally(rng: np.random.Generator) -> None:
    sure = rng.choice([0.05, 0.95], (4000, 20))  # each voter of each galaxy, drawn from one crowd
    crowd = tallies((rng.random((4000, 20)) < sure).sum(axis=1), 20)
    found = scatter.spread(crowd)
    assert found.low < 1 < found.high


def test_unanimous_galaxies_agree_in_full() -> None:
    assert scatter.alike(tallies([0, 20, 20], 20)).value == 1
    assert scatter.coin_share(tallies([0, 20, 20], 20)).value == 0
    assert np.isnan(scatter.alike(tallies([20, 20], 20)).value)


@pytest.mark.parametrize("yes", [[0, 9], [3, 4, 4, 8], [0, 0, 0, 1, 9, 5, 5]])
def test_with_equal_votes_it_is_fleiss_kappa(yes: list[int]) -> None:
    kappa = fleiss(np.bincount(yes, minlength=10))
    assert scatter.alike(tallies(yes, 9)).value == pytest.approx(kappa.value, abs=1e-12)


def test_galaxies_are_in_doubt_between_a_fifth_and_four_fifths() -> None:
    found = scatter.in_doubt(tallies([0, 4, 5, 10, 15, 16, 20], 20))
    assert (found.value, found.n) == (3 / 7, 7)


def test_two_tallies_of_coins_differ_as_coins_do(rng: np.random.Generator) -> None:
    votes = rng.integers(10, 40, (3000, 2))
    chance = rng.random((3000, 1))
    coins = between_tallies(rng.binomial(votes, chance), votes)
    assert coins.low < 1 < coins.high
    crowds = between_tallies(rng.binomial(votes, rng.beta(3, 3, (3000, 2))), votes)
    assert crowds.low > 2


def test_pairs_that_say_one_thing_tell_nothing() -> None:
    votes = np.full((2, 2), 20)
    assert np.isnan(between_tallies(votes, votes).value)
    assert between_tallies(np.array([[20, 20], [5, 9]]), votes).n == 1
