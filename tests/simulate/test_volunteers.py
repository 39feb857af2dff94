from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.errors import DataError
from secondsight.simulate import volunteers
from secondsight.simulate.volunteers import VOTES, cast_votes, draw_volunteers, likeness

SUBJECTS = 6_000


@pytest.fixture(scope="module")
def subjects() -> pd.DataFrame:
    """A stand-in for the campaign's catalogue."""
    chance = np.random.default_rng(0)
    dwarf = chance.random(SUBJECTS) < 0.3
    return pd.DataFrame(
        {
            "label": np.where(dwarf, "1", "0"),
            "detectability": np.where(dwarf, chance.random(SUBJECTS), 0.0),
            "strength": np.where(dwarf, np.nan, chance.gamma(2.2, 1.0, SUBJECTS)),
        }
    )


@pytest.fixture(scope="module")
def votes(subjects: pd.DataFrame) -> pd.DataFrame:
    return cast_votes(likeness(subjects), draw_volunteers())


def test_every_subject_has_its_votes_of_as_many_volunteers(votes: pd.DataFrame) -> None:
    assert len(votes) == SUBJECTS * VOTES
    assert (votes.groupby("subject").size() == VOTES).all()
    assert not votes.duplicated(["subject", "volunteer"]).any()
    assert votes["volunteer"].between(0, volunteers.VOLUNTEERS - 1).all()


def test_every_count_of_yes_occurs(votes: pd.DataFrame) -> None:
    assert set(count_campaign(votes)["yes"]) == set(range(VOTES + 1))


def test_what_is_easier_to_see_gets_more_votes(subjects: pd.DataFrame, votes: pd.DataFrame) -> None:
    share = count_campaign(votes)["yes"] / VOTES
    dwarf = subjects["label"] == "1"
    bins = pd.cut(subjects["detectability"][dwarf], [0, 0.25, 0.5, 0.75, 1])
    means = share[dwarf].groupby(bins, observed=True).mean().to_numpy()
    assert (np.diff(means) > 0.1).all()
    assert means[0] < 0.35
    assert means[-1] > 0.75
    assert share[~dwarf].mean() < 0.15


def test_the_middle_is_contested(subjects: pd.DataFrame, votes: pd.DataFrame) -> None:
    share = count_campaign(votes)["yes"] / VOTES
    even = subjects["detectability"].between(0.45, 0.55)
    assert 0.25 < share[even].mean() < 0.65
    assert share[even].std() > 0.15


def test_a_few_volunteers_give_most_of_the_votes(votes: pd.DataFrame) -> None:
    each = np.sort(np.bincount(votes["volunteer"], minlength=volunteers.VOLUNTEERS))
    assert each[-len(each) // 10 :].sum() > 0.5 * each.sum()
    assert each[-1] < SUBJECTS


def test_the_skilled_are_right_more_often(subjects: pd.DataFrame, votes: pd.DataFrame) -> None:
    clear = (likeness(subjects) > 0.9) | (likeness(subjects) < 0.1)
    looks = likeness(subjects)[votes["subject"]] > 0.5
    right = (votes["vote"] == looks)[clear[votes["subject"]]]
    skill = pd.Series(draw_volunteers().skill[votes["volunteer"]])[right.index]
    assert right[skill > skill.quantile(0.8)].mean() > right[skill < skill.quantile(0.2)].mean()


def test_the_votes_are_the_same_each_time_and_of_each_subject_alone(
    subjects: pd.DataFrame, votes: pd.DataFrame
) -> None:
    some = likeness(subjects)[:1_500]
    again = cast_votes(some, draw_volunteers())
    pd.testing.assert_frame_equal(again, votes.head(len(again)))
    other = cast_votes(some, draw_volunteers(), seed=1)
    assert not other["vote"].equals(again["vote"])


def test_what_is_no_dwarf_needs_no_strength(subjects: pd.DataFrame) -> None:
    plain = likeness(subjects.drop(columns="strength"))
    dwarf = (subjects["label"] == "1").to_numpy()
    assert (plain[~dwarf] == 0).all()
    assert (plain[dwarf] == likeness(subjects)[dwarf]).all()


def test_too_few_volunteers_and_impossible_subjects_are_refused() -> None:
    with pytest.raises(ValueError, match="24 volunteers can't give 25 votes"):
        cast_votes(np.zeros(1), draw_volunteers(count=24))
    with pytest.raises(ValueError, match="between 0 and 1"):
        cast_votes(np.array([1.2]), draw_volunteers())


def test_no_subjects_no_votes() -> None:
    assert len(cast_votes(np.zeros(0), draw_volunteers())) == 0


@settings(max_examples=10)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_votes_come_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, like) -> None:
    path = tmp_path_factory.mktemp("votes") / "campaign.parquet"
    votes = cast_votes(np.array(like), draw_volunteers(count=40))
    volunteers.write_votes(votes, path)
    pd.testing.assert_frame_equal(read_campaign(path), votes)


def test_the_campaign_in_the_repository_is_whole_and_small() -> None:
    votes = read_campaign()
    counts = count_campaign(votes)
    assert len(votes) == 1_158_350
    assert (counts["votes"] == VOTES).all()
    assert votes["volunteer"].nunique() == volunteers.VOLUNTEERS
    assert set(counts["yes"]) == set(range(VOTES + 1))
    assert volunteers.CAMPAIGN.stat().st_size < 2_000_000


def test_the_campaign_in_the_repository_is_what_is_drawn_today() -> None:
    pytest.importorskip("secondsight.simulate.campaign")
    pd.testing.assert_frame_equal(read_campaign(), volunteers.campaign())


@pytest.mark.parametrize("content", [None, b"nothing", b"columns"])
def test_a_file_that_is_not_right_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "campaign.parquet"
    if content == b"columns":
        pd.DataFrame({"subject": [1]}).to_parquet(path)
    elif content:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"campaign\.parquet (is|holds)"):
        read_campaign(path)
