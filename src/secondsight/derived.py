"""Small tables of counts that stand in for outside files on a machine without them.

Each is committed in `data/derived` and holds counts only. Where its sources are on this machine it
is made anew and must equal what is committed: a difference is an error, and so fails the build.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets import sources
from secondsight.datasets.tasks import GALAXY_ZOO_2
from secondsight.errors import DataError, DerivedMismatch
from secondsight.inference.imported import ASTROSIGHT, parse_imported, read_astrosight
from secondsight.inference.parse import SHORT
from secondsight.realism import FOLDERS, real_shapes
from secondsight.realism_stars import real_stars


@dataclass(frozen=True)
class Derivation:
    """How a table comes from its sources.

    Attributes
    ----------
    sources : tuple of str
        Names in `data/sources.toml`.
    derive : callable
        From the folders and the sources' files, in that order, to the table.
    folders : tuple of str
        Folders of a mirror that it needs too; they can't be downloaded.
    """

    sources: tuple[str, ...]
    derive: Callable[..., pd.DataFrame]
    folders: tuple[str, ...] = ()

    def files(self) -> list[Path | None]:
        """Return where each folder and each source is on this machine, None for those absent."""
        return [paths.mirror_folder(name) for name in self.folders] + [
            sources.find(n) for n in self.sources
        ]


@dataclass(frozen=True)
class Derived:
    """A derived table, and whether it was made anew from its sources.

    Attributes
    ----------
    name : str
        The table's name.
    table : DataFrame
        The counts.
    recomputed : bool
        True if the sources are here and gave this very table.
    """

    name: str
    table: pd.DataFrame
    recomputed: bool

    @property
    def line(self) -> str:
        """One line for a reader: where the counts come from in this build."""
        derivation = DERIVATIONS[self.name]
        needed = ", ".join([*derivation.folders, *derivation.sources])
        if self.recomputed:
            return f"Counts made anew from the source files in this build ({needed})."
        return (
            f"Counts read from data/derived/{self.name}.csv: the source files ({needed}) are not "
            "on this machine, so the counts were not made anew in this build."
        )


def joint_answers(*files: Path) -> pd.DataFrame:
    """Return how many images have each true category and each pair of answers, by our parser.

    An answer that names no category is its outcome in words ("refused").
    """
    models = list(ASTROSIGHT)
    parsed = [parse_imported(read_astrosight(file), GALAXY_ZOO_2) for file in files]
    columns = {
        model: answers["answer"].fillna(answers["outcome"]).to_numpy()
        for model, answers in zip(models, parsed, strict=True)
    }
    if any((parsed[0]["image_id"] != other["image_id"]).any() for other in parsed[1:]):
        raise DataError("the AstroSight files do not list the same images in the same order")
    table = pd.DataFrame({"true": parsed[0]["label"].to_numpy(), **columns})
    return count_rows(table)


def parser_differences(*files: Path) -> pd.DataFrame:
    """Return how often each model's answer was released as one category and parsed as another."""
    models = list(ASTROSIGHT)
    parts = []
    for model, file in zip(models, files, strict=True):
        answers = parse_imported(read_astrosight(file), GALAXY_ZOO_2)
        ours = answers["answer"].fillna(answers["outcome"])
        parts.append(
            pd.DataFrame(
                {
                    "model": model,
                    "true": answers["label"],
                    "released": answers["parsed"],
                    "ours": ours,
                }
            )
        )
    return count_rows(pd.concat(parts))


def openings(*files: Path) -> pd.DataFrame:
    """Return with which word the answers in sentences begin, by model and released class."""
    parts = []
    for model, file in zip(ASTROSIGHT, files, strict=True):
        answers = read_astrosight(file)
        words = [text.split() for text in answers["text"]]
        first = [some[0] if len(some) > SHORT else None for some in words]
        table = pd.DataFrame({"model": model, "released": answers["parsed"], "first_word": first})
        parts.append(table.dropna())
    return count_rows(pd.concat(parts))


def count_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return each different row once, in order, with how often it stands in `table`."""
    counts = table.value_counts(sort=False).rename("count").reset_index()
    return counts.sort_values(list(table.columns), ignore_index=True)


def label_blocks(file: Path, block: int = 500) -> pd.DataFrame:
    """Return how many LSBG labels are 0 and 1 in each block of 500, in the file's order."""
    labels = np.load(file, allow_pickle=False)
    if labels.ndim != 1 or not np.isin(labels, [0, 1]).all():
        raise DataError(f"{paths.shown(file)} holds something else than a row of zeros and ones")
    starts = range(0, len(labels), block)
    ones = [int(labels[start : start + block].sum()) for start in starts]
    sizes = [len(labels[start : start + block]) for start in starts]
    zeros = [size - one for size, one in zip(sizes, ones, strict=True)]
    return pd.DataFrame({"first": list(starts), "zeros": zeros, "ones": ones})


DERIVATIONS = {
    "astrosight_answers": Derivation(tuple(ASTROSIGHT.values()), joint_answers),
    "astrosight_parsing": Derivation(tuple(ASTROSIGHT.values()), parser_differences),
    "astrosight_openings": Derivation(tuple(ASTROSIGHT.values()), openings),
    "real_shapes": Derivation(("mirabest",), real_shapes, FOLDERS),
    "real_stars": Derivation(("delve6-stars",), real_stars),
    "lsbg_labels": Derivation(("lsbg-labels",), label_blocks),
}


def load(name: str, folder: Path = paths.DERIVED) -> Derived:
    """Return a derived table, made anew and compared where its sources are on this machine.

    Raises
    ------
    DerivedMismatch
        If the sources give another table than the committed one.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{paths.shown(path)} is missing: run secondsight derive {name}")
    committed = path.read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(committed), keep_default_na=False)
    if None in DERIVATIONS[name].files():
        return Derived(name, table, recomputed=False)
    if as_text(derive(name)) != committed:
        raise DerivedMismatch(
            f"{paths.shown(path)} differs from what its sources give: look at the difference after "
            f"secondsight derive {name}, and commit it if it is right"
        )
    return Derived(name, table, recomputed=True)


def one_row_each(table: pd.DataFrame) -> pd.DataFrame:
    """Return counted rows as one row an image, without the column `count`."""
    return (
        table.loc[table.index.repeat(table["count"])].drop(columns="count").reset_index(drop=True)
    )


def derive(name: str) -> pd.DataFrame:
    """Make a derived table from its sources, all of which must be on this machine.

    Raises
    ------
    DataError
        If there is no such table, or a source is absent.
    """
    if name not in DERIVATIONS:
        raise DataError(f"no derived table named {name!r}; known: {', '.join(DERIVATIONS)}")
    derivation = DERIVATIONS[name]
    files = derivation.files()
    if None in files:
        names = [*derivation.folders, *derivation.sources]
        absent = [called for called, path in zip(names, files, strict=True) if path is None]
        raise DataError(f"{name} needs {', '.join(absent)}: run secondsight data fetch")
    return derivation.derive(*files)


def as_text(table: pd.DataFrame) -> str:
    """Return a table as it is committed: CSV with Unix line ends."""
    return table.to_csv(index=False, lineterminator="\n")
