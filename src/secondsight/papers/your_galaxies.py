"""What a model makes of images of anybody's: answers, labels, votes, and what the wording flips."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import VOTES, Bad, complaint, read_folder
from secondsight.datasets.image_file import AS_IT_IS
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import is_known, load
from secondsight.datasets.tasks import Task
from secondsight.datasets.vote_counts import read_vote_counts
from secondsight.errors import DataError
from secondsight.figures.dots import Panel, dots_of
from secondsight.inference.ask import Plan, ask, make_plan, stretches_of
from secondsight.inference.options import Options
from secondsight.inference.parse import ANSWERED, EMPTY, REFUSED, UNPARSEABLE
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording_plan import is_own
from secondsight.metrics.bins import bin_shares
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.scores import accuracy, recall
from secondsight.minivlm.picture import views
from secondsight.papers import replayed
from secondsight.papers.replayed import NAMES, Row

REVERSED = "-reversed"
AS_ASKED, BARE, TURNED = "as asked", "by the bare names", "categories in reverse order"
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
MOST_ROWS, MOST_SHOWN, COLUMNS = 20, 6, 8
"""Rows of a table on the page; images of which every view is shown; images in a gallery's row."""


@dataclass(frozen=True)
class Galaxies:
    """Images, what is asked about them, and what people said of them.

    `votes` has a row for each image that was voted on (index `image_id`) and a column of counts for
    each code.
    """

    dataset: Dataset
    prompt: Prompt
    questions: Mapping[str, Prompt]  # the prompt first, then the same in other words
    votes: pd.DataFrame
    left_out: Bad = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    folder: Path | None = None  # where the images are; None for a data set of the project

    @property
    def task(self) -> Task:
        """The categories."""
        return self.prompt.categories

    @property
    def labelled(self) -> int:
        """How many images have a label."""
        return int(self.dataset.table["label"].notna().sum())


def find(name: str, prompt: str, *, images: int = 0, skip_bad: bool = False) -> Galaxies:
    """Return the images of a folder, or of a data set of the project, and what is asked of them.

    The prompt is a name in `data/prompts`, or the path of a file; of the images only the first so
    many count, all for 0. If `skip_bad`, what can't be used is left out.

    Raises DataError if there is no such folder or prompt, or something in the folder can't be used;
    the text lists all of it.
    """
    asked, questions = load_prompt(prompt), in_other_words(prompt)
    none = pd.DataFrame(columns=asked.categories.codes, dtype=int)
    if is_known(name):
        return Galaxies(_first(replayed.recorded_part(load(name)), images), asked, questions, none)
    held = read_folder(name, asked.categories)
    ids = set(held.dataset.table["image_id"])
    path = Path(name) / VOTES
    try:
        votes, strange = read_vote_counts(path.parent, asked.categories, ids)
    except DataError as error:
        votes, strange = none, {VOTES: str(error).removeprefix(str(path)).lstrip(": ")}
    bad = held.bad | strange
    if bad and (not skip_bad or not ids):
        raise DataError(
            f"{complaint(held.dataset.name, bad, asked.categories)}\n"
            "--skip-bad, with `secondsight run` -p skip_bad=true, leaves out what can't be used"
        )
    dataset = _first(held.dataset, images)
    votes = votes[votes.index.isin(dataset.table["image_id"])]
    return Galaxies(dataset, asked, questions, votes, bad, tuple(held.ignored), path.parent)


def _first(dataset: Dataset, images: int) -> Dataset:
    return dataset.head(images) if images else dataset


def in_other_words(prompt: str) -> dict[str, Prompt]:
    """Return a prompt and the same question put otherwise, as far as its text allows it.

    By the bare names: the prompt that stands beside it under its name with `NAMES`, or the same
    text without the categories' descriptions. In reverse order: where its text lists them.
    """
    asked = load_prompt(prompt)
    task = asked.categories
    questions = {AS_ASKED: asked}
    path = Path(prompt) if prompt.endswith(".md") else paths.PROMPTS / f"{prompt}.md"
    beside = path.with_name(f"{path.stem}{NAMES}.md")
    if beside.is_file():
        questions[BARE] = load_prompt(beside)
    elif any(category.description for category in task.categories):
        bare = tuple(replace(category, description="") for category in task.categories)
        questions[BARE] = _listing(asked, Task(task.name, bare), NAMES)
    backwards = Task(task.name, task.categories[::-1])
    questions[TURNED] = _listing(asked, backwards, REVERSED)
    return {name: put for name, put in questions.items() if name == AS_ASKED or put != asked}


def _listing(prompt: Prompt, task: Task, ending: str) -> Prompt:
    """Return a prompt that lists its categories otherwise; the same if its text lists none."""
    listed = prompt.categories.listed
    if listed not in prompt.text:
        return prompt
    text = prompt.text.replace(listed, task.listed)
    return prompt.model_copy(update={"name": f"{prompt.name}{ending}", "text": text})


