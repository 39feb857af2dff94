"""Volunteers who vote on the subjects of the dwarf campaign: who voted, and what.

Each subject gets 25 votes of 25 different volunteers, who answer whether they see a dwarf galaxy.
They go by the cues on its sheet (`secondsight.simulate.cues`), and by nothing that the sheet does
not show. Volunteers differ in skill, in what they overlook, in bias and in how much they do: a few
give most of the votes, as in every campaign (Spiers et al. 2019, JCOM 18(1), A04).

The numbers below are set by hand and fitted to nobody's answers, neither a model's nor the truth.
What was asked of them all together: that two volunteers agree, beyond habit, within the range of
real ones on Galaxy Zoo 2 (20 to 69%).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.special import expit

from secondsight import paths
from secondsight.dtypes import Bools, Floats
from secondsight.simulate.seed import generator
from secondsight.simulate.tables import write_whole

SEED = 2019
VOLUNTEERS = 1_650
VOTES = 25
"""Votes on each subject."""
ACTIVITY_SPREAD = 1.7
"""Standard deviation of the logarithm of the volunteers' activity: a Gini coefficient of 0.77."""
LEAST_ACTIVITY = 0.012
"""Of the mean. So that everybody votes at least once."""

EVEN = {"stars": 4.0, "giants": 1.5, "rings": 2.0}
"""Cues for a dwarf, and what each has where the votes are even. At an excess of 4 the clump at the
centre is as high as the highest chance clump elsewhere on the star map, and shows so many giants
and rings."""
WEIGHT = {"stars": 1.0, "giants": 0.25, "rings": 0.25}
"""Log odds that each unit of a cue adds. A standard deviation of the star map counts as much as in
a dwarf's detectability; giants and rings mostly repeat what the star map shows."""
CLEAR = 4.0
"""Log odds by which a volunteer of skill 1 is sure of the clearest piles of stars: the cues'
evidence bends over to this, as nobody is sure without end."""
FLAWS = {"galaxies": 6.0, "others": 4.0, "glare": 0.03, "edge": 0.1, "trail": 5.0}
"""Cues that speak against a dwarf, and what each has where every other volunteer notices it. Of
the first two and the last, twice what chance makes on a tenth of the sheets; glare and edges chance
does not make: a thirtieth of the image, and a tenth of what is near the centre."""
SHARPNESS = 3.0
"""Log odds that a flaw's natural logarithm adds: one twice as strong is noticed by nine in ten."""
LEAST = 1e-3
"""Of that value. A weaker flaw is noticed by nobody, and has a logarithm all the same."""
EYE = 1.0
"""Standard deviation, in log odds, of how readily a volunteer notices flaws."""
LOOKS = 1.0
"""Standard deviation of what makes all volunteers err alike on one subject, in log odds: once for
the pile of stars, and once for whether its flaws are noticed."""
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
    eye: Floats  # log odds of noticing what speaks against a dwarf where every other one does
    bias: Floats  # log odds of a yes on a subject that is even; negative for the cautious
    activity: Floats  # relative; how often the volunteer turns up


@dataclass(frozen=True)
class Sheets:
    """What sheets show to a volunteer like most, arrays of shape (n,)."""

    pull: Floats  # log odds of a yes by the pile of stars alone
    flaw: Floats  # log odds that what speaks against a dwarf is noticed

    def some(self, start: int, stop: int) -> "Sheets":
        """Return those from one place on up to another."""
        return Sheets(self.pull[start:stop], self.flaw[start:stop])


def draw_volunteers(seed: int = SEED, count: int = VOLUNTEERS) -> Volunteers:
    """Draw volunteers: skill from a beta, eye and bias from a normal, activity log-normal."""
    chance = generator(seed, "volunteers")
    activity = np.exp(chance.normal(0, ACTIVITY_SPREAD, count))
    return Volunteers(
        skill=1.4 * chance.beta(4.0, 2.0, count),
        bias=chance.normal(-0.2, 0.6, count),
        eye=chance.normal(0, EYE, count),
        activity=np.maximum(activity, LEAST_ACTIVITY * activity.mean()),
    )


