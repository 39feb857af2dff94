"""Volunteers who vote on the subjects of the dwarf campaign: who voted, and what.

Each subject gets 25 votes of 25 different volunteers, who answer whether they see a dwarf galaxy.
Volunteers differ in skill, in bias and in how much they do: a few give most of the votes, as in
every campaign (Spiers et al. 2019, JCOM 18(1), A04).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit

from secondsight import paths
from secondsight.dtypes import Bools, Floats
from secondsight.simulate.seed import generator

SEED = 2019
VOLUNTEERS = 1_650
VOTES = 25
"""Votes on each subject."""
ACTIVITY_SPREAD = 1.7
"""Standard deviation of the logarithm of the volunteers' activity: a Gini coefficient of 0.77."""
LEAST_ACTIVITY = 0.012
"""Of the mean. So that everybody votes at least once."""
EASE = 4.0
"""Log odds by which a volunteer of skill 1 is right on the clearest subjects."""
LOOKS = 1.0
"""Standard deviation of what makes all volunteers err alike on one subject, in log odds."""
EVEN_STRENGTH = 5.0
"""What is no dwarf and stands out by so many standard deviations looks like one to every other."""
CHUNK = 1_024
"""Subjects drawn at a time."""

SCHEMA = pa.schema(
    [
        pa.field("subject", pa.int32(), nullable=False),
        pa.field("volunteer", pa.int16(), nullable=False),
        pa.field("vote", pa.bool_(), nullable=False),
    ]
)
CAMPAIGN = paths.DATA / "votes" / "campaign.parquet"


@dataclass(frozen=True)
class Volunteers:
    """Who votes, arrays of shape (n,)."""

    skill: Floats  # 0 guesses, 1 sees what is to be seen; above 1 is rare
    bias: Floats  # log odds of a yes on a subject that is even; negative for the cautious
    activity: Floats  # relative; how often the volunteer turns up


def draw_volunteers(seed: int = SEED, count: int = VOLUNTEERS) -> Volunteers:
    """Draw volunteers: skill from a beta, bias from a normal, activity from a log-normal law."""
    chance = generator(seed, "volunteers")
    activity = np.exp(chance.normal(0, ACTIVITY_SPREAD, count))
    return Volunteers(
        skill=1.4 * chance.beta(4.0, 2.0, count),
        bias=chance.normal(-0.2, 0.6, count),
        activity=np.maximum(activity, LEAST_ACTIVITY * activity.mean()),
    )


def likeness(table: pd.DataFrame) -> Floats:
    """Return how much each subject of the campaign's catalogue looks like a dwarf, 0 to 1, (n,).

    It is a dwarf's detectability; of what is no dwarf the same function of its `strength`, the
    standard deviations by which it stands out, if the table has it.
    """
    dwarf = (table["label"] == "1").to_numpy()
    easy = table["detectability"].to_numpy(float)
    if "strength" not in table:
        return np.where(dwarf, easy, 0.0)
    strength = np.nan_to_num(table["strength"].to_numpy(float), nan=0.0)
    return np.where(dwarf, easy, expit(strength - EVEN_STRENGTH))


def cast_votes(like: Floats, volunteers: Volunteers, seed: int = SEED) -> pd.DataFrame:
    """Return every vote, 25 rows a subject, in the order in which the votes came.

    `like`, shape (n,), is how much each subject looks like what is asked for, 0 to 1. There are
    `subject` (int32, the place in it), `volunteer` (int16) and `vote` (bool).

    Raises ValueError if there are fewer than 25 volunteers, or something is less than 0 or more
    than 1.

    Notes
    -----
    The log odds of a yes are ``skill * (EASE * (2 * like - 1) + looks) + bias``, where ``looks``
    is normal and the same for all who see the subject. Who sees a subject is drawn without
    replacement in proportion to activity (Efraimidis & Spirakis 2006, Inf. Process. Lett. 97,
    181): the 25 who come first, when each volunteer's waiting time is exponential.
    """
    if len(volunteers.skill) < VOTES:
        raise ValueError(f"{len(volunteers.skill)} volunteers can't give {VOTES} votes each once")
    if not ((like >= 0) & (like <= 1)).all():
        raise ValueError("how much a subject looks like one must lie between 0 and 1")
    parts = [
        _chunk_votes(like[start : start + CHUNK], volunteers, generator(seed, "votes", start))
        for start in range(0, len(like), CHUNK)
    ]
    nobody = np.zeros((0, VOTES), np.int16), np.zeros((0, VOTES), bool)
    who, vote = map(np.concatenate, zip(nobody, *parts, strict=True))
    return pd.DataFrame(
        {
            "subject": np.repeat(np.arange(len(like), dtype=np.int32), VOTES),
            "volunteer": who.ravel(),
            "vote": vote.ravel(),
        }
    )


def _chunk_votes(
    like: Floats, volunteers: Volunteers, chance: np.random.Generator
) -> tuple[npt.NDArray[np.int16], Bools]:
    """Return who votes and what, each of shape (subjects, VOTES), for some subjects.

    Always draws for a whole chunk, so that a subject's votes do not depend on how many there are.
    """
    rarity = (1 / volunteers.activity).astype(np.float32)
    waiting = chance.standard_exponential((CHUNK, len(rarity)), dtype=np.float32) * rarity
    looks = chance.normal(0, LOOKS, CHUNK)
    luck = chance.random((CHUNK, VOTES))
    waiting = waiting[: len(like)]
    first = np.argpartition(waiting, VOTES - 1, axis=1)[:, :VOTES]
    order = np.argsort(np.take_along_axis(waiting, first, axis=1), axis=1, kind="stable")
    who = np.take_along_axis(first, order, axis=1)
    seen = EASE * (2 * like - 1) + looks[: len(like)]
    odds = volunteers.skill[who] * seen[:, None] + volunteers.bias[who]
    return who.astype(np.int16), luck[: len(like)] < expit(odds)


def campaign() -> pd.DataFrame:
    """Return the votes on the simulated dwarf campaign, drawn anew; see `cast_votes`."""
    from secondsight.simulate.campaign import catalogue  # not above: its tables are read then

    return cast_votes(likeness(catalogue()), draw_volunteers())


def write_votes(votes: pd.DataFrame, path: Path = CAMPAIGN) -> None:
    """Write votes as a Parquet file; the subjects, in order, take hardly any room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pandas(votes, SCHEMA, preserve_index=False)
    part = path.with_suffix(".part")
    pq.write_table(
        table,
        part,
        compression="zstd",
        compression_level=19,
        use_dictionary=["volunteer"],
        column_encoding={"subject": "DELTA_BINARY_PACKED", "vote": "RLE"},
        data_page_version="2.0",
    )
    part.replace(path)
