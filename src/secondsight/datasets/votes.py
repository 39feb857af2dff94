"""Volunteers' votes: read from Zooniverse's classification exports, and counted.

An export is a CSV with one row a classification, in which annotations, metadata and subject are
JSON. It is read in blocks, and only the columns that are needed are decoded; annotations are
parsed once for each distinct text of a block. What is kept of a row is four numbers.
"""

import csv as plain_csv
import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from secondsight.dtypes import Bools, Ints
from secondsight.errors import DataError
from secondsight.paths import shown

Answers = tuple[str, ...]

COLUMNS = (
    "classification_id",
    "user_name",
    "user_id",
    "user_ip",
    "workflow_id",
    "workflow_name",
    "workflow_version",
    "created_at",
    "gold_standard",
    "expert",
    "metadata",
    "annotations",
    "subject_data",
    "subject_ids",
)
"""Of a classification export, in its order."""
FOR_RETIREMENT = ("created_at", "subject_data")
NOT_NEEDED = {"workflow_name", "gold_standard", "expert", "metadata", *FOR_RETIREMENT}
NEEDED = tuple(name for name in COLUMNS if name not in NOT_NEEDED)
NO_ANSWER = "(no answer)"
"""The task was shown and its value is null or an empty list or text."""
NOT_ASKED = "(not asked)"
"""The classification holds no annotation of the task."""
BLOCK = 2 << 20
"""Bytes of the export that are read at a time."""
UNREADABLE = (OSError, EOFError, UnicodeDecodeError, zlib.error)
"""What a file that is cut off, damaged or no text raises."""
SHOWN = 60
"""Letters of a field that a message shows."""
LISTED = 20
"""Workflows or versions that a message lists."""
REMEMBERED = 100_000
"""Distinct annotations that are remembered from one block to the next."""


@dataclass(frozen=True)
class Wanted:
    """Which rows of an export count."""

    workflow: int | None = None  # may be None where the export holds one alone
    version: str | None = None  # ``"12.34"``, or ``"12"`` for all of that major version
    task: str = "T0"  # whose answers are read
    repeats: Literal["first", "all"] = "first"  # of one volunteer on one subject
    logged_in_only: bool = False  # others are told apart by a name made of their address
    until_retirement: bool = False  # whether what came later is left out


@dataclass(frozen=True)
class Votes:
    """Votes on subjects.

    The table has one row an answer of a classification, in the order of classification:
    `classification_id` and `subject_id` (int64), `user` and `answer` (category).
    """

    table: pd.DataFrame
    # how many classifications, by why
    left_out: dict[str, int] = field(default_factory=dict)


def read_export(path: str | Path, wanted: Wanted | None = None) -> Votes:
    """Read a classification export of Zooniverse, a CSV or a CSV.gz.

    Raises DataError if the file is absent, lacks a column or is cut off; if a row holds broken JSON
    or more than one subject (the text names the row, counted from 1 below the header); if it holds
    several workflows and none was chosen; or if no classification
    holds the task, or is of the workflow or the version (the text lists those that there are).
    """
    path = Path(path)
    reader = _Reader(path, wanted or Wanted())
    for block in _blocks(path, reader.columns):
        reader.add(block)
    return reader.votes()


class _Refused(ValueError):
    """A text does not hold what it should."""


@dataclass(frozen=True)
class _Column:
    """A column of a block: its different texts, which of them each row has, and the rows' numbers.

    The rows are counted from 1 below the header.
    """

    path: Path
    name: str
    texts: list[str]
    codes: Ints
    rows: Ints

    def each(self, meaning: Callable[[str], int]) -> Ints:
        """Return `meaning` of each row's text, asked once for each text."""
        meanings = np.zeros(len(self.texts), np.int64)
        for place, text in enumerate(self.texts):
            try:
                meanings[place] = meaning(text)
            except _Refused as refused:
                row = self.rows[np.flatnonzero(self.codes == place)[0]]
                where = f"{shown(self.path)}, row {row}: {self.name}"
                raise DataError(f"{where} {refused}") from None
        return meanings[self.codes]


