"""Votes of Galaxy Zoo 2: what the committed tables say, and the same from the file by pandas."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets import derived
from secondsight.datasets.galaxy_zoo import QUESTIONS
from secondsight.metrics import tallies as scatter
from secondsight.papers.dwarfs import phrases, real_votes, vote_panels


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    return pd.read_csv(derived.paths.DERIVED / "galaxy_zoo_tallies.csv")


@cache
def released(mirror: Path) -> pd.DataFrame:
    return pd.read_csv(mirror / "gz2" / "table5.csv.gz")


def fractions(mirror: Path, question: str) -> pd.DataFrame:
    """Return yes, votes and their ratio of every galaxy with ten votes or more, from the file."""
    table = released(mirror)
    asked = QUESTIONS[question]
    yes = table[f"{asked.yes}_count"]
    votes = yes + sum(table[f"{other}_count"] for other in asked.no)
    return pd.DataFrame({"yes": yes, "votes": votes, "f": yes / votes})[votes >= 10]


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_the_numbers_are_those_of_the_file(
    mirror: Path, counted: pd.DataFrame, question: str
) -> None:
    rows = fractions(mirror, question)
    found = real_votes.tallies_of(counted, question)
    p, n = rows["f"].mean(), rows["votes"]
    apart = 2 * rows["yes"] * (n - rows["yes"]) / (n * (n - 1))
    variance = rows["f"].var(ddof=0)
    assert found.galaxies.sum() == len(rows)
    assert scatter.alike(found).value == pytest.approx(1 - apart.mean() / (2 * p * (1 - p)))
    assert scatter.spread(found).value == pytest.approx(variance / (p * (1 - p) * (1 / n).mean()))
    coin = (rows["f"] * (1 - rows["f"]) / (n - 1)).mean() / variance
    assert scatter.coin_share(found).value == pytest.approx(coin)
    doubtful = (rows["yes"] * 5 > n) & ((n - rows["yes"]) * 5 > n)
    assert scatter.in_doubt(found).value == doubtful.mean()


def test_every_galaxy_was_asked_the_first_question(mirror: Path) -> None:
    table = released(mirror)
    counts = table.filter(regex="^t01_.*_count$").sum(axis=1)
    assert len(table) == 19_761
    assert (counts == table["total_classifications"]).all()


def test_two_galaxies_were_tallied_twice() -> None:
    table = derived.load("galaxy_zoo_twice").table
    assert (table["question"] == real_votes.FIRST).sum() == 2
    assert (table[["yes_1", "yes_2"]].to_numpy() <= table[["votes_1", "votes_2"]]).all(axis=None)


def test_a_campaign_gives_tallies_too() -> None:
    subjects = pd.DataFrame({"yes": [3, 3, 0, 1], "votes": [25, 25, 25, 1]})
    found = real_votes.tallies_on(subjects)
    assert found.galaxies.tolist() == [1, 2]
    assert found.fraction.tolist() == [0, 0.12]


def test_answers_beside_votes_draw_the_figures_of_the_paper() -> None:
    ids = [str(number) for number in range(40)]
    votes = pd.DataFrame(
        {"image_id": ids * 2, "question": ["spiral arms"] * 40 + ["bar"] * 40,
         "yes": list(range(40)) + [0] * 40, "votes": [39] * 40 + [0] * 40}
    )  # fmt: skip
    answers = pd.DataFrame({"image_id": ids, "answer": ["A"] * 20 + ["F"] * 19 + [None]})
    table = real_votes.answered(answers, votes, "spiral arms", {"E", "F"})
    assert (len(table), table["called"].sum()) == (40, 19)
    assert len(phrases.readable(table)) == 39
    asked, agree = vote_panels.calibration(table, "gpt-4o-mini")
    assert [round(e.value) for e in asked.series[0].estimates] == [0] * 5 + [1] * 5
    assert all(e.value == 1 for e in agree.series[0].estimates)
    assert vote_panels.at_clear(vote_panels.clear_subset(table), "recall").value == 1
    assert real_votes.answered(answers, votes, "bar", {"E"}).empty


def test_two_pairs_say_next_to_nothing() -> None:
    table = derived.load("galaxy_zoo_twice").table
    found = real_votes.differ_twice(table)
    first = (17 / 24 - 12 / 22) ** 2 / (29 / 46 * 17 / 46 * (1 / 24 + 1 / 22))
    second = (12 / 19 - 4 / 13) ** 2 / (0.5 * 0.5 * (1 / 19 + 1 / 13))
    assert found.value == pytest.approx((first + second) / 2)
    assert found.low < 1 < 50 < found.high


def test_measures_are_named_by_crowd(counted: pd.DataFrame) -> None:
    crowds = real_votes.crowds(counted, pd.DataFrame({"yes": [3, 9], "votes": [25, 25]}))
    names = real_votes.named({name: {"alike": scatter.alike(own)} for name, own in crowds.items()})
    table = real_votes.scatter_table(
        {name: scatter.measures(own) for name, own in crowds.items()}, "ours"
    )
    assert list(table.index) == [*(f"Galaxy Zoo 2: {question}" for question in QUESTIONS), "ours"]
    ours = scatter.measures(crowds["here"])
    assert table.loc["ours"].tolist() == [ours[name] for name in real_votes.TABLED]
    assert list(names) == ["alike_smooth", "alike_edge_on", "alike_bar", "alike_spiral_arms",
                           "alike_anything_odd", "alike_here"]  # fmt: skip


def test_both_crowds_have_the_same_measures(counted: pd.DataFrame) -> None:
    for question in QUESTIONS:
        found = scatter.alike(real_votes.tallies_of(counted, question))
        assert 0 < found.low < found.high < 1
        assert np.isclose(found.n, counted.loc[counted["question"] == question, "count"].sum())
