"""Descriptions of 64 real galaxies by many models, as AION-Search released them.

Each file is one run: a configuration of a model (the model and how much it was to reason) described
each galaxy once. A line holds the text, what it cost, the majority answers of Galaxy Zoo DECaLS's
volunteers to the questions of their decision tree, and what another model, the judge, took the text
to answer to the same questions. Files of one configuration are identical repeats.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from secondsight.datasets import sources
from secondsight.datasets.picture import read_bytes, read_picture
from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.paths import shown
from secondsight.toml import first_complaint

SOURCE, PICTURES = "aion-search", "aion-galaxies"
"""The sources that hold the runs, and pictures of the same galaxies."""
QUESTIONS = {
    "overall_shape": "smooth-or-featured",
    "roundness": "how-rounded",
    "edge_on": "disk-edge-on",
    "edge_on_bulge": "edge-on-bulge",
    "has_spiral_arms": "has-spiral-arms",
    "spiral_winding": "spiral-winding",
    "spiral_arm_count": "spiral-arm-count",
    "bar": "bar",
    "bulge_size": "bulge-size",
    "merging": "merging",
}
"""From the judge's name of a question to the volunteers', in the tree's order."""
BRANCHES = {
    "how-rounded": ("smooth-or-featured", "smooth"),
    "disk-edge-on": ("smooth-or-featured", "featured-or-disk"),
    "edge-on-bulge": ("disk-edge-on", "yes"),
    "has-spiral-arms": ("disk-edge-on", "no"),
    "spiral-winding": ("has-spiral-arms", "yes"),
    "spiral-arm-count": ("has-spiral-arms", "yes"),
    "bar": ("disk-edge-on", "no"),
    "bulge-size": ("disk-edge-on", "no"),
}
"""The answer that leads to a question, for those that not every galaxy comes to."""
NOT_MENTIONED = "not-mentioned"
NOT_ASKED = ""
"""A question that lies on a branch of the tree which was not taken."""
ANSWERS = ["configuration", "repeat", "galaxy", "cost", "input_tokens", "output_tokens", "seconds"]
VOTES = ["galaxy", "name", "question", "answer", "votes", "agreement"]


class _Step(BaseModel):
    question: str
    answer: str
    votes: int = Field(ge=0)
    agreement: float = Field(ge=0, le=1)

    @field_validator("question")
    @classmethod
    def is_of_the_tree(cls, question: str) -> str:
        if question not in QUESTIONS.values():
            raise ValueError(f"the tree has no question {question!r}")
        return question


class _Judged(BaseModel):
    model_config = ConfigDict(extra="ignore")

    judge_decision_tree: dict[str, str | None]

    @field_validator("judge_decision_tree")
    @classmethod
    def has_all_questions(cls, tree: dict[str, str | None]) -> dict[str, str | None]:
        if set(tree) != set(QUESTIONS):
            raise ValueError("the judge's questions are not those of the tree")
        return tree


class _Row(BaseModel):
    object_id: str = Field(min_length=1)
    iauname: str
    formatted_name: str = Field(min_length=1)
    result: str
    cost: float = Field(ge=0)
    time: float = Field(ge=0)
    input_tokens: int
    output_tokens: int
    decision_tree: list[_Step]
    judge_results: _Judged

    def answer(self, repeat: int) -> dict[str, object]:
        """Return the row of the table of answers, the text with it."""
        values = (slug(self.formatted_name), repeat, self.object_id, round(self.cost, 7))
        counts = (self.input_tokens, self.output_tokens, round(self.time, 2))
        codes = _along_the_tree(self.judge_results.judge_decision_tree)
        return dict(zip(ANSWERS, values + counts, strict=True)) | codes | {"text": self.result}

    def votes(self) -> list[tuple[object, ...]]:
        """Return the rows of the table of votes."""
        return [
            (self.object_id, self.iauname, step.question, step.answer, step.votes, step.agreement)
            for step in self.decision_tree
        ]


@dataclass(frozen=True)
class Runs:
    """What the files hold.

    `answers` has one row an answer: the columns `ANSWERS` (USD, tokens, seconds), one for each
    question with the judge's code, and `text`. `votes` has one row a galaxy and question that its
    volunteers reached: the majority's answer, how many voted for it, and their share of the votes.
    """

    answers: pd.DataFrame
    votes: pd.DataFrame
    empty: int  # how many files hold nothing


def slug(name: str) -> str:
    """Return a configuration's name as it stands in tables and names of files."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def find_runs() -> Runs | None:
    """Return what the released files hold, or None where they are not on this machine."""
    files = [sources.find(name) for name in sources.files_of(SOURCE)]
    return read_runs(*(file for file in files if file)) if all(files) else None


def find_pictures(galaxies: Iterable[str]) -> list[Pixels]:
    """Return a picture of each galaxy, uint8 (160, 160, 3); none if one is not on this machine.

    They are cutouts of the same survey that others released, not what the models were sent.
    """
    files = [sources.find(f"{PICTURES}/{galaxy}") for galaxy in galaxies]
    if not all(files):
        return []
    return [read_picture(read_bytes(file), shown(file)) for file in files if file]


def read_runs(*files: Path) -> Runs:
    """Read the files, in the order of the repeats; a file without a line is counted.

    Raises DataError if a file is missing or not of the form, holds a galaxy twice or two
    configurations, or gives a galaxy other votes than the others; or if all are empty.
    """
    answers: list[dict[str, object]] = []
    votes: dict[str, list[tuple[object, ...]]] = {}
    repeats: dict[str, int] = {}
    runs = [(file, list(_rows(file))) for file in files]
    for file, rows in runs:
        for name in {row.formatted_name for row in rows}:
            repeats[name] = repeats.get(name, -1) + 1
        for row in _checked(file, rows):
            answers.append(row.answer(repeats[row.formatted_name]))
            if votes.setdefault(row.object_id, row.votes()) != row.votes():
                raise DataError(f"{shown(file)} gives {row.object_id} other votes than before")
    if not answers:
        raise DataError("the files of AION-Search hold no answer")
    table = [vote for own in votes.values() for vote in own]
    empty = sum(not rows for _, rows in runs)
    return Runs(pd.DataFrame(answers), pd.DataFrame(table, columns=VOTES), empty)


def _rows(file: Path) -> Iterator[_Row]:
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        raise DataError(f"{shown(file)} is missing") from None
    for number, line in enumerate(lines, 1):
        try:
            yield _Row.model_validate_json(line)
        except ValidationError as error:
            raise DataError(f"{shown(file)}, line {number}: {first_complaint(error)}") from None


def _checked(file: Path, rows: Sequence[_Row]) -> Sequence[_Row]:
    if len({row.formatted_name for row in rows}) > 1:
        raise DataError(f"{shown(file)} holds more than one configuration")
    galaxies = pd.Series([row.object_id for row in rows], dtype=str)
    if galaxies.duplicated().any():
        raise DataError(f"{shown(file)} holds {galaxies[galaxies.duplicated()].iloc[0]} twice")
    return rows


def _along_the_tree(judged: Mapping[str, str | None]) -> dict[str, str]:
    """Return the judge's codes, written as the volunteers' answers are.

    Now and then the judge answers a question to which none of its answers leads. Such a code is
    left out, as the authors do when they score.
    """
    codes: dict[str, str] = {}
    for field, question in QUESTIONS.items():
        code = (judged[field] or NOT_ASKED).removeprefix(f"{field.replace('_', '-')}-")
        before, wanted = BRANCHES.get(question, ("", None))
        codes[question] = code if codes.get(before) == wanted else NOT_ASKED
    return codes
