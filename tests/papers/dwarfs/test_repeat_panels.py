import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from papers.dwarfs.made_campaign import answers, drawn, values
from secondsight.figures.dots import Dots, Panel
from secondsight.metrics.intervals import Estimate, proportion
from secondsight.papers.dwarfs.campaign import votes_by_repeats
from secondsight.papers.dwarfs.repeat_panels import (
    correlations,
    disagreements,
    halves,
    in_a_row,
    price,
    repeated,
    repeated_made,
    say_torn,
    shrunk,
    steady,
    tells_last,
    to_tell,
    told,
    torn_table,
    typical_width,
    worth_numbers,
)
from secondsight.simulate.answerers import planted_rate

TEN = 10


def only(panel: Panel) -> Dots:
    """Return a panel's first series, dots."""
    series = panel.series[0]
    assert isinstance(series, Dots)
    return series


def bits(share: float) -> float:
    """Return the entropy of a coin."""
    return sum(-p * np.log2(p) for p in (share, 1 - share) if p > 0)


@pytest.mark.parametrize("votes", [20, 25])
def test_both_sides_of_figure_4_are_what_pandas_counts(votes: int) -> None:
    chance = np.random.default_rng(votes)
    yes = chance.integers(0, votes + 1, 500)
    table = answers(yes, chance.binomial(TEN, yes / votes), votes, answers=TEN)
    by_votes, by_repeats = map(only, repeated(table, TEN))
    share = table["yes"] / votes
    place = (10 * table["yes"] // votes).clip(upper=9)
    groups = table.assign(share=share).groupby(place)
    assert np.allclose(by_votes.x, groups["share"].mean())
    assert values(by_votes.estimates) == pytest.approx((groups["called"].mean() / TEN).tolist())
    lower = groups["called"].quantile(0.1) / TEN
    upper = groups["called"].quantile(0.9) / TEN
    assert np.allclose(by_votes.spread, np.stack([lower, upper], axis=1))
    groups = table.assign(share=share).groupby("called")
    assert np.allclose(by_repeats.x, groups["called"].first() / TEN)
    assert values(by_repeats.estimates) == pytest.approx(groups["share"].mean().tolist())
    assert [one.n for one in by_repeats.estimates] == groups.size().tolist()


def test_a_candidate_that_was_refused_once_is_left_out() -> None:
    table = drawn(2, repeats=TEN)
    lacking = table.assign(answers=TEN - 1)
    both = pd.concat([table, lacking], ignore_index=True)
    assert repeated(both, TEN) == repeated(table, TEN)
    assert disagreements(both, TEN) == disagreements(table, TEN)
    assert shrunk(both, TEN).iloc[:, 1].tolist() == shrunk(table, TEN).iloc[:, 1].tolist()
    for panel in [*repeated(lacking, TEN), disagreements(lacking, TEN)]:
        assert len(only(panel).x) == 0


@pytest.mark.parametrize("rows", [1, 20])
def test_without_a_whole_set_of_answers_there_is_no_rate_for_the_model(rows: int) -> None:
    lacking = drawn(2, repeats=TEN).assign(answers=TEN - 1).head(rows)
    assert list(shrunk(lacking, TEN)) == ["share that says dwarf", "expected rate, 25 votes"]


def test_votes_of_different_numbers_weigh_as_votes() -> None:
    table = answers([5, 5], [3, 3], votes=[10, 25], answers=TEN)
    (one,) = only(repeated(table, TEN)[1]).estimates
    assert one.value == pytest.approx(10 / 35)


def test_one_repeat_is_an_answer() -> None:
    table = drawn(3)
    by_votes, by_repeats = map(only, repeated(table, 1))
    assert list(by_repeats.x) == [0.0, 1.0]
    assert by_votes.estimates[0] == proportion(
        int(table.loc[table["yes"] < 2.5, "called"].sum()), int((table["yes"] < 2.5).sum())
    )


def test_the_made_answerer_answers_as_often_as_was_planted() -> None:
    table = drawn(4, 3000, repeats=TEN)
    left, right = repeated_made(table, TEN, 0)
    assert right.planted is None
    assert left.planted is not None
    grid, curve = left.planted
    assert np.array_equal(curve, planted_rate(grid))
    series = only(left)
    assert np.allclose(values(series.estimates), series.x, atol=0.03)
    assert left != repeated_made(table, TEN, 1)[0]
    assert left.series == repeated_made(table, TEN, 0)[0].series


def test_the_made_answerer_goes_by_the_votes_alone() -> None:
    table = drawn(4, repeats=TEN)
    other = table.assign(called=0, answers=0, unread=TEN)
    for ours, theirs in zip(
        repeated_made(table, TEN, 0), repeated_made(other, TEN, 0), strict=True
    ):
        assert ours.series == theirs.series


def test_the_area_is_scikit_learns_and_the_share_spearman_browns() -> None:
    chance = np.random.default_rng(8)
    rate = chance.beta(0.6, 0.9, 200)
    by_call = chance.random((200, 4)) < rate[:, None]
    truth = {"one": rate > 0.5, "other": chance.random(200) < 0.3}
    tells, share = price(by_call, truth, 0.4)
    assert [series.name for series in tells.series] == ["one", "other"]
    for series in tells.series:
        assert isinstance(series, Dots)
        assert list(series.x) == [1, 2, 3, 4]
        areas = [
            roc_auc_score(truth[series.name], by_call[:, :n].mean(axis=1)) for n in range(1, 5)
        ]
        assert values(series.estimates) == pytest.approx(areas)
    expected = [n * 0.4 / (1 + (n - 1) * 0.4) for n in range(1, 5)]
    assert values(only(share).estimates) == pytest.approx(expected)


def test_a_truth_of_one_kind_can_not_be_told() -> None:
    tells, _ = price(np.array([[True], [False]]), {"all": np.array([True, True])}, 0.5)
    assert np.isnan(only(tells).estimates[0].value)


def test_the_votes_entropy_is_meant_over_candidates_alike_torn() -> None:
    table = answers([0, 5, 12, 25, 20], [0, 10, 5, 2, 8], answers=TEN)
    series = only(disagreements(table, TEN))
    assert np.allclose(series.x, [0, bits(0.2), 1], atol=1e-6)
    expected = [bits(0.2) / 2, bits(0.2) / 2, bits(0.48)]
    assert values(series.estimates) == pytest.approx(expected)
    first = series.estimates[0]
    half = 1.959964 * np.std([0, bits(0.2)], ddof=1) / np.sqrt(2)
    assert (first.low, first.high) == pytest.approx((first.value - half, first.value + half))
    assert (first.n, first.method) == (2, "normal")
    assert np.isnan(series.estimates[-1].low)
    assert np.allclose(series.spread[0], [0.1 * bits(0.2), 0.9 * bits(0.2)])


def test_the_answers_of_the_first_candidates_stand_in_a_row() -> None:
    texts = [["1, High", "0, Low"], ["0, Low", "I won't"], ["1, Low", "1, Low"]]
    rows = [
        {"image_id": name, "repeat": repeat, "text": text}
        for name, row in zip("zab", texts, strict=True)
        for repeat, text in enumerate(row)
    ]
    found = in_a_row(pd.DataFrame(rows), 2)
    assert found.index.tolist() == ["z", "a"]
    assert found.index.name == "candidate"
    assert found.columns.tolist() == ["1", "2"]
    assert found.to_numpy().tolist() == texts[:2]
    assert len(in_a_row(pd.DataFrame(rows), 9)) == 3


def test_an_answer_without_a_text_is_an_empty_one() -> None:
    rows = {"image_id": ["a", "a"], "repeat": [0, 1], "text": ["1, Low", None]}
    assert in_a_row(pd.DataFrame(rows), 9).to_numpy().tolist() == [["1, Low", ""]]


def test_what_is_to_be_told_is_said_in_words() -> None:
    table = answers([1, 20], [0, TEN], answers=TEN)
    assert told(table.assign(label=["0", "1"])) == "a majority for a dwarf, and a true dwarf,"
    assert told(table.assign(label=["0", None])) == "a majority for a dwarf"


def test_the_width_is_the_median_of_the_first_series() -> None:
    table = answers([0, 10, 20], [5, 5, 0], answers=TEN)
    panel = repeated(table, TEN)[1]
    assert typical_width(panel).value == pytest.approx(0.8 * 0.4 / 2)  # two bins, one of one galaxy
    assert np.isnan(typical_width(repeated(table.head(0), TEN)[1]).value)
    assert np.isnan(typical_width(price(np.array([[True], [False]]), {}, 0.5)[1]).value)


@pytest.mark.parametrize("votes", [1, 4, 25])
def test_the_halves_part_where_half_of_the_votes_are_reached(votes: int) -> None:
    both = np.arange((votes + 1) * 3).reshape(votes + 1, 3)
    below, above = halves(both)
    assert len(below) == sum(2 * yes < votes for yes in range(votes + 1))
    assert np.array_equal(np.concatenate([below, above]), both)


@pytest.mark.parametrize(
    ("value", "half", "said"),
    [
        (0.07, 0.03, "hardly go together"),
        (0.2, 0.05, "weakly go together"),
        (0.6, 0.05, "clearly go together"),
        (-0.6, 0.05, "clearly go against each other"),
        (0.02, 0.05, "as far as can be told"),
    ],
)
def test_two_entropies_in_words(value: float, half: float, said: str) -> None:
    assert said in say_torn(Estimate(value, value - half, value + half, 9))


def test_of_entropies_that_have_no_correlation_nothing_is_told() -> None:
    assert "nothing can be told" in say_torn(proportion(0, 0))


def test_the_expected_rates_are_drawn_towards_the_mean() -> None:
    chance = np.random.default_rng(9)
    rate = chance.beta(2, 3, 4000)
    called, yes = chance.binomial(TEN, rate), chance.binomial(25, rate)
    found = shrunk(answers(yes, called, answers=TEN), TEN)
    assert found.columns.tolist() == [
        "share that says dwarf",
        "expected rate, 10 answers",
        "expected rate, 25 votes",
    ]
    assert found["share that says dwarf"].tolist() == ["0%", "20%", "40%", "60%", "80%", "100%"]
    for name, n in [("10 answers", TEN), ("25 votes", 25)]:
        told = found[f"expected rate, {name}"].str.rstrip("%").astype(float) / 100
        expected = (2 + np.linspace(0, 1, 6) * n) / (5 + n)
        assert np.allclose(told, expected, atol=0.02)


def test_other_numbers_of_votes_are_left_out_of_the_law() -> None:
    table = drawn(3, repeats=TEN)
    other = answers([3] * 40, [0] * 40, votes=4, answers=TEN)
    both = pd.concat([table, other], ignore_index=True)
    column = "expected rate, 25 votes"
    assert shrunk(both, TEN)[column].tolist() == shrunk(table, TEN)[column].tolist()


def test_steady_is_what_got_one_answer_every_time() -> None:
    table = answers([0] * 5, [0, 10, 3, 10, 9], answers=TEN)
    assert steady(table, TEN) == proportion(3, 5)
    assert steady(table.head(0), TEN).n == 0


def test_a_mean_is_to_tell_the_truth_only_where_it_is_known() -> None:
    table = answers([20, 3, 13], [1, 0, 1], label=["1", "1", "0"])
    found = to_tell(table)
    assert list(found) == ["a majority for a dwarf", "a true dwarf"]
    assert found["a majority for a dwarf"].tolist() == [True, False, True]
    assert tells_last(table).tolist() == [True, True, False]
    partly = table.assign(label=["1", None, "0"])
    assert list(to_tell(partly)) == ["a majority for a dwarf"]
    assert tells_last(partly).tolist() == [True, False, True]
    assert list(to_tell(table.assign(label="0"))) == ["a majority for a dwarf"]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_folding_keeps_every_galaxy_at_its_entropies(votes: int, repeats: int, seed: int) -> None:
    both = np.random.default_rng(seed).integers(0, 9, (votes + 1, repeats + 1))
    expected = np.zeros((votes // 2 + 1, repeats // 2 + 1), int)
    for yes in range(votes + 1):
        for called in range(repeats + 1):
            expected[min(yes, votes - yes), min(called, repeats - called)] += both[yes, called]
    assert np.array_equal(torn_table(both), expected)


def test_a_campaigns_table_folds_as_its_galaxies_do() -> None:
    table = drawn(7, repeats=TEN)
    folded = torn_table(votes_by_repeats(table, 25, TEN))
    yes = np.minimum(table["yes"], 25 - table["yes"])
    called = np.minimum(table["called"], TEN - table["called"])
    for (one, other), n in np.ndenumerate(folded):
        assert n == ((yes == one) & (called == other)).sum()


def test_a_correlation_over_all_and_over_either_half() -> None:
    both = np.zeros((26, 11), int)
    both[[0, 5, 20, 25], [0, 3, 3, 10]] = 4
    values = {name: each.value for name, each in correlations(both).items()}
    assert values["correlation_below"] == values["correlation_above"] == pytest.approx(1)
    assert 0.9 < values["correlation"] < 1


def test_the_first_answer_and_all_of_them_tell_the_last_event() -> None:
    calls = np.array([[True, True], [True, False], [False, False]])
    events = {"votes": np.array([True, True, False]), "truth": np.array([True, False, False])}
    panel = price(calls, events, 0.5)[0]
    numbers = worth_numbers(panel)
    assert (numbers["one_votes"].value, numbers["all_votes"].value) == (1, 1)
    assert (numbers["one_tells"].value, numbers["all_tell"].value) == (0.75, 1)
