import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss

from secondsight.metrics.calibration import calibration_error, grouped, recalibrated, reliability

CHANCE = np.random.default_rng(3)
TRUE = CHANCE.beta(0.7, 1.3, 4000)
CAME = CHANCE.random(4000) < TRUE


@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_the_brier_score_is_scikit_learns_and_its_parts_add_up(seed: int, n: int) -> None:
    chance = np.random.default_rng(seed)
    forecast, came = chance.random(n).round(1), chance.random(n) < 0.4
    found = reliability(forecast, came, resamples=3)
    assert found.brier.value == pytest.approx(brier_score_loss(came, forecast, pos_label=True))
    parts = found.miscalibration.value - found.discrimination.value + found.uncertainty.value
    assert found.brier.value == pytest.approx(parts)
    assert min(found.miscalibration.value, found.discrimination.value) >= -1e-12
    assert (np.diff(found.curve) >= 0).all()


def test_votes_count_as_so_many_events() -> None:
    forecast, yes = np.array([0.2, 0.2, 0.9]), np.array([1, 3, 8])
    counted = reliability(forecast, yes, 10, resamples=3)
    each = np.repeat(forecast, 10), np.concatenate([np.arange(10) < y for y in yes])
    assert counted.brier.value == pytest.approx(reliability(*each, resamples=3).brier.value)


def test_what_is_calibrated_is_told_from_what_is_not() -> None:
    good = reliability(TRUE.round(2), CAME)
    bold = reliability(expit(2.5 * logit(TRUE)).round(2), CAME)
    assert good.miscalibration.high < bold.miscalibration.low
    assert bold.discrimination.value == pytest.approx(good.discrimination.value, abs=0.01)
    assert calibration_error(TRUE, CAME).value < 0.02
    assert calibration_error(expit(2.5 * logit(TRUE)), CAME).low > 0.08


def test_the_planted_curve_lies_within_the_band() -> None:
    bold = expit(2.5 * logit(TRUE)).round(2)
    found = reliability(bold, CAME, resamples=200)
    planted = [TRUE[bold == forecast].mean() for forecast in found.forecast]
    inside = (found.low - 0.01 <= planted) & (planted <= found.high + 0.01)
    assert np.average(inside, weights=found.weight) > 0.9


def test_the_error_of_a_calibrated_forecast_does_not_grow_when_there_are_few() -> None:
    few = [calibration_error(TRUE[i : i + 100], CAME[i : i + 100], resamples=2).value
           for i in range(0, 4000, 100)]  # fmt: skip
    plain = []
    for i in range(0, 4000, 100):
        place = np.argsort(TRUE[i : i + 100])
        gaps = [TRUE[i + rows].mean() - CAME[i + rows].mean() for rows in np.split(place, 20)]
        plain.append(np.sqrt(np.mean(np.square(gaps))))
    assert np.median(few) < 0.5 * np.median(plain)


def test_a_scale_learnt_from_others_mends_what_is_bold_and_sees_no_galaxys_own_outcome() -> None:
    bold = expit(2.5 * logit(TRUE))
    mended = recalibrated(bold, CAME)
    assert (
        reliability(mended.round(3), CAME).brier.value < reliability(bold.round(3), CAME).brier.low
    )
    noise = np.random.default_rng(0).random(2000)
    came = np.random.default_rng(1).random(2000) < 0.5
    learnt = reliability(recalibrated(noise, came), came, resamples=5)
    assert learnt.brier.value >= learnt.uncertainty.value - 0.003  # nothing to learn from noise


@pytest.mark.parametrize(
    ("forecast", "yes", "sizes", "said"),
    [
        ([0.5], [1, 0], 1, "1 forecasts and 2 outcomes"),
        ([], [], 1, "0 forecasts and 0 outcomes"),
        ([1.5], [1], 1, "between 0 and 1"),
        ([np.nan], [1], 1, "between 0 and 1"),
        ([0.5], [3], 2, "more successes than trials"),
    ],
)
def test_what_can_not_be_held_together(
    forecast: list[float], yes: list[int], sizes: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        reliability(np.array(forecast), np.array(yes), sizes)


def test_a_groups_rate_is_learnt_from_the_others_alone() -> None:
    chance = np.random.default_rng(4)
    group = chance.integers(0, 3, 3000)
    came = chance.random(3000) < np.array([0.1, 0.5, 0.9])[group]
    learnt = grouped(group, came)
    for place, rate in enumerate((0.1, 0.5, 0.9)):
        assert learnt[group == place] == pytest.approx(rate, abs=0.05)
    lone = grouped(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 1, 1, 1]), folds=5)
    assert lone[-1] == 0.5  # nobody else is of its group