def weigh(cues: pd.DataFrame) -> Sheets:
    """Return what sheets show, from their cues: a row each, with the columns of `Cues`."""
    cues = cues.astype(float)
    evidence = ((cues[list(EVEN)] - pd.Series(EVEN)) * pd.Series(WEIGHT)).sum(axis=1)
    rich = np.maximum(cues["stars"] / EVEN["stars"], 1.0)  # among many, a few others do not matter
    flaws = cues.assign(others=cues["others"] / rich)[list(FLAWS)] / pd.Series(FLAWS)
    return Sheets(
        pull=CLEAR * np.tanh(evidence.to_numpy() / CLEAR),
        flaw=SHARPNESS * np.log(np.maximum(flaws.max(axis=1).to_numpy(), LEAST)),
    )


def cast_votes(sheets: Sheets, volunteers: Volunteers, seed: int = SEED) -> pd.DataFrame:
    """Return every vote, 25 rows a subject, in the order in which the votes came.

    There are `subject` (int32, the place in `sheets`), `volunteer` (int16) and `vote` (bool).

    Raises ValueError if there are fewer than 25 volunteers.

    Notes
    -----
    A volunteer notices a flaw with log odds ``flaw + eye + missed`` and then says no. Else the log
    odds of a yes are ``skill * (pull + looks) + bias``. Here ``missed`` and ``looks`` are normal
    and the same for all who see the subject. Who sees a subject is drawn without replacement in
    proportion to activity (Efraimidis & Spirakis 2006, Inf. Process. Lett. 97, 181): the 25 who
    come first, when each volunteer's waiting time is exponential.
    """
    if len(volunteers.skill) < VOTES:
        raise ValueError(f"{len(volunteers.skill)} volunteers can't give {VOTES} votes each once")
    parts = [
        _chunk_votes(sheets.some(start, start + CHUNK), volunteers, generator(seed, "votes", start))
        for start in range(0, len(sheets.pull), CHUNK)
    ]
    nobody = np.zeros((0, VOTES), np.int16), np.zeros((0, VOTES), bool)
    who, vote = map(np.concatenate, zip(nobody, *parts, strict=True))
    return pd.DataFrame(
        {
            "subject": np.repeat(np.arange(len(sheets.pull), dtype=np.int32), VOTES),
            "volunteer": who.ravel(),
            "vote": vote.ravel(),
        }
    )


def _chunk_votes(
    sheets: Sheets, volunteers: Volunteers, chance: np.random.Generator
) -> tuple[npt.NDArray[np.int16], Bools]:
    """Return who votes and what, each of shape (subjects, VOTES), for some subjects.

    Always draws for a whole chunk, so that a subject's votes do not depend on how many there are.
    """
    rarity = (1 / volunteers.activity).astype(np.float32)
    waiting = chance.standard_exponential((CHUNK, len(rarity)), dtype=np.float32) * rarity
    looks, missed = chance.normal(0, LOOKS, (2, CHUNK))[:, : len(sheets.pull)]
    luck = chance.random((CHUNK, VOTES))[: len(sheets.pull)]
    waiting = waiting[: len(sheets.pull)]
    first = np.argpartition(waiting, VOTES - 1, axis=1)[:, :VOTES]
    order = np.argsort(np.take_along_axis(waiting, first, axis=1), axis=1, kind="stable")
    who = np.take_along_axis(first, order, axis=1)
    overlooks = expit(-((sheets.flaw + missed)[:, None] + volunteers.eye[who]))
    seen = (sheets.pull + looks)[:, None]
    accepts = expit(volunteers.skill[who] * seen + volunteers.bias[who])
    return who.astype(np.int16), luck < overlooks * accepts


def campaign(cues: pd.DataFrame) -> pd.DataFrame:
    """Return the votes on the simulated dwarf campaign, drawn anew from its cues."""
    return cast_votes(weigh(cues), draw_volunteers())


def write_votes(votes: pd.DataFrame, path: Path = CAMPAIGN) -> None:
    """Write votes as a Parquet file; the subjects, in order, take hardly any room."""
    table = pa.Table.from_pandas(votes, SCHEMA, preserve_index=False)
    write_whole(
        table,
        path,
        compression_level=19,
        use_dictionary=["volunteer"],
        column_encoding={"subject": "DELTA_BINARY_PACKED", "vote": "RLE"},
        data_page_version="2.0",
    )
