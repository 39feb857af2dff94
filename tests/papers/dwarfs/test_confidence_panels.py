import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss

from papers.dwarfs.made_campaign import answers, drawn, values
from secondsight.figures.dots import Band, Dots
from secondsight.metrics.intervals import Estimate, proportion
from secondsight.papers.dwarfs.confidence_panels import (
    at_high,
    by_confidence,
    confidence,
    events_drawn,
    outcomes,
    rise,
    score_numbers,
    score_panels,
    score_table,
    selected,
    selective,
    share_stated,
    sureness,
    surest,
    ways_drawn,
)

WORDS = ["low", "medium", "high"]


@pytest.fixture
def stated() -> pd.DataFrame:
    """Answers with a truth, confidences that rise with the votes, and scores."""
    table = drawn(5, 400)
    chance = np.random.default_rng(6)
    word = np.clip((table["yes"] + chance.integers(-6, 7, 400)) // 9, 0, 2)
    score = np.clip(table["yes"] / 25 + chance.normal(0, 0.1, 400), 0, 1).round(3)
    label = (chance.random(400) < table["yes"] / 25).astype(int).astype(str)
    return table.assign(confidence=[WORDS[place] for place in word], score=score, label=label)


def test_each_confidence_is_counted_by_what_was_said(stated: pd.DataFrame) -> None:
    table = stated.assign(confidence=stated["confidence"].where(stated.index % 7 > 0, None))
    found = by_confidence(table)
    assert found.index.tolist() == ["high", "medium", "low", "none stated"]
    word = table["confidence"].fillna("none stated")
    counted = pd.crosstab(word, table["called"])
    for name, called in [("called a dwarf", 1), ("called none", 0)]:
        assert found[name].to_dict() == counted[called].to_dict()
        for row in found.index:
            expected = proportion(int(counted.loc[row, called]), int(counted[called].sum()))
            assert found.loc[row, f"{name}, share"] == expected


def test_a_confidence_that_nobody_states_has_no_row(stated: pd.DataFrame) -> None:
    table = stated[stated["confidence"] != "medium"]
    assert by_confidence(table).index.tolist() == ["high", "low"]
    unstated = by_confidence(answers([1], [0]))
    assert unstated.index.tolist() == ["none stated"]
    assert unstated["called none"].tolist() == [1]
    assert unstated["called a dwarf, share"].iloc[0].n == 0


def test_a_word_that_is_none_of_the_three_is_no_stated_share(stated: pd.DataFrame) -> None:
    assert share_stated(stated, "high") == proportion(
        int((stated["confidence"] == "high").sum()), len(stated)
    )
    assert share_stated(answers([1, 2], [0, 1]), "high") == proportion(0, 2)
    assert share_stated(stated.head(0), "high").n == 0


def test_the_rise_is_scipys_rank_correlation(stated: pd.DataFrame) -> None:
    place = stated["confidence"].map(WORDS.index)
    expected = spearmanr(place, stated["yes"] / stated["votes"]).statistic
    found = rise(stated)
    assert found.value == pytest.approx(expected)
    assert found.low < expected < found.high
    turned = stated.assign(confidence=[WORDS[2 - at] for at in place])
    assert rise(turned).value == pytest.approx(-expected)


def test_there_is_no_rise_without_confidences_or_with_one_only(stated: pd.DataFrame) -> None:
    for table, n in [(answers([1, 2], [0, 1]), 0), (stated.assign(confidence="high"), 400)]:
        found = rise(table)
        assert np.isnan(found.value)
        assert found.n == n


def test_the_votes_by_what_was_said_and_how_surely(stated: pd.DataFrame) -> None:
    table = stated.assign(votes=np.where(stated.index % 3, 25, 50))
    panel = confidence(table)
    for series, called in zip(panel.series, [1, 0], strict=True):
        part = table[table["called"] == called]
        sums = part.groupby(part["confidence"].map(WORDS.index))[["yes", "votes"]].sum()
        assert isinstance(series, Dots)
        assert list(series.x) == sums.index.tolist()
        assert values(series.estimates) == pytest.approx((sums["yes"] / sums["votes"]).tolist())
        assert bool(series.spread) is (called == 1)


def test_a_confidence_without_answers_has_no_dot() -> None:
    table = answers([20, 3, 4], [1, 0, 0], confidence=["high", None, "low"])
    called, none = confidence(table).series
    assert isinstance(called, Dots)
    assert isinstance(none, Dots)
    assert (list(called.x), list(none.x)) == ([2.0], [0.0])
    for table in (answers([20, 3], [1, 0]), answers([20], [0], answers=0, confidence="high")):
        assert all(isinstance(one, Dots) and len(one.x) == 0 for one in confidence(table).series)


def test_an_answer_is_as_sure_as_its_own_token(stated: pd.DataFrame) -> None:
    scores = {"score": [0.125, 0.5, 0.75, 1.0] * 100}
    found = sureness(stated.assign(called=[0, 1, 1, 1] * 100, **scores))
    assert list(found) == ["stated confidence", "token probability"]
    assert found["token probability"][:4].tolist() == [0.875, 0.5, 0.75, 1.0]
    drawn_against = sureness(stated.assign(called=[1, 0, 0, 0] * 100, **scores))
    assert drawn_against["token probability"][:4].tolist() == [0.125, 0.5, 0.25, 0.0]
    assert found["stated confidence"].tolist() == stated["confidence"].map(WORDS.index).tolist()


def test_a_way_that_no_answer_has_is_left_out(stated: pd.DataFrame) -> None:
    assert list(sureness(stated.assign(confidence=None))) == ["token probability"]
    assert sureness(answers([1], [0])) == {}
    assert sureness(stated.head(0)) == {}


def test_a_way_is_tried_on_the_answers_that_have_it(stated: pd.DataFrame) -> None:
    some = stated.assign(score=stated["score"].where(stated.index < 30))
    panels = selected(some)
    by_word, by_probability = panels[0].series
    wrong = ((stated["called"] == 1) != (stated["yes"] >= 13))[:30]
    assert by_probability.estimates[-1] == proportion(int(wrong.sum()), 30)  # type: ignore[union-attr]
    assert by_word.estimates[-1].n == len(stated)  # type: ignore[union-attr]
    assert ways_drawn(panels, len(some)) == (
        "stated confidence and by the token's probability (30 of 400 answers have it)"
    )
    assert ways_drawn(selected(stated), 400) == "stated confidence and by the token's probability"


def test_a_caption_names_what_a_probability_is_held_against(stated: pd.DataFrame) -> None:
    both = events_drawn(score_panels(stated, 0))
    assert both == "volunteers say dwarf (votes) and how often it is one (truth)"
    assert events_drawn(score_panels(stated.assign(label=None), 0)) == "volunteers say dwarf"


def test_a_word_of_the_models_own_is_counted_apart(stated: pd.DataFrame) -> None:
    table = by_confidence(stated.assign(confidence=["quite sure", None, "low", "low"] * 100))
    assert table.index.tolist() == ["low", "another word", "none stated"]
    assert int(table[["called a dwarf", "called none"]].to_numpy().sum()) == 400


def test_risk_falls_where_the_surest_are_right() -> None:
    score = np.linspace(0.5, 1, 100)
    right = np.arange(100) >= 20
    panel = selective(answers([0] * 100, [1] * 100, score=score), right, "title")
    (series,) = panel.series
    assert isinstance(series, Dots)
    assert list(series.x) == sorted(series.x)
    assert values(series.estimates)[0] == 0
    assert series.estimates[-1] == proportion(20, 100)
    for x, one in zip(series.x, series.estimates, strict=True):
        assert one.value == pytest.approx(max(0, x - 0.8) / x)


def test_answers_are_held_against_the_majority_and_against_a_known_truth(
    stated: pd.DataFrame,
) -> None:
    label = stated["label"].where(stated.index % 2 == 0, None)
    panels = selected(stated.assign(label=label))
    known = stated[stated.index % 2 == 0]
    wrong = [
        (stated["called"] == 1) != (stated["yes"] >= 13),
        (known["called"] == 1) != (known["label"] == "1"),
    ]
    assert [panel.title for panel in panels] == ["Against the majority", "Against the truth"]
    for panel, expected in zip(panels, wrong, strict=True):
        for series in panel.series:
            assert isinstance(series, Dots)
            assert series.x[-1] == 1
            assert series.estimates[-1] == proportion(int(expected.sum()), len(expected))
    one, other = (panel.y_range for panel in panels)
    highest = max(e.high for p in panels for s in p.series for e in s.estimates)  # type: ignore[union-attr]
    assert one == other == (0, pytest.approx(1.05 * highest))


def test_where_no_truth_is_known_only_the_majority_is_left(stated: pd.DataFrame) -> None:
    (panel,) = selected(stated.assign(label=None))
    assert panel.title == "Against the majority"
    (empty,) = selected(answers([1, 2], [0, 1]))
    assert list(empty.series) == []
    (nobody,) = selected(stated.head(0))
    assert list(nobody.series) == []


def test_what_high_buys_is_counted_among_what_was_called(stated: pd.DataFrame) -> None:
    found = at_high(stated)
    called = stated[stated["called"] == 1]
    high = called[called["confidence"] == "high"]
    for name, part in [("high", high), ("all", called)]:
        assert found[f"{name}_voted"] == proportion(int((part["yes"] >= 13).sum()), len(part))
        assert found[f"{name}_true"] == proportion(int((part["label"] == "1").sum()), len(part))
    kept = int((high["label"] == "1").sum())
    assert found["high_kept"] == proportion(kept, int((called["label"] == "1").sum()))


def test_what_high_buys_is_open_where_nothing_is_known(stated: pd.DataFrame) -> None:
    unknown = at_high(stated.assign(label=None))
    assert [name for name, one in unknown.items() if one.n == 0] == [
        "high_true",
        "all_true",
        "high_kept",
    ]
    assert all(one.n == 0 for one in at_high(answers([20], [0])).values())
    unsure = at_high(stated.assign(confidence="low"))
    assert unsure["high_voted"].n == 0
    assert unsure["high_kept"].value == 0


def test_a_score_is_held_against_what_is_there(stated: pd.DataFrame) -> None:
    assert list(outcomes(stated)) == ["votes", "truth"]
    assert list(outcomes(stated.assign(label=None))) == ["votes"]
    assert outcomes(answers([1], [0])) == {}
    some = stated.assign(score=stated["score"].where(stated.index < 30))
    part, yes, of = outcomes(some)["votes"]
    assert part.index.tolist() == list(range(30))
    assert (yes.tolist(), of.tolist()) == (stated["yes"].tolist()[:30], [25] * 30)
    refused = stated.assign(answers=np.where(stated.index < 9, 0, 1))
    assert len(outcomes(refused)["truth"][0]) == 391


def test_the_scores_table_holds_scikit_learns_brier_score(stated: pd.DataFrame) -> None:
    found = score_table(stated, 0)
    came = (stated["label"] == "1").to_numpy()
    against_truth = found.loc["held against the truth"]
    assert against_truth["Brier score"].value == pytest.approx(
        brier_score_loss(came, stated["score"], pos_label=True)
    )
    each = np.repeat(stated["score"].to_numpy(), 25)
    votes = np.concatenate([np.arange(25) < yes for yes in stated["yes"]])
    assert found.loc["held against votes", "Brier score"].value == pytest.approx(
        brier_score_loss(votes, each, pos_label=True)
    )
    mean = came.mean()
    assert against_truth["uncertainty"].value == pytest.approx(mean * (1 - mean))
    for _, row in found.iterrows():
        parts = row["miscalibration"].value - row["discrimination"].value
        assert row["Brier score"].value == pytest.approx(parts + row["uncertainty"].value)


def test_recalibration_mends_a_score_that_is_turned_around(stated: pd.DataFrame) -> None:
    bold = (stated["score"] > 0.5) * 0.98 + 0.01
    found = score_table(stated.assign(score=bold), 0).loc["held against the truth"]
    assert found["Brier score, recalibrated"].high < found["Brier score"].value
    assert found["calibration error"].low > 0.05


def test_the_curves_rise_with_the_score(stated: pd.DataFrame) -> None:
    panels = score_panels(stated, 0)
    assert [panel.title for panel in panels] == ["Held against votes", "Held against the truth"]
    for panel in panels:
        (band,) = panel.series
        assert isinstance(band, Band)
        assert band.x.tolist() == sorted(set(stated["score"]))
        assert (np.diff(band.y) >= 0).all()
        assert (band.low <= band.high).all()


def test_without_scores_there_is_nothing_to_hold() -> None:
    table = drawn(1, 20)
    assert score_panels(table, 0) == []
    assert score_table(table, 0).empty
    assert all(np.isnan(one.value) for one in score_numbers(score_table(table, 0)).values())
    assert all(np.isnan(one.value) for one in surest(selected(table)).values())


def test_too_few_known_truths_leave_the_recalibrated_score_open(stated: pd.DataFrame) -> None:
    few = stated.assign(label=stated["label"].where(stated.index < 3, None))
    found = score_table(few, 0).loc["held against the truth"]
    assert np.isnan(found["Brier score, recalibrated"].value)
    assert found["Brier score"].n == 3
    assert np.isfinite(found["Brier score"].value)


def test_the_numbers_of_the_prose_are_the_tables(stated: pd.DataFrame) -> None:
    table = score_table(stated, 0)
    found = score_numbers(table)
    assert len(found) == 12
    assert all(isinstance(one, Estimate) for one in found.values())
    assert found["votes_brier"] == table.loc["held against votes", "Brier score"]
    assert (
        found["truth_calibration_error"]
        == (table.loc["held against the truth", "calibration error"])
    )
    only_votes = score_numbers(score_table(stated.assign(label=None), 0))
    assert set(only_votes) == set(found)
    defined = {name for name, one in only_votes.items() if np.isfinite(one.value)}
    assert {name.partition("_")[0] for name in defined} == {"votes"}
