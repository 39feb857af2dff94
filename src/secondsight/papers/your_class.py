"""A class as a crowd: the files of the page "Classify it yourself", put together."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.image_names import id_of
from secondsight.datasets.registry import load
from secondsight.datasets.votes import read_export, subject_names
from secondsight.errors import DataError
from secondsight.figures.dots import Dots, Panel
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.agreement import cohen_kappa
from secondsight.metrics.intervals import (
    LEVEL,
    Estimate,
    proportion,
    quantiles,
    share_over_clusters,
    share_true,
)
from secondsight.metrics.raters import fleiss_of
from secondsight.papers import replayed
from secondsight.simulate.seed import generator

SETS = {
    1: ("morphology", "morphology-1"),
    2: ("lsbg", "lsbg-1"),
    3: ("dwarfs-repeated", "dwarf-1"),
    4: ("radio", "radio-1"),
}
"""The data set and the prompt of each workflow number that the page writes."""
STUDENTS, EACH = 30, 5
"""How many students an invented class has, and how many galaxies of each truth they see."""
LOOK_ALIKES = {"cigar": "edge-on", "edge-on": "cigar", "round": "spiral", "spiral": "round"}
"""What an invented student who is wrong takes a shape for."""
DRAWS, MOST = 100, 6
"""Of students, for each number of them; and how many of the galaxies that split them are shown."""


@dataclass(frozen=True)
class Classroom:
    """A class's answers by name: `said` has a row a galaxy, by id, and a column a student."""

    dataset: Dataset
    prompt: str
    said: pd.DataFrame
    truth: "pd.Series[str]"
    name: str = "your class"

    @property
    def majority(self) -> "pd.Series[str]":
        """What most students answered about each galaxy; of equals, the first in the alphabet."""
        return self.said.mode(axis=1)[0]

    @property
    def votes(self) -> pd.DataFrame:
        """How many students gave each answer (a column each), the most divided galaxy first."""
        given = sorted(set(self.said.to_numpy().ravel()))
        table = pd.DataFrame({name: (self.said == name).sum(axis=1) for name in given})
        return table.loc[table.pow(2).sum(axis=1).sort_values(kind="stable").index]

    def model(self, name: str) -> "pd.Series[str]":
        """Return a model's recorded answer about each galaxy; of repeats the most frequent."""
        task = load_prompt(self.prompt).categories
        asked = replayed.answers(replayed.recorded_part(self.dataset), self.prompt, name, "none")
        given = asked.set_index("image_id")["answer"].loc[self.said.index]
        named = given.map(task.name_of).fillna("not read")
        return named.groupby(level=0, sort=False).agg(lambda own: own.mode()[0])


def find_class(folder: str, seed: int = 0) -> Classroom:
    """Return the class whose files are in a folder; without one, an invented class.

    Raises a DataError if the folder has no file, one that can't be read or files of several sets,
    or if there is no galaxy that all students answered about.
    """
    if not folder:
        return made_class(seed)
    students, workflows = {}, {}
    for path in sorted(Path(folder).glob("*.csv")):
        votes, names = read_export(path).table, subject_names(path, "Filename")
        ids = [id_of(names[subject]) for subject in votes["subject_id"]]
        number = int(votes["classification_id"].min())  # which a copy of the file shares
        students[number] = pd.Series(votes["answer"].astype(str).to_numpy(), ids, name=path.stem)
        first = pd.read_csv(path, usecols=["workflow_id"], nrows=1)
        workflows[int(first["workflow_id"].iloc[0])] = path.name
    if not students:
        raise DataError(f"{folder} has no CSV: put the files there that the students downloaded")
    if len(workflows) > 1 or not workflows.keys() <= SETS.keys():
        listed = ", ".join(sorted(workflows.values()))
        raise DataError(
            f"{folder} must hold one set of simulated galaxies of the page, not those of {listed}"
        )
    said = pd.concat(students.values(), axis=1).dropna().rename_axis("image_id")
    if said.empty:
        raise DataError(f"no galaxy in {folder} has an answer of all: give the class one link")
    return _classroom(*SETS[next(iter(workflows))], said)


