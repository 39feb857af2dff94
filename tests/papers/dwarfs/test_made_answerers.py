"""Put made answerers with known curves through the code of the figures, and get the curves back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import expit, logit

from papers.dwarfs.made_campaign import answers
from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.origins import Origin
from secondsight.figures.dots import Band, Dots, Panel
from secondsight.metrics.bins import Bin, bin_shares
from secondsight.metrics.calibration import calibration_error
from secondsight.metrics.intervals import Estimate
from secondsight.papers.dwarfs import made_answerers as ruler
from secondsight.papers.dwarfs import vote_panels as votes
from secondsight.papers.dwarfs.made_answerers import PLANTED, closure, closure_misses
from secondsight.papers.dwarfs.phrases import fraction
from secondsight.papers.dwarfs.vote_panels import calibration
from secondsight.simulate.answerers import draw_answers, planted_rate

SEEDS = range(6)
SUBJECTS = 4_000


@pytest.fixture(scope="module")
def campaign() -> pd.DataFrame:
    """The votes on every subject of the simulated campaign."""
    return count_campaign(read_campaign())


@pytest.fixture(scope="module")
def samples(campaign: pd.DataFrame) -> list[pd.DataFrame]:
    """A few thousand subjects for each seed."""
    return [campaign.sample(SUBJECTS, random_state=seed) for seed in SEEDS]


def planted(share: npt.NDArray[Any], sharpness: float, shift: float) -> npt.NDArray[np.float64]:
    """Return the planted curve, written anew."""
    odds = logit(np.minimum(np.maximum(share, 0.02), 0.98))
    return np.asarray(expit(sharpness * odds + shift))


def held(estimates: Sequence[Estimate], share: pd.Series, expected: npt.NDArray[Any]) -> list[bool]:
    """Return whether each tenth's interval holds the mean of what is expected of its subjects."""
    tenth = np.floor(10 * share.round(9) + 1e-9).clip(upper=9)
    means = pd.Series(expected).groupby(tenth.to_numpy()).mean()
    assert len(means) == len(estimates)
    return [one.low <= mean <= one.high for one, mean in zip(estimates, means, strict=True)]


def dots(panel: Panel) -> Sequence[Estimate]:
    """Return what a panel's only series holds."""
    (series,) = panel.series
    assert isinstance(series, Dots)
    return series.estimates


def coverage(samples: list[pd.DataFrame]) -> float:
    """Return how often the planted curves lie within the intervals of `closure`."""
    found = []
    for seed, sample in zip(SEEDS, samples, strict=True):
        share = (sample["yes"] / sample["votes"]).reset_index(drop=True)
        for panel, curve in zip(closure(sample, seed), PLANTED.values(), strict=False):
            found += held(dots(panel), share, planted(share.to_numpy(), *curve))
    return float(np.mean(found))


def agreement_coverage(samples: list[pd.DataFrame]) -> float:
    """Return how often the agreement that was planted lies within the intervals of panel 2b."""
    found = []
    for seed, sample in zip(SEEDS, samples, strict=True):
        share = (sample["yes"] / sample["votes"]).reset_index(drop=True)
        for curve in PLANTED.values():
            rate = planted(share.to_numpy(), *curve)
            called = draw_answers(rate, 1, seed)
            table = answers(sample["yes"].tolist(), called.tolist(), sample["votes"].tolist())
            expected = np.where(share >= 0.5, rate, 1 - rate)
            found += held(dots(calibration(table, "made")[1]), share, expected)
    return float(np.mean(found))


def test_the_planted_curves_are_recovered(samples: list[pd.DataFrame]) -> None:
    assert coverage(samples) > 0.9


def test_the_planted_agreement_is_recovered(samples: list[pd.DataFrame]) -> None:
    assert agreement_coverage(samples) > 0.9


def test_the_figures_own_count_of_the_closure_is_this_one(samples: list[pd.DataFrame]) -> None:
    told = [closure_misses(sample, seed) for seed, sample in zip(SEEDS, samples, strict=True)]
    assert np.mean([one.value for one in told]) == pytest.approx(coverage(samples))
    assert all(one.n == 30 for one in told)


