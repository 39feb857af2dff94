"""The confusion counts that AstroSight printed, and files of answers held against them."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import numpy as np
import pandas as pd
from pydantic import model_validator

from secondsight import paths
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.errors import DataError
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import Counts
from secondsight.toml import Entry, read_toml

COUNTS = paths.DATA / "astrosight_counts.toml"
ADDRESS = "https://raw.githubusercontent.com/ACMISLab/AstroSight"
DECIMALS = 4
"""Of the printed accuracies, in per cent."""
_CODES = "".join(GALAXY_ZOO_2.codes)
_FIELD = r'"%s": "([A-H])"'


class Printed(Entry):
    """A model's counts as printed."""

    title: str  # the model's name for a reader
    learnt: Literal["nothing", "fine-tuned", "from labels"]  # of these classes, but by the prompt
    path: str  # the file they stand in
    commit: str  # and of which version
    accuracy: float  # as printed, in per cent
    order: str = _CODES  # the letters of rows and columns
    counts: list[list[int]]  # images by true class (rows) and answer (columns)

    @model_validator(mode="after")
    def adds_up(self) -> "Printed":
        """Refuse counts of another shape, or that give another accuracy than is printed."""
        if sorted(self.order) != list(_CODES) or {*map(len, self.counts), len(self.counts)} != {8}:
            raise ValueError(f"the counts of {self.title} are not eight by eight")
        counts = np.array(self.counts)
        if round(100 * np.trace(counts) / counts.sum(), DECIMALS) != self.accuracy:
            raise ValueError(f"the counts of {self.title} do not give its printed accuracy")
        return self

    @property
    def url(self) -> str:
        """Where the file is downloaded from."""
        return f"{ADDRESS}/{self.commit}/{quote(self.path)}"

    @property
    def confusion(self) -> Confusion:
        """The counts in the order of the letters."""
        places = [self.order.index(code) for code in _CODES]
        counts = np.array(self.counts, dtype=np.int64)[np.ix_(places, places)]
        return Confusion(counts, GALAXY_ZOO_2.names, [])


class Overlap(Entry):
    """How many of the `first` galaxies of a list are among those `asked` about."""

    path: str
    commit: str
    first: int
    asked: int


class _File(Entry):
    zoobot_list: Overlap
    model: dict[str, Printed]


@cache
def _read(path: Path) -> _File:
    return read_toml(path, _File)


def printed_counts(path: Path = COUNTS) -> dict[str, Printed]:
    """Return the printed counts of every model by its name here, in the file's order."""
    return _read(path).model


def zoobot_list(path: Path = COUNTS) -> Overlap:
    """Return how the list of Zoobot's test galaxies overlaps with the images asked about."""
    return _read(path).zoobot_list


def gives_printed(file: Path, model: str) -> bool:
    """Whether a file of answers gives the counts that are printed of this model.

    A file of JSON holds true class and answer of each image, and all counts are compared. A file
    of CSV (Zoobot's) holds class probabilities without the truth: what is compared then is how
    often each class is the most probable.
    """
    if model not in printed_counts():
        raise DataError(f"no printed counts of {model!r}; known: {', '.join(printed_counts())}")
    printed = printed_counts()[model]
    expected = printed.confusion.counts
    if file.suffix == ".csv":
        return bool(np.array_equal(_most_probable(file, printed.order), expected.sum(axis=0)))
    return bool(np.array_equal(_joint(file), expected))


def _joint(file: Path) -> Counts:
    """Count true class and answer; by their names, for GPT-5's file lacks a brace."""
    text = file.read_text(encoding="utf-8", errors="replace")
    pairs = re.findall(f"{_FIELD % 'true_label'}.*?{_FIELD % 'predicted_label'}", text, re.S)
    counted = Counter(pairs)
    return np.array([[counted[true, answer] for answer in _CODES] for true in _CODES])


def _most_probable(file: Path, order: str) -> Counts:
    try:
        best = pd.read_csv(file).iloc[:, : len(order)].to_numpy(np.float64).argmax(axis=1)
    except ValueError:  # no table of numbers
        return np.zeros(len(_CODES), dtype=np.int64)
    counted = Counter(order[place] for place in best)
    return np.array([counted[code] for code in _CODES])