@dataclass(frozen=True)
class Manner:
    """Who is asked, and how often; and whether in other words too, for which once is enough.

    `examples` is how many labelled images of each category are shown before, and left out of what
    is asked; `max_tokens` is an answer's greatest length, 0 for none.
    """

    model: str
    repeats: int = 1
    flips: bool = False
    examples: int = 0
    max_tokens: int = 0

    def asked(self, galaxies: Galaxies) -> dict[str, tuple[Prompt, Options]]:
        """Return each way of asking.

        Asked once, the most probable answer is wanted; asked again and again, answers are drawn.
        """
        once = Options(examples=self.examples, max_tokens=self.max_tokens or None)
        more = replace(once, temperature=None, repeats=self.repeats)
        return {
            name: (prompt, more if self.repeats > 1 and name == AS_ASKED else once)
            for name, prompt in galaxies.questions.items()
            if self.flips or name == AS_ASKED
        }


def plans(galaxies: Galaxies, manner: Manner) -> list[Plan]:
    """Return all requests, a plan for each way of asking."""
    return [
        make_plan(galaxies.dataset, prompt, manner.model, options)
        for prompt, options in manner.asked(galaxies).values()
    ]


def ask_all(galaxies: Galaxies, manner: Manner, recorder: Recorder) -> dict[str, pd.DataFrame]:
    """Return the answers to each way of asking, as `ask` gives them; the prompt's own first.

    Raises MissingResponses in mode ``"none"``, if a response is missing.
    """
    return {
        name: ask(galaxies.dataset, prompt, manner.model, options, recorder)
        for name, (prompt, options) in manner.asked(galaxies).items()
    }


def first_answers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the first answer about each image, a row an image."""
    return table[table["repeat"] == 0].reset_index(drop=True)


def confusion(table: pd.DataFrame, task: Task) -> Confusion:
    """Count the first answers by label; images without one are left out."""
    return replayed.confusion(first_answers(table), task)


def outcomes(table: pd.DataFrame) -> dict[str, int]:
    """Return how many requests had each outcome, and how many were `not_answered` at all."""
    counts = table["outcome"].astype(str).value_counts()
    judged = {name: int(counts.get(name, 0)) for name in (ANSWERED, REFUSED, UNPARSEABLE, EMPTY)}
    return {**judged, "not_answered": len(table) - sum(judged.values())}


def facts(galaxies: Galaxies, manner: Manner) -> dict[str, bool]:
    """Return what a page about these images has to show."""
    return {
        "own": is_own(manner.model),
        "default": is_known(galaxies.dataset.name),
        "simulated": replayed.origin_of(galaxies.dataset) is Origin.SIMULATED_SKY,
        "labels": galaxies.labelled > 0,
        "votes": len(galaxies.votes) > 0,
        "flips": manner.flips and len(galaxies.questions) > 1,
        "repeats": manner.repeats > 1,
        "bad": bool(galaxies.left_out),
        "examples": manner.examples > 0,
    }


def words(galaxies: Galaxies) -> dict[str, str]:
    """Return what a page says of these images: what was left out, and how they were stretched."""
    left_out = [f"{what} {why}" for what, why in galaxies.left_out.items()]
    stretches = {each for each in stretches_of(galaxies.dataset) if each}
    return {
        "left_out_words": "; ".join(left_out) or "nothing",
        "stretch": "; ".join(sorted(stretches)) or "no file here holds measurements",
        "scale": _scale(galaxies.dataset),
    }


def _scale(dataset: Dataset) -> str:
    known = dataset.table["scale"].dropna() if "scale" in dataset.table else pd.Series(dtype=float)
    if known.empty:
        return "no file here says how large its pixels are on the sky"
    ends = " to ".join(dict.fromkeys(f'{end:.3g}"' for end in (known.min(), known.max())))
    return f"{len(known):,} of {len(dataset):,} files say how large their pixels are: {ends}"


def described(galaxies: Galaxies) -> pd.DataFrame:
    """Return a row for each image: what it is, and what was sent of it, for a reader.

    Where it lies on the sky is left out if no file says so.
    """
    table = galaxies.dataset.table.head(MOST_ROWS)
    rows = [_described(galaxies.dataset, row) for row in table.to_dict("records")]
    shown = pd.DataFrame(rows, columns=["image", "pixels", "what was sent", *ON_THE_SKY])
    return shown.drop(columns=[name for name in ON_THE_SKY if (shown[name] == NOT_SAID).all()])


def _described(dataset: Dataset, row: Mapping[Any, Any]) -> list[str]:
    width, height = row.get("width"), row.get("height")
    if width is None or height is None:
        height, width = dataset.pixels(row["image_id"]).shape[:2]
    what = [row["image_id"], f"{width} x {height}", row.get("sent", AS_IT_IS)]
    scale = row.get("scale", np.nan)
    if np.isnan(scale):
        return [*what, *[NOT_SAID] * len(ON_THE_SKY)]
    field_of_view = f'{width * scale:.3g}" x {height * scale:.3g}"'
    return [*what, f'{scale:.3g}"', field_of_view, f"{row['ra']:.5f}, {row['dec']:+.5f}"]


ON_THE_SKY = ("a pixel", "field of view", "centre, degrees")
NOT_SAID = "not said"


def shown_to_small_model(galaxies: Galaxies) -> list[Row]:
    """Return rows of a gallery: the first images as sent, and as the small model looks at them."""
    ids = galaxies.dataset.table["image_id"].head(MOST_SHOWN)
    sent = [galaxies.dataset.pixels(image_id) for image_id in ids]
    seen = [views(pixels) for pixels in sent]
    return [
        ("as sent", sent),
        ("whole", [each.whole for each in seen]),
        ("middle", [each.middle for each in seen]),
    ]


def by_answer(galaxies: Galaxies, table: pd.DataFrame) -> list[Row]:
    """Return images by what was answered about them, as rows of a gallery."""
    said = _said({AS_ASKED: table})[AS_ASKED]
    name_of = galaxies.task.name_of
    rows = []
    for answer in [*galaxies.task.codes, *sorted(set(said) - set(name_of))]:
        ids = said.index[said == answer]
        pictures = [galaxies.dataset.pixels(image_id) for image_id in ids[:COLUMNS]]
        rows.append((f"{name_of.get(answer, answer)}: {len(ids)}", pictures))
    return [row for row in rows if row[1]]


def agreement_with_votes(galaxies: Galaxies, table: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return how often the first answer is what most volunteers said; ties are left out."""
    votes = galaxies.votes[galaxies.votes.sum(axis=1) > 0]
    top = votes.eq(votes.max(axis=1), axis=0)
    majority = top[top.sum(axis=1) == 1].idxmax(axis=1)
    answer = first_answers(table).set_index("image_id")["answer"].reindex(majority.index)
    return proportion(int((answer == majority).sum()), len(majority), level)


