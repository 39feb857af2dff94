import pandas as pd
import pytest

from secondsight.datasets.derived import load
from secondsight.errors import DataError
from secondsight.papers.aion_search import readings
from secondsight.papers.aion_search.agreement import TREE, compare
from secondsight.papers.aion_search.readings import WHICH


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """The judge's codes."""
    return load("aion_answers").table


@pytest.fixture(scope="module")
def votes() -> pd.DataFrame:
    """The volunteers' votes."""
    return load("aion_votes").table


@pytest.fixture(scope="module")
def read() -> pd.DataFrame:
    """The second reader's codes."""
    return readings.read_readings()


def test_what_was_read_is_what_the_seed_draws(
    read: pd.DataFrame, answers: pd.DataFrame, votes: pd.DataFrame
) -> None:
    drawn = readings.draw_sample(answers, votes)
    pd.testing.assert_frame_equal(drawn[WHICH], read[WHICH])
    strata = drawn.assign(branch=drawn["galaxy"].map(readings.branches(votes)))
    assert strata.groupby(["configuration", "branch"]).size().tolist() == [1] * 64


def test_another_seed_draws_other_texts(answers: pd.DataFrame, votes: pd.DataFrame) -> None:
    assert not readings.draw_sample(answers, votes, 1).equals(readings.draw_sample(answers, votes))


def test_codes_are_codes_of_the_tree(read: pd.DataFrame, answers: pd.DataFrame) -> None:
    assert list(read.columns) == [*WHICH, *TREE]
    for question in TREE:
        known = {*answers[question], "boxy", "rounded", "none", "", "not-mentioned"}
        assert set(read[question]) <= known


def test_a_reading_follows_the_tree(read: pd.DataFrame) -> None:
    smooth = read["smooth-or-featured"] == "smooth"
    assert ((read["how-rounded"] != "") == smooth).all()
    assert ((read["disk-edge-on"] != "") == ~smooth).all()
    assert ((read["edge-on-bulge"] != "") == (read["disk-edge-on"] == "yes")).all()
    assert ((read["has-spiral-arms"] != "") == (read["disk-edge-on"] == "no")).all()
    assert ((read["spiral-winding"] != "") == (read["has-spiral-arms"] == "yes")).all()


def test_agreement_with_the_judge_by_plain_counting(
    read: pd.DataFrame, answers: pd.DataFrame, votes: pd.DataFrame
) -> None:
    judged = readings.of_the_same_texts(read, answers)
    shares = readings.agreement_by_question(read, judged)
    both = read.merge(answers, on=WHICH, suffixes=("_read", "_judged"))
    for question in TREE:
        ours, theirs = both[f"{question}_read"], both[f"{question}_judged"]
        reached = (ours != "") & (theirs != "")
        assert shares[question].n == reached.sum()
        assert shares[question].value == pytest.approx((ours == theirs)[reached].mean())
        assert shares[question].method == "Wilson"
    compared = readings.score_and_gain(read, judged, votes)
    for name, codes in [("judged", judged), ("read", read)]:
        scores = compare(codes, votes).groupby(WHICH)["same"].mean()
        assert compared[name].value == pytest.approx(scores.mean())
    gain = compared["read"].value - compared["judged"].value
    assert compared["gain"].value == pytest.approx(gain)


def test_a_text_that_nobody_wrote_is_one_line(read: pd.DataFrame, answers: pd.DataFrame) -> None:
    with pytest.raises(DataError, match=r"read_descriptions\.csv names a text that is not among"):
        readings.of_the_same_texts(read, answers[answers["configuration"] != "gpt-4o"])
