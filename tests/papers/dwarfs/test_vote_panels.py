import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from papers.dwarfs.made_campaign import answers, drawn, values
from secondsight.figures.dots import Dots, Panel
from secondsight.metrics.calibration import calibration_error
from secondsight.metrics.intervals import POINTS, Estimate, proportion
from secondsight.papers.dwarfs.vote_panels import (
    CLEAR,
    HIDDEN,
    NEAR,
    against_truth,
    agreement_numbers,
    agreements,
    at_clear,
    by_group,
    by_kind,
    calibration,
    clear_facts,
    clear_subset,
    curve_error,
    finders,
    junk_of_majority,
    kappa,
    leads,
    say_curve,
)


def only(panel: Panel, place: int = 0) -> Dots:
    """Return a series of dots."""
    series = panel.series[place]
    assert isinstance(series, Dots)
    return series


def binned(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean share, answers and agreement by tenths of the votes, from pandas alone."""
    share = table["yes"] / table["votes"]
    place = pd.cut(share.round(9), np.linspace(0, 1, 11).round(1), right=False, labels=range(10))
    place = place.astype(float).fillna(9)
    agrees = (table["called"] > 0) == (share >= 0.5)
    told = pd.DataFrame({"x": share, "called": table["called"] > 0, "agrees": agrees})
    found = told.groupby(place).mean()
    found["n"] = told.groupby(place).size()
    return found


@pytest.mark.parametrize("votes", [7, 10, 20, 25])
def test_the_curves_are_what_pandas_counts(votes: int) -> None:
    chance = np.random.default_rng(votes)
    table = answers(chance.integers(0, votes + 1, 400), chance.integers(0, 2, 400), votes)
    counted = binned(table)
    for panel, column in zip(calibration(table, "m"), ["called", "agrees"], strict=True):
        series = only(panel)
        assert series.name == "m"
        assert np.allclose(series.x, counted["x"])
        assert np.allclose(values(series.estimates), counted[column])
        assert [one.n for one in series.estimates] == counted["n"].tolist()
        assert not series.spread


def test_votes_of_different_numbers_go_by_their_share() -> None:
    table = answers([1, 5, 2, 10], [1, 0, 1, 1], votes=[2, 10, 20, 10])
    series = only(calibration(table, "m")[0])
    assert list(series.x) == [0.1, 0.5, 1.0]
    assert values(series.estimates) == [1.0, 0.5, 1.0]


def test_bins_without_subjects_are_left_out() -> None:
    called, agrees = calibration(answers([0, 25], [0, 0]), "m")
    assert list(only(called).x) == list(only(agrees).x) == [0.0, 1.0]
    assert values(only(agrees).estimates) == [1.0, 0.0]


def test_what_was_refused_counts_nowhere() -> None:
    table = drawn(1)
    refused = table.assign(answers=0, called=0)
    both = pd.concat([table, refused], ignore_index=True)
    assert calibration(both, "m") == calibration(table, "m")
    assert agreements(both) == agreements(table)
    assert kappa(both, "clear") == kappa(table, "clear")
    assert finders(both) == finders(table)
    assert clear_subset(both) == clear_subset(table)
    assert all(len(only(panel).x) == 0 for panel in calibration(refused, "m"))


def test_a_fifth_and_four_fifths_are_clear() -> None:
    for votes in range(5, 101, 5):
        edge = [votes // 5, 4 * votes // 5]
        inside = [votes // 5 + 1, 4 * votes // 5 - 1]
        table = answers([*edge, *inside], [0, 1, 0, 0], votes)
        found = agreements(table)
        assert {name: n for name, (_, n) in found.items()} == {
            "no": 1, "yes": 1, "clear": 2, "doubtful": 2,
        }, votes  # fmt: skip


@given(st.integers(0, 2**32 - 1))
def test_clear_and_doubtful_are_all_there_are(seed: int) -> None:
    table = drawn(seed, 50)
    found = agreements(table)
    share = table["yes"] / 25
    agrees = (table["called"] == 1) == (share >= 0.5)
    clear = table["yes"].isin([*range(6), *range(20, 26)])
    assert found["clear"] == (agrees[clear].sum(), clear.sum())
    assert found["doubtful"] == (agrees[~clear].sum(), (~clear).sum())
    assert tuple(map(sum, zip(found["no"], found["yes"], strict=True))) == found["clear"]
    for side, lead in leads(found).items():
        shares = [found[name][0] / max(found[name][1], 1) for name in (side, "doubtful")]
        assert np.isnan(lead.value) or lead.value == pytest.approx(shares[0] - shares[1])


@given(st.integers(0, 2**32 - 1))
def test_kappa_and_finders_are_scikit_learns(seed: int) -> None:
    table = drawn(seed, 80).assign(
        label=np.random.default_rng(seed).choice(["0", "1"], 80, p=[0.6, 0.4])
    )
    crowd, called = table["yes"] >= 12.5, table["called"] == 1
    clear = table["yes"].isin([*range(6), *range(20, 26)])
    for part, votes in ((clear, "clear"), (~clear, "doubtful")):
        found = kappa(table, votes).value
        if not np.isnan(found):
            assert found == pytest.approx(cohen_kappa_score(crowd[part], called[part]))
    dwarf, rates = table["label"] == "1", finders(table)
    assert rates["always_no"].value == pytest.approx((~dwarf).mean())
    assert rates["model_sensitivity"].value == pytest.approx(called[dwarf].mean())
    assert rates["crowd_specificity"].value == pytest.approx((~crowd[~dwarf]).mean())


@pytest.mark.parametrize(
    ("error", "lead", "said"),
    [
        ((0.0, 0.04), (0.1, 0.2), "runs close to the diagonal"),
        ((0.06, 0.09), (0.1, 0.2), "does not run close to the diagonal"),
        ((0.01, 0.09), (0.1, 0.2), "close to the diagonal is open"),
        ((0.0, 0.04), (0.1, 0.2), "agree more often where the votes are clearly against"),
        ((0.0, 0.04), (-0.2, -0.1), "agree less often where the votes are clearly against"),
        ((0.0, 0.04), (-0.1, 0.1), "agree about as often where the votes are clearly against"),
    ],
)
def test_the_verdict_goes_by_the_intervals(
    error: tuple[float, float], lead: tuple[float, float], said: str
) -> None:
    ahead = Estimate(np.mean(lead), *lead, 9)
    text = say_curve(Estimate(np.mean(error), *error, 9), {"no": ahead, "yes": ahead})
    assert said in text
    assert f"{100 * NEAR:.0f} points" in text


def test_nothing_observed_claims_nothing() -> None:
    nothing = Estimate(np.nan, np.nan, np.nan, 0)
    assert say_curve(nothing, {"no": nothing, "yes": nothing}) == ""
    error = Estimate(0.2, 0.1, 0.3, 9)
    assert say_curve(error, {"no": nothing, "yes": nothing}).endswith("of it).")


def test_two_sides_that_differ_in_how_often_are_each_compared_on_their_own() -> None:
    error, more = Estimate(0.2, 0.1, 0.3, 9), Estimate(0.3, 0.2, 0.4, 9)
    same = Estimate(0.0, -0.1, 0.1, 9)
    assert say_curve(error, {"no": more, "yes": same}).endswith(
        "Compared with doubtful votes, model and majority agree more often where the votes are "
        "clearly against a dwarf, and about as often where the votes are clearly for one."
    )


def test_the_curve_lies_off_by_its_calibration_error() -> None:
    table = answers([1, 20, 24, 3], [0, 1, 1, 1], answers=[1, 1, 1, 0])
    read = table.head(3)
    error = calibration_error(read["yes"] / 25, read["called"])
    assert curve_error(table) == error.in_unit(POINTS)
    assert np.isnan(curve_error(table.assign(answers=0)).value)


def test_of_a_side_without_votes_nothing_is_said() -> None:
    nothing, error = Estimate(np.nan, np.nan, np.nan, 0), Estimate(0.2, 0.1, 0.3, 9)
    more = Estimate(0.3, 0.2, 0.4, 9)
    said = say_curve(error, {"no": nothing, "yes": more})
    assert said.endswith("model and majority agree more often where the votes are clearly for one.")


@pytest.mark.parametrize("votes", [5, 10, 20, 25, 30, 50])
def test_clear_votes_against_a_dwarf_mirror_those_for_one(votes: int) -> None:
    chance = np.random.default_rng(votes)
    yes, called = chance.integers(0, votes + 1, 500), chance.integers(0, 2, 500)
    panel = clear_subset(answers(yes, called, votes))
    for least in CLEAR:
        demanded = round(least * 100) * votes
        clearly = 100 * yes >= demanded
        clearly_not = 100 * (votes - yes) >= demanded
        both = (called == 1) & clearly
        of_called = ((called == 1) & (clearly | clearly_not)).sum()
        found = at_clear(panel, "precision", least), at_clear(panel, "recall", least)
        assert found[0] == proportion(int(both.sum()), int(of_called))
        assert found[1] == proportion(int(both.sum()), int(clearly.sum()))


def test_no_clear_votes_leave_precision_and_recall_open() -> None:
    panel = clear_subset(answers([12, 13], [1, 1]))
    assert at_clear(panel, "recall").n == 0
    assert np.isnan(at_clear(panel, "precision").value)
    with pytest.raises(StopIteration):
        at_clear(panel, "accuracy")


def test_kinds_stand_in_order_of_who_is_called() -> None:
    kinds = ["dwarf"] * 3 + ["bright star"] * 2 + ["survey edge"] * 2 + ["artefact"]
    table = answers([25, 25, 0, 13, 0, 0, 0, 9], [1, 1, 0, 1, 1, 0, 0, 0], kind=kinds)
    found = by_kind(table)
    assert found.index.tolist() == ["bright star", HIDDEN, "artefact", "survey edge"]
    assert found["subjects"].tolist() == [2, 3, 1, 2]
    assert found.loc[HIDDEN, "model"] == proportion(2, 3)
    assert found.loc["bright star", "majority"] == proportion(1, 2)


def test_where_kinds_are_not_known_there_are_only_candidates() -> None:
    table = answers([3, 4], [1, 0])
    assert by_kind(table).empty
    assert list(by_kind(table).columns) == ["subjects", "model", "majority"]
    groups = by_group(table)
    assert groups["candidates"] == proportion(1, 2)
    assert groups["known"].n == groups["simulated"].n == 0


def test_what_was_added_is_no_candidate() -> None:
    kinds = ["dwarf", "random clump", "known dwarf", "simulated dwarf", "simulated dwarf"]
    groups = by_group(answers([0] * 5, [1, 0, 1, 1, 0], kind=kinds))
    assert groups == {
        "candidates": proportion(1, 2),
        "known": proportion(1, 1),
        "simulated": proportion(1, 2),
    }


def test_every_clearness_has_its_agreement() -> None:
    numbers = agreement_numbers(drawn(3))
    clear, doubtful = numbers["agree_clear"], numbers["agree_doubtful"]
    assert numbers["agree_lead_clear"].value == pytest.approx(clear.value - doubtful.value)
    assert numbers["kappa_clear"] == kappa(drawn(3), "clear")


def test_against_the_truth_the_lead_is_that_of_the_shares() -> None:
    known = answers([20, 3, 24, 1], [1, 1, 0, 0], label=["1", "1", "1", "0"])
    numbers = against_truth(known)
    assert (numbers["right"].value, numbers["crowd_right"].value) == (0.75, 0.75)
    assert numbers["right_lead"].value == 0
    assert numbers["model_sensitivity"] == finders(known)["model_sensitivity"]


def test_junk_is_counted_among_majorities_whose_truth_is_known() -> None:
    table = answers([25, 20, 13, 12, 25], [0] * 5, label=["1", "0", "0", "0", None])
    junk = junk_of_majority(table)
    assert (junk.n, junk.value) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize(
    ("yes", "clear", "clear_yes"),
    [
        ([0, 25, 12], True, True),
        ([0, 25, 0, 25], False, True),
        ([0, 0, 12], False, False),
        ([25], False, True),
        ([], False, False),
    ],
)
def test_which_votes_are_clear(yes: list[int], clear: bool, clear_yes: bool) -> None:
    agreed = agreements(answers(yes, [0] * len(yes)))
    assert clear_facts(agreed) == {"clear": clear, "clear_yes": clear_yes}


def test_without_a_clear_vote_for_a_dwarf_nothing_is_precise() -> None:
    panel = clear_subset(answers([0, 1, 0, 12], [1, 0, 1, 1]))
    assert np.isnan([at_clear(panel, name).value for name in ("precision", "recall")]).all()
