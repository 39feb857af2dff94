"""The dwarf campaign: its subjects, the volunteers' votes, and what a model answered."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.campaign_folder import load_campaign
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import VOTES
from secondsight.datasets.manifest import REPEATED
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number
from secondsight.datasets.registry import load
from secondsight.dtypes import Bools
from secondsight.errors import DataError, ParameterError
from secondsight.inference.ask import ask
from secondsight.inference.modes import RecordMode
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording_plan import Recording, read_plan, settings
from secondsight.metrics.intervals import LEVEL, Counts, Estimate, proportion
from secondsight.papers.replayed import recorded_part
from secondsight.simulate.skies import find_sky

SIMULATED = ("dwarfs", REPEATED)
TRUTH = ("kind", "name", "distance_modulus", "m_v", "half_light_arcmin", "detectability")
"""What the simulated sky knows of a subject and a real campaign does not."""
CONFIDENCES = ("low", "medium", "high")
SCORE_STEP = 1e-3
"""Token probabilities are rounded to this: no result depends on it, and every fit is faster."""


@dataclass(frozen=True)
class Campaign:
    """Subjects and votes.

    `subjects` has a row a subject: `image_id`, `label` ("1" a dwarf, "0" not, missing where nobody
    knows), `yes` and `votes` (int), and the columns `TRUTH`, missing in a real campaign.
    """

    dataset: Dataset  # their images
    subjects: pd.DataFrame
    origin: Origin  # of whatever follows from it

    @property
    def simulated(self) -> bool:
        """Whether the sky was simulated."""
        return self.origin is Origin.SIMULATED_SKY


def find_campaign(name: str) -> Campaign:
    """Return a campaign by its name, or from the folder of images and votes that `name` is.

    Raises a ParameterError if there is neither; a DataError if the folder's table or images are not
    right, or nobody voted.
    """
    if name in SIMULATED:
        dataset = recorded_part(load(name))
        counted = count_campaign(read_campaign())
        truth = find_sky("dwarfs").catalogue()
        truth[["yes", "votes"]] = counted.to_numpy()
        subjects = dataset.table[["image_id", "label"]].merge(
            truth[["image_id", *TRUTH, "yes", "votes"]], on="image_id", validate="one_to_one"
        )
        return Campaign(dataset, subjects, Origin.SIMULATED_SKY)
    if not Path(name).is_dir():
        raise ParameterError(
            f"no campaign {name!r}: it is {' or '.join(SIMULATED)}, or a folder of images with a "
            "votes.csv"
        )
    dataset = load_campaign(name)
    columns = {"dwarf_votes": "yes", "total_votes": "votes"}
    voted = dataset.table[dataset.table["total_votes"] > 0].reset_index(drop=True)
    if voted.empty:
        raise DataError(f"{Path(name) / VOTES}: no subject has a vote, so there is no campaign")
    dataset = replace(dataset, table=voted)
    subjects = voted[["image_id", "label", *columns]].rename(columns=columns)
    return Campaign(dataset, subjects.reindex(columns=[*subjects, *TRUTH]), Origin.REAL_SKY)


def answered(
    campaign: Campaign,
    prompt: str,
    model: str,
    record: RecordMode = "none",
    repeats: int = 1,
    folder: Path = paths.RECORDINGS,
) -> pd.DataFrame:
    """Return the campaign's subjects with what a model answered.

    It has the columns of `Campaign.subjects` and: `called` (how often it said dwarf), `answers`
    (how often it named a category), `unread` (how often not: refused or not understood); of the
    first answer `answer`, `outcome`, `text` and `confidence` as `ask` gives them, and `score` (by
    its tokens, how probable "dwarf" was, 0 to 1; NaN where the endpoint gave none).

    Raises MissingResponses in mode ``"none"``, if a response is missing.
    """
    return by_subject(
        campaign, each_answer(campaign, prompt, model, repeats, record, folder), repeats
    )


def by_subject(campaign: Campaign, table: pd.DataFrame, repeats: int = 1) -> pd.DataFrame:
    """Return what `answered` returns, from the answers that `each_answer` gave."""
    each = table.assign(called=table["answer"] == "1", answers=table["answer"].notna())
    counts = each.groupby("image_id")[["called", "answers"]].sum()
    first = table[table["repeat"] == 0].set_index("image_id")
    counts["unread"] = repeats - counts["answers"]
    counts[["answer", "outcome", "text", "confidence"]] = first[
        ["answer", "outcome", "text", "confidence"]
    ]
    dwarf = first["probability"].where(first["answer"] == "1", 1 - first["probability"])
    counts["score"] = (dwarf / SCORE_STEP).round() * SCORE_STEP
    return campaign.subjects.merge(counts.reset_index(), on="image_id", validate="one_to_one")


def each_answer(
    campaign: Campaign,
    prompt: str,
    model: str,
    repeats: int,
    record: RecordMode = "none",
    folder: Path = paths.RECORDINGS,
) -> pd.DataFrame:
    """Return every answer, a row each, as `ask` gives them: drawn, with the tokens' probabilities.

    Raises MissingResponses in mode ``"none"``, if a response is missing.
    """
    name = campaign.dataset.name
    asked = Recording(dataset=name, prompt=prompt, title="", repeats=repeats, sampled=True)
    recorder = Recorder(record, folder=folder, progress=False)
    options = settings(asked, read_plan().manner(model))
    return ask(campaign.dataset, prompt, model, options, recorder)


def called_by_repeat(answers: pd.DataFrame, repeats: int) -> Bools:
    """Return whether each repeat called each subject a dwarf, shape (subjects, repeats)."""
    called: Bools = (answers["answer"] == "1").to_numpy().reshape(-1, repeats)
    return called


def tokens_line(answers: pd.DataFrame, repeats: int) -> str:
    """Return in words what the repeats cost in tokens."""
    tokens = int(answers[["prompt_tokens", "completion_tokens"]].to_numpy().sum())
    subjects = len(answers) // repeats
    return f"{tokens:,} tokens for {subjects:,} candidates, {tokens // subjects:,} for each"


def votes_by_answer(table: pd.DataFrame, votes: int) -> Counts:
    """Return how many subjects with `votes` votes got so many for a dwarf, by the first answer.

    Shape (votes + 1, 2). Columns are "not called a dwarf" and "called a dwarf"; subjects without a
    readable answer or with another number of votes are left out.
    """
    kept = table[(table["votes"] == votes) & (table["answers"] > 0)]
    return _table(kept["yes"], (kept["called"] > 0).astype(int), (votes + 1, 2))


def votes_by_repeats(table: pd.DataFrame, votes: int, repeats: int) -> Counts:
    """Return how many subjects got so many votes and were so often called a dwarf.

    Shape (votes + 1, repeats + 1). Subjects with another number of votes or of readable answers are
    left out.
    """
    kept = table[(table["votes"] == votes) & (table["answers"] == repeats)]
    return _table(kept["yes"], kept["called"], (votes + 1, repeats + 1))


def printed_share(part: str, whole: str, level: float = LEVEL) -> Estimate:
    """Return a share that two printed counts of the campaign's paper make, by their names there."""
    n, of = (int(published_number(f"dwarf_{name}").value) for name in (part, whole))
    return proportion(n, of, level)