def calibration(galaxies: Galaxies, table: pd.DataFrame, level: float = LEVEL) -> list[Panel]:
    """Return a panel for each category: how often it was answered, by the share of its votes."""
    votes = galaxies.votes[galaxies.votes.sum(axis=1) > 0]
    answer = first_answers(table).set_index("image_id")["answer"].reindex(votes.index)
    panels = []
    for category in galaxies.task.categories:
        share = (votes[category.code] / votes.sum(axis=1)).to_numpy(float)
        said = (answer == category.code).to_numpy(int)
        dots = dots_of("images", bin_shares(share, FIFTHS, said, level=level))
        axes = "share of the votes", "share so answered"
        panels.append(Panel(category.name, *axes, [dots], diagonal=True, x_range=(-0.02, 1.02)))
    return panels


def flips(answers: Mapping[str, pd.DataFrame], level: float = LEVEL) -> dict[str, Estimate]:
    """Return for each other way of asking on how many images the answer is another."""
    said = _said(answers)
    changed = {
        name: int((said[name] != said[AS_ASKED]).sum()) for name in answers if name != AS_ASKED
    }
    return {name: proportion(count, len(said), level) for name, count in changed.items()}


def flipped(galaxies: Galaxies, answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the images whose answer depends on how it was asked, and every answer, by name."""
    said = _said(answers)
    changed = said[said.ne(said[AS_ASKED], axis=0).any(axis=1)]
    named = changed.replace(galaxies.task.name_of)
    return named.reset_index(names="image").head(MOST_ROWS)


def _said(answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return answers, or why there is none: an image a row, a way of asking a column."""
    columns = {}
    for name, table in answers.items():
        first = first_answers(table).set_index("image_id")
        columns[name] = first["answer"].fillna(first["outcome"].astype(str)).astype(str)
    return pd.DataFrame(columns)


def steadiness(table: pd.DataFrame, level: float = LEVEL) -> Estimate:
    """Return on how many images all repeats say the same; NaN if each was asked about once."""
    if table["repeat"].max() < 1:
        return proportion(0, 0, level)
    each = table["answer"].fillna(table["outcome"].astype(str))
    different = each.groupby(table["image_id"]).nunique()
    return proportion(int((different < 2).sum()), len(different), level)


def everything(galaxies: Galaxies, answers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a row for each answer, with all that is known of its image."""
    known = galaxies.dataset.table.drop(columns=["label", "split"])
    rows = [table.assign(question=name) for name, table in answers.items()]
    table = pd.concat(rows, ignore_index=True)
    table.insert(4, "answer_name", table["answer"].map(galaxies.task.name_of))
    return table.merge(known, on="image_id", how="left")


def rows_right(counted: Confusion, level: float = LEVEL) -> list[Estimate]:
    """Return for each true category the share that was answered so, and last that of all images."""
    each = [recall(counted, place, level) for place in range(len(counted.categories))]
    return [*each, accuracy(counted, level)]
