"""Votes of real volunteers, on Galaxy Zoo 2: how they scatter, beside the simulated ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from secondsight.datasets.derived import count_rows
from secondsight.datasets.galaxy_zoo import QUESTIONS, read_votes
from secondsight.metrics.intervals import LEVEL, Estimate
from secondsight.metrics.tallies import Tallies, between_tallies

LEAST = 10
"""Votes that a question must have on a galaxy to be counted."""
SAME_PLACE = 0.5 / 3600
"""Degrees. Entries nearer to each other than this show one galaxy."""
HERE = "here"
"""What the crowd of a campaign is called, beside the questions of Galaxy Zoo 2."""
TABLED = {
    "alike": "two volunteers agree, beyond habit",
    "doubt": "in doubt: over a fifth either way",
    "spread": "variance of the vote fractions, in units of one coin's",
    "coin": "of that variance, tosses of each galaxy's coin",
}
"""The measures, by what a table calls them."""
UNDERSCORES = str.maketrans(" -", "__")
FIRST = next(iter(QUESTIONS))
"""The question that everybody is asked."""


def tallies_of_file(file: Path) -> pd.DataFrame:
    """Return how many galaxies have each tally: `question`, `votes`, `yes` and `count`."""
    votes = read_votes(file)
    return count_rows(votes.loc[votes["votes"] >= LEAST, ["question", "votes", "yes"]])


def told_twice(file: Path) -> pd.DataFrame:
    """Return both tallies of galaxies that the table lists twice, at one place.

    The columns are `question`, then `yes_1`, `votes_1`, `yes_2` and `votes_2`: a row a galaxy and
    question that both tallies answer.
    """
    votes = read_votes(file)
    places = votes[votes["question"] == FIRST]
    ids = places["objid"].to_numpy(str)
    east = places["ra"] * np.cos(np.radians(places["dec"]))
    near = scipy.spatial.cKDTree(np.stack([east, places["dec"]], axis=1))
    pairs = sorted(near.query_pairs(SAME_PLACE))
    by_id = votes.set_index(["question", "objid"])[["yes", "votes"]]
    rows = [
        (question, *by_id.loc[(question, ids[one])], *by_id.loc[(question, ids[other])])
        for question in QUESTIONS
        for one, other in pairs
    ]
    table = pd.DataFrame(rows, columns=["question", "yes_1", "votes_1", "yes_2", "votes_2"])
    return table[(table["votes_1"] > 0) & (table["votes_2"] > 0)].reset_index(drop=True)


def tallies_of(table: pd.DataFrame, question: str) -> Tallies:
    """Return one question's tallies from the table that `tallies_of_file` made."""
    own = table[table["question"] == question]
    return Tallies(*(own[name].to_numpy(int) for name in ("yes", "votes", "count")))


def crowds(table: pd.DataFrame, subjects: pd.DataFrame) -> dict[str, Tallies]:
    """Return the tallies of every question of Galaxy Zoo 2, and last, as `HERE`, a campaign's."""
    asked = {question: tallies_of(table, question) for question in QUESTIONS}
    return {**asked, HERE: tallies_on(subjects)}


def named(measured: dict[str, dict[str, Estimate]]) -> dict[str, Estimate]:
    """Return each crowd's measures by one name, such as ``"alike_spiral_arms"``."""
    return {
        f"{measure}_{crowd.translate(UNDERSCORES)}": value
        for crowd, values in measured.items()
        for measure, value in values.items()
    }


def scatter_table(measured: dict[str, dict[str, Estimate]], name: str) -> pd.DataFrame:
    """Return every measure of each crowd, a row a crowd, the campaign's by this name."""
    rows = {
        name if crowd == HERE else f"Galaxy Zoo 2: {crowd}": {
            title: values[measure] for measure, title in TABLED.items()
        }
        for crowd, values in measured.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def differ_twice(table: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return how much more two tallies of one galaxy differ than two of a coin, in variance.

    The table is `told_twice`'s; only the question that everybody is asked counts.
    """
    own = table[table["question"] == FIRST]
    yes, votes = (own[[f"{name}_1", f"{name}_2"]].to_numpy(int) for name in ("yes", "votes"))
    return between_tallies(yes, votes, level)


def tallies_on(subjects: pd.DataFrame) -> Tallies:
    """Return the tallies on a campaign's subjects, a table with `yes` and `votes`."""
    counted = count_rows(subjects.loc[subjects["votes"] >= 2, ["yes", "votes"]])
    return Tallies(*(counted[name].to_numpy(int) for name in ("yes", "votes", "count")))


def answered(
    answers: pd.DataFrame, votes: pd.DataFrame, question: str, means: set[str]
) -> pd.DataFrame:
    """Return answers of a model beside the votes of volunteers, as `vote_panels` draws them.

    The columns are `image_id`, `yes`, `votes`, `called` (1 where the model says yes) and `answers`
    (1 where it names a category); images that nobody was asked this about are left out.

    Parameters
    ----------
    answers, votes : DataFrame
        As `parse_imported` and `galaxy_zoo.load_votes` give them.
    question : str
        Which of the volunteers' questions.
    means : set of str
        The codes that amount to a yes, such as those of the two spirals for "spiral arms".
    """
    own = votes.loc[(votes["question"] == question) & (votes["votes"] > 0)]
    joined = answers.merge(own, on="image_id", validate="one_to_one")
    joined["called"] = joined["answer"].isin(means).astype(int)
    joined["answers"] = joined["answer"].notna().astype(int)
    return joined[["image_id", "yes", "votes", "called", "answers"]]