def usual_votes(table: pd.DataFrame) -> int:
    """Return the number of votes that most subjects have."""
    return int(table["votes"].mode().iloc[0])


def votes_line(campaign: Campaign) -> str:
    """Return where the votes come from, for a provenance line."""
    return f"votes of {'data/votes/campaign.parquet' if campaign.simulated else 'votes.csv'}"


def whose_votes(campaign: Campaign) -> str:
    """Return in words whose votes these are."""
    return str(campaign.origin) if campaign.simulated else "votes.csv"


def about_sheets(campaign: Campaign) -> str:
    """Return in a sentence who drew the subjects' images, where that is known."""
    if not campaign.simulated:
        return ""
    return " The real campaign's sheets show the same quantities; these were drawn by this project."


def describe_sheets(campaign: Campaign) -> str:
    """Return what two subjects' images show, for someone who can't see them."""
    if not campaign.simulated:
        return "The images of these subjects."
    return (
        "Two sheets of five panels: star map, galaxy map, picture, profile and colour-magnitude "
        "diagram."
    )


def about_volunteers(campaign: Campaign) -> str:
    """Return in a sentence or two what is to be kept in mind about the votes."""
    if not campaign.simulated:
        return (
            "The votes are taken as votes.csv has them: who voted, and what they were told to "
            "look for, is not known here."
        )
    return (
        "The volunteers are simulated too. They see what the sheet shows and know nothing else. A "
        "pile of stars, giants and a profile that rises speak for a dwarf; galaxies, stars off the "
        "isochrone, glare, an edge or a trail speak against one. How much each counts with them, "
        "and how often it is overlooked, we set. So which kinds they err on, and how often, "
        "follows from how they were made; it is no finding about people."
    )


def _table(rows: "pd.Series[int]", columns: "pd.Series[int]", shape: tuple[int, int]) -> Counts:
    index, names = map(range, shape)
    table = pd.crosstab(rows, columns).reindex(index=index, columns=names, fill_value=0)
    return table.to_numpy(np.int64)
