import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondsight.datasets import derived
from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.galaxy_zoo import QUESTIONS
from secondsight.metrics.tallies import alike
from secondsight.papers.dwarfs.real_votes import tallies_of, tallies_on
from secondsight.simulate import volunteers
from secondsight.simulate.campaign import catalogue
from secondsight.simulate.cues import Cues, read_cues
from secondsight.simulate.volunteers import (
    EVEN,
    FLAWS,
    VOTES,
    Sheets,
    cast_votes,
    draw_volunteers,
    weigh,
)

SUBJECTS = 6_000


@pytest.fixture(scope="module")
def cues() -> pd.DataFrame:
    """What the first sheets of the campaign show."""
    return read_cues().head(SUBJECTS)


@pytest.fixture(scope="module")
def subjects() -> pd.DataFrame:
    """What the first subjects of the campaign are."""
    return catalogue().head(SUBJECTS)


def one_sheet(**shown: float) -> pd.DataFrame:
    """Return the cues of one sheet, even for a dwarf, with nothing that speaks against it."""
    return pd.DataFrame([dict.fromkeys(Cues._fields, 0.0) | EVEN | shown])


def share_of_yes(sheet: pd.DataFrame) -> float:
    """Return the share of votes for a dwarf on many subjects with this one sheet."""
    many = weigh(pd.concat([sheet] * 1_000, ignore_index=True))
    return float(cast_votes(many, draw_volunteers())["vote"].mean())


@pytest.fixture(scope="module")
def votes(cues: pd.DataFrame) -> pd.DataFrame:
    return cast_votes(weigh(cues), draw_volunteers())


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
    bins = pd.cut(subjects["detectability"][dwarf], [0, 0.1, 0.3, 0.7, 1])
    means = share[dwarf].groupby(bins, observed=True).mean().to_numpy()
    assert (np.diff(means) > 0.05).all()
    assert means[0] < 0.35
    assert means[-1] > 0.7
    assert share[~dwarf].mean() < 0.2


def test_more_stars_get_more_votes_and_even_ones_about_half() -> None:
    shares = [share_of_yes(one_sheet(stars=stars)) for stars in (2, 3, 4, 5, 6, 60)]
    assert (np.diff(shares) > 0).all()
    assert 0.4 < shares[2] < 0.55
    assert 0.9 < shares[-1] < 1


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_rejected_the_more_the_plainer_it_is(flaw: str) -> None:
    rich = {"stars": 8.0}
    least = FLAWS[flaw] * (2 if flaw == "others" else 1)  # the stars are twice as many
    shares = [share_of_yes(one_sheet(**rich, **{flaw: least * times})) for times in (0, 1, 2, 8)]
    assert (np.diff(shares) < 0).all()
    assert 0.4 < shares[1] / shares[0] < 0.6
    assert shares[-1] < 0.05


def test_no_more_of_them_are_taken_for_dwarfs_than_chance_clumps(
    subjects: pd.DataFrame, votes: pd.DataFrame
) -> None:
    share = (count_campaign(votes)["yes"] / VOTES).groupby(subjects["kind"]).mean()
    plain = ["bright star", "galaxy cluster", "survey edge", "nearby galaxy", "artefact"]
    assert (share[plain] < share["random clump"]).all()
    assert share["random clump"] < share["dwarf"]


def test_volunteers_agree_about_as_real_ones_do(votes: pd.DataFrame) -> None:
    ours = alike(tallies_on(count_campaign(votes))).value
    real = derived.load("galaxy_zoo_tallies").table
    theirs = [alike(tallies_of(real, question)).value for question in QUESTIONS]
    assert min(theirs) < ours < max(theirs)


def test_a_few_volunteers_give_most_of_the_votes(votes: pd.DataFrame) -> None:
    each = np.sort(np.bincount(votes["volunteer"], minlength=volunteers.VOLUNTEERS))
    assert each[-len(each) // 10 :].sum() > 0.5 * each.sum()
    assert each[-1] < SUBJECTS


def test_the_skilled_go_by_the_stars_more(cues: pd.DataFrame, votes: pd.DataFrame) -> None:
    pull = weigh(cues).pull[votes["subject"]]
    plain = weigh(cues).flaw[votes["subject"]] < -3
    right = (votes["vote"] == (pull > 0))[plain & (abs(pull) > 2)]
    skill = pd.Series(draw_volunteers().skill[votes["volunteer"]])[right.index]
    assert right[skill > skill.quantile(0.8)].mean() > right[skill < skill.quantile(0.2)].mean()


def test_those_with_an_eye_for_flaws_reject_more_of_them(
    cues: pd.DataFrame, votes: pd.DataFrame
) -> None:
    sheets = weigh(cues)
    doubtful = (sheets.pull > 0) & (abs(sheets.flaw) < 1)
    yes = votes["vote"][doubtful[votes["subject"]]]
    eye = pd.Series(draw_volunteers().eye[votes["volunteer"]])[yes.index]
    assert yes[eye > eye.quantile(0.8)].mean() < yes[eye < eye.quantile(0.2)].mean() - 0.1


def test_the_votes_are_the_same_each_time_and_of_each_subject_alone(
    cues: pd.DataFrame, votes: pd.DataFrame
) -> None:
    some = weigh(cues).some(0, 1_500)
    again = cast_votes(some, draw_volunteers())
    pd.testing.assert_frame_equal(again, votes.head(len(again)))
    other = cast_votes(some, draw_volunteers(), seed=1)
    assert not other["vote"].equals(again["vote"])


def test_too_few_volunteers_are_refused() -> None:
    with pytest.raises(ValueError, match="24 volunteers can't give 25 votes"):
        cast_votes(Sheets(np.zeros(1), np.zeros(1)), draw_volunteers(count=24))


def test_no_subjects_no_votes() -> None:
    assert len(cast_votes(Sheets(np.zeros(0), np.zeros(0)), draw_volunteers())) == 0


@settings(max_examples=10)
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_votes_come_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, pull) -> None:
    path = tmp_path_factory.mktemp("votes") / "campaign.parquet"
    sheets = Sheets(np.array(pull), np.full(len(pull), -9.0))
    votes = cast_votes(sheets, draw_volunteers(count=40))
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
    pd.testing.assert_frame_equal(read_campaign(), volunteers.campaign(read_cues()))