def test_the_planted_errors_are_recovered(samples: list[pd.DataFrame]) -> None:
    for seed, sample in zip(SEEDS, samples, strict=True):
        share = fraction(sample)
        for curve in PLANTED.values():
            rate = planted_rate(share, *curve)
            error = calibration_error(share, draw_answers(rate, 1, seed), seed=seed)
            true = np.sqrt(np.mean((rate - share) ** 2))
            assert error.low - 0.01 <= true <= error.high + 0.01


def test_a_calibrated_answerer_is_told_from_an_overconfident_one(
    samples: list[pd.DataFrame],
) -> None:
    for seed, sample in zip(SEEDS, samples, strict=True):
        share = fraction(sample)
        good, bold = (
            calibration_error(
                share, draw_answers(planted_rate(share, *PLANTED[name]), 1, seed), seed=seed
            )
            for name in ("calibrated", "overconfident")
        )
        assert good.low <= good.value <= good.high < bold.low <= bold.value <= bold.high


def test_the_overconfident_scores_curve_lies_within_its_band(samples: list[pd.DataFrame]) -> None:
    inside = []
    for seed, sample in zip(SEEDS, samples, strict=True):
        (band,) = closure(sample, seed)[-1].series
        assert isinstance(band, Band)
        rate = planted(fraction(sample), 1, 0)
        bold = planted(rate, 2.5, 0).round(3)
        true = np.array([rate[bold == x].mean() for x in band.x])
        weight = np.array([(bold == x).sum() for x in band.x])
        near = (band.low - 0.01 <= true) & (true <= band.high + 0.01)
        inside.append(np.average(near, weights=weight))
        sure = band.x < 0.01
        assert (band.low[sure] > band.x[sure]).all()  # never so rare as it is said to be
    assert np.mean(inside) > 0.95


def test_the_dotted_curves_are_what_was_planted(samples: list[pd.DataFrame]) -> None:
    panels = closure(samples[0], 0)
    assert [panel.title for panel in panels] == [
        "Artificial: calibrated",
        "Artificial: overconfident",
        "Artificial: too eager",
        "An artificial score, overconfident",
    ]
    for panel, curve in zip(panels, PLANTED.values(), strict=False):
        assert panel.planted is not None
        assert np.allclose(panel.planted[1], planted(panel.planted[0], *curve))
    assert panels[-1].planted is not None
    stated, came = panels[-1].planted
    assert np.allclose(stated, planted(came, 2.5, 0))
    assert all(panel.diagonal for panel in panels)