def _classroom(name: str, prompt: str, said: pd.DataFrame) -> Classroom:
    dataset = load(name)
    truth = dataset.table.set_index("image_id")["label"].reindex(said.index)
    return Classroom(dataset, prompt, said, truth.map(load_prompt(prompt).categories.name_of))


def made_class(seed: int) -> Classroom:
    """Return a class whose answers are drawn: students have skill, some galaxies are hard."""
    name, prompt = SETS[1]
    names = load_prompt(prompt).categories.names
    chosen = load(name).table.groupby("label").head(EACH).sort_values("label")
    draw, count = generator(seed, "class"), len(chosen)
    hard, skill = draw.normal(1.3, 1.5, (count, 1)), draw.normal(0, 0.6, STUDENTS)
    truth = chosen["label"].astype(int).map(dict(enumerate(names)))
    sees = draw.random((count, STUDENTS)) < 1 / (1 + np.exp(-hard - skill))
    said = np.where(sees, truth.to_numpy()[:, None], truth.map(LOOK_ALIKES).to_numpy()[:, None])
    made = _classroom(name, prompt, pd.DataFrame(said, pd.Index(chosen["image_id"])))
    return replace(made, name="an invented class")


def numbers(
    room: Classroom, model: str, level: float = LEVEL, seed: int = 0
) -> dict[str, Estimate]:
    """Return who is right how often, who agrees with whom, and Fleiss' kappa of the students."""
    truth, majority, answers = room.truth, room.majority, room.model(model)
    right = room.said.eq(truth, axis=0).sum(axis=1).to_numpy()
    size, once = np.full(len(truth), room.said.shape[1]), np.ones(len(truth), np.int64)
    return {
        "one_right": share_over_clusters(right, size, level=level, seed=seed),
        "class_right": share_true(majority == truth, level),
        "model_right": share_true(answers == truth, level),
        "class_truth": cohen_kappa(majority, truth, level),
        "class_model": cohen_kappa(majority, answers, level),
        "students_kappa": fleiss_of(room.votes.to_numpy(), once, level, seed),
    }


def panels(room: Classroom, level: float = LEVEL, seed: int = 0) -> list[Panel]:
    """Return how much of the class is right about each galaxy, and majorities of how many."""
    students, draw = room.said.shape[1], generator(seed, "students")
    right = room.said.eq(room.truth, axis=0).sum(axis=1).sort_values()
    shares = [proportion(int(count), students, level) for count in right]
    each = Dots(room.name, list(map(float, range(1, len(right) + 1))), shares, joined=False)
    names, answered = np.unique(room.said.to_numpy(str), return_inverse=True)
    given = np.eye(len(names), dtype=int)[answered.reshape(room.said.shape)]
    sizes, estimates = range(1, students + 1, 2), []
    for size in sizes:
        drawn = [draw.choice(students, size, replace=False) for _ in range(DRAWS)]
        majorities = [names[given[:, own].sum(axis=1).argmax(axis=1)] for own in drawn]
        hits = np.array([(own == room.truth.to_numpy()).mean() for own in majorities])
        ends = quantiles(hits, level)
        estimates.append(Estimate(float(hits.mean()), *ends, len(right), level, "draws"))
    return [
        Panel("Galaxy by galaxy", "galaxies, the hardest first", "share of students right", [each]),
        Panel(
            "Together",
            "students who vote",
            "share of galaxies right",
            [Dots(room.name, list(map(float, sizes)), estimates)],
        ),
    ]


def split(room: Classroom, model: str) -> pd.DataFrame:
    """Return the galaxies that split the class most: truth, the model's answer, and the votes."""
    votes = room.votes.head(MOST)
    others = pd.DataFrame({"truth": room.truth, model: room.model(model)}).loc[votes.index]
    return others.join(votes).rename_axis("galaxy").reset_index()