class _Reader:
    """Gathers what the blocks of an export hold, as numbers."""

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self.path, self.wanted = path, wanted
        self.columns = [*NEEDED, *(FOR_RETIREMENT if wanted.until_retirement else ())]
        self.users: dict[str, int] = {}
        self.answers: dict[Answers, int] = {}
        self.parsed: dict[str, int] = {}
        self.other_tasks: set[str] = set()
        self.parts: list[pd.DataFrame] = []
        self.left_out = Counter[str]()
        self.workflow, self.row = wanted.workflow, 0
        self.workflows: set[int] = set()
        self.versions: set[str] = set()

    def add(self, block: pa.RecordBatch) -> None:
        """Take in a block's rows."""
        rows = self.row + 1 + np.arange(block.num_rows)
        self.row += block.num_rows
        wanted = self.wanted
        for test, why, on in (
            (self._of_workflow, "of another workflow", True),
            (self._of_version, "of another version", wanted.version is not None),
            (self._logged_in, "not logged in", wanted.logged_in_only),
            (self._before_retirement, "after retirement", wanted.until_retirement),
        ):
            if not on:
                continue
            good = test(block, rows)
            if not good.all():
                self.left_out[why] += int((~good).sum())
                block, rows = block.filter(pa.array(good)), rows[good]
        numbers = {
            "classification_id": self._numbers(block, "classification_id", rows),
            "subject_id": self._numbers(block, "subject_ids", rows),
            "user": self._who(block, rows),
            "answer": self._column(block, "annotations", rows).each(self._answer),
        }
        self.parts.append(pd.DataFrame(numbers))

    def votes(self) -> Votes:
        """Return all that was taken in."""
        self._check_known("workflow", self.wanted.workflow, self.workflows)
        majors = {text.split(".")[0] for text in self.versions}
        if self.wanted.version not in majors:
            self._check_known("version", self.wanted.version, self.versions)
        if self.answers.keys() == {(NOT_ASKED,)} and self.other_tasks:
            known = ", ".join(sorted(self.other_tasks))
            raise DataError(f"{shown(self.path)} has no task {self.wanted.task!r}; known: {known}")
        columns = ["classification_id", "subject_id", "user", "answer"]
        nobody = pd.DataFrame(columns=columns, dtype=np.int64)
        votes = pd.concat(self.parts or [nobody], ignore_index=True)
        self.parts = []
        if not votes["classification_id"].is_monotonic_increasing:
            votes = votes.sort_values("classification_id", kind="stable", ignore_index=True)
        if self.wanted.repeats == "first":
            again = votes.duplicated(["subject_id", "user"])
            self.left_out["repeated"] += int(again.sum())
            votes = votes[~again].reset_index(drop=True)
        return Votes(self._named(votes), dict(+self.left_out))

    def _check_known(self, what: str, wanted: int | str | None, known: Collection[object]) -> None:
        """Refuse a workflow or version that the rows looked at do not have."""
        if wanted is not None and known and wanted not in known:
            listed = ", ".join(sorted(map(str, known))[:LISTED])
            raise DataError(f"{shown(self.path)} has no {what} {wanted}; known: {listed}")

    def _named(self, votes: pd.DataFrame) -> pd.DataFrame:
        """Return a row an answer, with the names of volunteers and answers for their numbers."""
        names = sorted({name for answers in self.answers for name in answers})
        place = {name: number for number, name in enumerate(names)}
        given = [[place[name] for name in answers] for answers in self.answers]
        each = pa.array(given, pa.list_(pa.int64())).take(pa.array(votes["answer"]))
        codes = pc.list_flatten(each).to_numpy()
        votes = votes.iloc[pc.list_parent_indices(each).to_numpy()].reset_index(drop=True)
        users = pd.CategoricalDtype(list(self.users))
        return votes.assign(
            user=pd.Categorical.from_codes(votes["user"], dtype=users),
            answer=pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names)),
        )

    def _of_workflow(self, block: pa.RecordBatch, rows: Ints) -> Bools:
        workflows = self._numbers(block, "workflow_id", rows)
        self.workflows.update(np.unique(workflows).tolist())
        if self.workflow is None and len(workflows):
            self.workflow = int(workflows[0])
        good = np.asarray(workflows == self.workflow)
        if self.wanted.workflow is None and not good.all():
            both = f"{self.workflow} and {workflows[~good][0]}"
            raise DataError(
                f"{shown(self.path)} holds several workflows, such as {both}: choose one, as in "
                f"--workflow {self.workflow}"
            )
        return good

    def _of_version(self, block: pa.RecordBatch, rows: Ints) -> Bools:
        version = self.wanted.version
        column = self._column(block, "workflow_version", rows)
        self.versions.update(column.texts)
        return column.each(lambda text: version in (text, text.split(".")[0])).astype(bool)

    def _logged_in(self, block: pa.RecordBatch, _: Ints) -> Bools:
        return _is_given(block["user_id"])

    def _before_retirement(self, block: pa.RecordBatch, rows: Ints) -> Bools:
        made = self._column(block, "created_at", rows).each(_seconds)
        return made <= self._column(block, "subject_data", rows).each(_retired_at)

    def _who(self, block: pa.RecordBatch, rows: Ints) -> Ints:
        """Return a number for each volunteer: by name, else by address, else each for itself."""
        if not _is_given(block["user_name"]).all():
            names = (block[name].to_pylist() for name in ("user_name", "user_ip"))
            either = [name or ip for name, ip in zip(*names, strict=True)]
            known = [text or f"row {row}" for text, row in zip(either, rows, strict=True)]
            block = pa.record_batch({"user_name": pa.array(known, pa.string())})
        column = self._column(block, "user_name", rows)
        return column.each(lambda text: self.users.setdefault(text, len(self.users)))

    def _numbers(self, block: pa.RecordBatch, name: str, rows: Ints) -> Ints:
        """Return a column of whole numbers; where that fails, find out which row is to blame."""
        try:
            column = block[name].cast(pa.int64())
        except pa.ArrowInvalid:
            column = None
        if column is None or column.null_count:
            return self._column(block, name, rows).each(_number)
        return np.asarray(column.to_numpy())

    def _column(self, block: pa.RecordBatch, name: str, rows: Ints) -> _Column:
        column = block[name].fill_null("").dictionary_encode()
        texts = column.dictionary.to_pylist()
        return _Column(self.path, name, texts, column.indices.to_numpy(), rows)

    def _answer(self, text: str) -> int:
        """Return the number of the answers that a classification's annotations give."""
        known = self.parsed.get(text)
        if known is not None:
            return known
        try:
            annotations = _json(text)
            given = answers_of(annotations, self.wanted.task)
            if given == (NOT_ASKED,):
                self.other_tasks.update(tasks_in(annotations))
        except (TypeError, KeyError, AttributeError):
            raise _Refused("holds no list of annotations") from None
        if len(self.parsed) >= REMEMBERED:
            self.parsed.clear()
        self.parsed[text] = self.answers.setdefault(given, len(self.answers))
        return self.parsed[text]