def test_the_same_seed_draws_the_same_answers(samples: list[pd.DataFrame]) -> None:
    one, same, other = (closure(samples[0], seed)[0].series for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_campaign_of_uneven_votes_is_measured_as_well() -> None:
    chance = np.random.default_rng(0)
    of = chance.integers(3, 40, SUBJECTS)
    uneven = pd.DataFrame({"yes": chance.binomial(of, chance.random(SUBJECTS)), "votes": of})
    assert coverage([uneven] * len(SEEDS)) > 0.9


def test_bins_without_subjects_are_not_counted() -> None:
    table = pd.DataFrame({"yes": [0, 0, 25, 25], "votes": 25})
    assert closure_misses(table, 0).n == 6
    assert [len(dots(panel)) for panel in closure(table, 0)[:3]] == [2, 2, 2]
    assert np.isnan(closure_misses(table.head(0), 0).value)


def test_the_follower_is_the_calibrated_one_of_the_closure(samples: list[pd.DataFrame]) -> None:
    table = answers(samples[0]["yes"].tolist(), [0] * SUBJECTS, samples[0]["votes"].tolist())
    made = ruler.follower(table, 1)
    assert dots(calibration(made, "made")[0]) == dots(closure(table, 1)[0])
    assert ((made["called"] == 0) | (made["called"] == 1)).all()
    assert made["score"].isna().all()


def test_the_follower_is_the_surer_the_clearer_the_votes() -> None:
    table = answers([25, 0, 15, 1] * 500, [0] * 2_000)
    made = ruler.follower(table, 0)
    by_votes = made.groupby(["yes", "called"])["confidence"].agg(set)
    assert by_votes[25, 1] == by_votes[0, 0] == {"high"}
    assert by_votes[15, 1] == {"medium"}
    assert by_votes[15, 0] == by_votes[1, 1] == {"low"}
    many = ruler.follower(table, 0, repeats=10)
    assert (many["answers"] == 10).all()
    assert many["called"].max() == 10


def test_who_does_not_look_says_dwarf_as_often_on_any_votes(samples: list[pd.DataFrame]) -> None:
    table = answers(samples[0]["yes"].tolist(), [0] * SUBJECTS, samples[0]["votes"].tolist())
    blind = ruler.blind(table, 0.29, 0)
    tenths = dots(calibration(blind, ruler.BLIND)[0])
    assert np.mean([one.low <= 0.29 <= one.high for one in tenths]) > 0.7
    assert ruler.blind(table, 0.0, 0)["called"].sum() == 0


def test_a_made_answerer_is_told_apart_wherever_it_is_drawn(samples: list[pd.DataFrame]) -> None:
    table = answers(samples[0]["yes"].tolist(), [1] * SUBJECTS, samples[0]["votes"].tolist())
    made = calibration(ruler.follower(table, 0), ruler.FOLLOWER)
    both = ruler.beside(calibration(table, "m"), made)
    for panel in both:
        names = [(series.name, getattr(series, "origin", "")) for series in panel.series]
        assert names == [("m", None), (ruler.FOLLOWER, Origin.SIMULATED_SKY)]
    rows = ruler.below(calibration(table, "m"), made)
    assert [panel.title for panel in rows[2:]] == [
        "Artificial: called a dwarf", "Artificial: agrees with the majority",
    ]  # fmt: skip
    assert all(
        series.origin is Origin.SIMULATED_SKY for panel in rows[2:] for series in panel.series
    )  # type: ignore[union-attr]


def moved_bins(quantity: Any, *said: Any, **options: Any) -> list[Bin]:
    """Return the shares of bins that lie one tenth too low."""
    return bin_shares(np.minimum(quantity + 0.1, 1.0), *said, **options)


def moved_shares(*said: Any, **options: Any) -> list[Bin]:
    """Return each bin with the share of the next."""
    found = bin_shares(*said, **options)
    return [
        Bin(one.low, one.high, one.middle, other.share, one.spread)
        for one, other in zip(found, [*found[1:], found[0]], strict=True)
    ]


def turned(quantity: Any, edges: Any, successes: Any, *rest: Any, **options: Any) -> list[Bin]:
    """Return the shares of failures."""
    return bin_shares(quantity, edges, 1 - np.asarray(successes, int), *rest, **options)


def narrow(*said: Any, level: float, **options: Any) -> list[Bin]:
    """Return the shares with intervals of half the coverage."""
    return bin_shares(*said, level=level / 2, **options)


@pytest.mark.parametrize("mutant", [moved_bins, moved_shares, turned, narrow])
def test_a_broken_ruler_is_found_out(
    samples: list[pd.DataFrame], monkeypatch: pytest.MonkeyPatch, mutant: Any
) -> None:
    monkeypatch.setattr(ruler, "bin_shares", mutant)
    monkeypatch.setattr(votes, "bin_shares", mutant)
    try:
        found = coverage(samples)
    except AssertionError:  # not even as many bins
        found = 0.0
    assert found < 0.8
    if mutant is not moved_bins:  # which has other bins than are compared
        assert agreement_coverage(samples) < 0.8
        told = [closure_misses(sample, seed) for seed, sample in zip(SEEDS, samples, strict=True)]
        assert np.mean([one.value for one in told]) < 0.8


@pytest.mark.parametrize(
    "majority",
    [
        lambda table: (table["yes"] > 0).to_numpy(),
        lambda table: (2 * table["yes"] < table["votes"]).to_numpy(),
        lambda table: (table["yes"] >= 0.3 * table["votes"]).to_numpy(),
        lambda table: np.ones(len(table), bool),
    ],
)
def test_agreement_with_the_wrong_majority_is_found_out(
    samples: list[pd.DataFrame], monkeypatch: pytest.MonkeyPatch, majority: Any
) -> None:
    right = agreement_coverage(samples)
    monkeypatch.setattr(votes, "majority", majority)
    assert agreement_coverage(samples) < 0.85 < 0.9 < right


def test_another_curve_than_the_planted_one_is_found_out(
    samples: list[pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ruler, "planted_rate", lambda share, a=1.0, b=0.0: planted(share, a, b + 1))
    assert coverage(samples) < 0.5