def _number(text: str) -> int:
    try:
        return int(np.int64(int(text)))
    except (ValueError, OverflowError):
        what = "several numbers" if ";" in text else "no number"
        raise _Refused(f"holds {what}: {text[:SHOWN]!r}") from None


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _Refused("holds broken JSON") from None


def _seconds(text: str) -> int:
    """Return a time such as ``2016-12-16 08:22:14 UTC`` in seconds since 1970."""
    try:
        return int(np.datetime64(text[:19].replace(" ", "T"), "s").astype(np.int64))
    except ValueError:
        raise _Refused(f"holds no time: {text[:SHOWN]!r}") from None


def _retired_at(text: str) -> int:
    """Return when a subject was retired, in seconds since 1970; the far future if it is not."""
    try:
        retired = next(iter(_json(text).values()))["retired"]
        when = retired["retired_at"] if retired else None
    except (AttributeError, StopIteration, KeyError, TypeError):
        raise _Refused("tells nothing of the subject's retirement") from None
    return _seconds(str(when)) if when else np.iinfo(np.int64).max


def answers_of(annotations: Any, task: str) -> Answers:
    """Return the different answers that one classification gives to a task, at least one.

    Of a question, the answers that were chosen; of a survey, the choices; of a drawing task, the
    tools that were used. `NO_ANSWER` if there is none, `NOT_ASKED` if the task does not occur.

    `annotations` are as an export holds them; a `task` is such as ``"T0"``.
    """
    values = list(_values(annotations, task))
    if not values:
        return (NOT_ASKED,)
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    texts = [_answer_text(item) for item in flat]
    return tuple(dict.fromkeys(text for text in texts if text)) or (NO_ANSWER,)


def tasks_in(annotations: Any) -> Iterator[str]:
    """Yield the tasks that one classification's annotations name, those within a combination too.

    `annotations` are as an export holds them.
    """
    for annotation in annotations:
        yield str(annotation["task"])
        yield from tasks_in(_within(annotation.get("value")))


def _values(annotations: Any, task: str) -> Iterator[Any]:
    """Yield the values that annotations hold of a task, those within a combination as well."""
    for annotation in annotations:
        value = annotation["value"] if annotation["task"] == task else annotation.get("value")
        if annotation["task"] == task:
            yield value
        else:
            yield from _values(_within(value), task)


def _within(value: Any) -> list[Any]:
    """Return the annotations that the value of a combination holds."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict) and "task" in item]


def _answer_text(item: Any) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        named = item.get("choice") or item.get("tool_label") or item.get("label")
        if named:
            return str(named)
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS).decode()


def subject_names(path: str | Path, field: str) -> dict[int, str]:
    """Return what each subject of an export has in a field of its own, such as ``"Filename"``.

    Raises DataError as `read_export` does, and if a subject lacks the field; the text lists those
    that it has.
    """
    path, names, row = Path(path), dict[int, str](), 0
    for block in _blocks(path, ["subject_ids", "subject_data"]):
        for ids, text in zip(*(column.to_pylist() for column in block.columns), strict=True):
            row += 1
            try:
                subject = _number(ids or "")
                if subject not in names:
                    names[subject] = _field(_json(text or ""), field)
            except _Refused as refused:
                raise DataError(f"{shown(path)}, row {row}: its subject {refused}") from None
    return names


def _field(subject_data: Any, field: str) -> str:
    fields = next(iter(subject_data.values()), None) if isinstance(subject_data, dict) else None
    if not isinstance(fields, dict):
        raise _Refused("holds no fields")
    if not fields.get(field):
        known = ", ".join(repr(name) for name in fields if name != "retired") or "none"
        raise _Refused(f"holds nothing in {field!r}; known fields: {known}")
    return str(fields[field])


def _blocks(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield an export's rows block by block, all columns as text."""
    if not path.is_file():
        raise DataError(f"{shown(path)} is missing")
    as_text = csv.ConvertOptions(
        include_columns=columns,
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
        quoted_strings_can_be_null=True,
    )
    lines, blocks = csv.ParseOptions(newlines_in_values=True), csv.ReadOptions(block_size=BLOCK)
    try:
        yield from csv.open_csv(path, blocks, lines, as_text)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError, EOFError) as error:
        raise DataError(f"{shown(path)}{_what_is_wrong(path, columns, error)}") from None


def _what_is_wrong(path: Path, columns: list[str], error: Exception) -> str:
    """Say what keeps an export from being read, to be put behind its name."""
    with suppress(*UNREADABLE, plain_csv.Error), _as_text(path) as file:
        rows = plain_csv.reader(file)
        try:
            header = next(rows, [])
        except UnicodeDecodeError:
            return " is no text: a classification export is a CSV"
        lacking = [name for name in columns if name not in header]
        if lacking:
            return f" lacks the column {lacking[0]!r}"
        for number, row in enumerate(rows, start=1):
            if row and len(row) != len(header):
                return f", row {number} has {len(row)} fields and not {len(header)}"
    return f" is no whole classification export: {str(error).splitlines()[0][:100]}"


def _as_text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _is_given(column: pa.Array) -> Bools:
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False))


def count_votes(votes: Votes) -> pd.DataFrame:
    """Return how many volunteers gave each answer to each subject.

    Index `subject_id` (sorted), one column an answer (int64), and `votes`, how many answers there
    are in all.
    """
    table = votes.table
    names = list(table["answer"].cat.categories)
    subjects, places = np.unique(table["subject_id"].to_numpy(), return_inverse=True)
    keys = places * len(names) + table["answer"].cat.codes.to_numpy(np.int64)
    counts = np.bincount(keys, minlength=len(subjects) * len(names))
    index = pd.Index(subjects, name="subject_id")
    counted = pd.DataFrame(counts.reshape(len(subjects), len(names)), index, names)
    return counted.assign(votes=counted.sum(axis=1))
