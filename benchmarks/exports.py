"""The simulated campaign as Zooniverse would export it, row by row.

A real project's votes come as such an export, so what reads one can be tried on this.
"""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from secondsight.datasets.votes import COLUMNS
from secondsight.simulate.volunteers import SCHEMA

WORKFLOW, VERSION = 1, "1.1"
QUESTION = "Is there a dwarf galaxy in this image?"
YES, NO = "Yes", "No"
FIRST_SUBJECT, FIRST_CLASSIFICATION, FIRST_USER = 100_000_000, 500_000_001, 1_000_000
START = np.datetime64("2025-06-07T12:00:00")
ANONYMOUS = 10
"""One volunteer of so many is not logged in."""


def write_export(votes: pd.DataFrame, image_ids: list[str], path: Path) -> None:
    """Write a campaign as Zooniverse would export it, row by row.

    Parameters
    ----------
    votes : DataFrame
        `subject`, `volunteer`, `vote`; a subject's rows in the order in which they came.
    image_ids : list of str
        Of each subject.
    path : Path
        Ends in ``.csv`` or ``.csv.gz``.

    Notes
    -----
    Every subject gets its first vote before any gets its second, so the rows of one subject lie
    far apart, as in a real export.
    """
    rank = votes.groupby("subject").cumcount().to_numpy()
    order = np.argsort(rank, kind="stable")
    columns = [votes[name].to_numpy()[order] for name in SCHEMA.names]
    users = user_columns(int(votes["volunteer"].max()) + 1 if len(votes) else 0)
    with _opened(path) as file:
        file.write(",".join(COLUMNS) + "\n")
        for start in range(0, len(order), 20_000):
            some = [column[start : start + 20_000] for column in columns]
            file.writelines(_export_rows(start, some, users, image_ids))


def _export_rows(
    start: int, columns: list[npt.NDArray[Any]], users: list[str], image_ids: list[str]
) -> Iterator[str]:
    subjects, volunteers, votes = (column.tolist() for column in columns)
    numbers = np.arange(start, start + len(subjects))
    ended = np.datetime_as_string(START + numbers * 4).tolist()
    begun = np.datetime_as_string(START + numbers * 4 - 15).tolist()
    annotations = [_annotation(NO), _annotation(YES)]
    for row, (subject, volunteer, vote) in enumerate(zip(subjects, volunteers, votes, strict=True)):
        at, number = ended[row], FIRST_SUBJECT + subject
        yield (
            f"{FIRST_CLASSIFICATION + start + row},{users[volunteer]},{WORKFLOW},"
            f"Simulated: find dwarf galaxies,{VERSION},{at[:10]} {at[11:]} UTC,,,"
            f'"{{""source"":""api"",""session"":""{volunteer:064x}"",'
            f'""viewport"":{{""width"":1280,""height"":720}},""started_at"":""{begun[row]}.000Z"",'
            f'""finished_at"":""{at}.000Z"",""user_agent"":""simulated"",""utc_offset"":""0"",'
            f'""live_project"":true,""user_language"":""en"",""user_group_ids"":[],'
            f'""workflow_version"":""{VERSION}"",""subject_dimensions"":[null]}}",'
            f"{annotations[vote]},"
            f'"{{""{number}"":{{""retired"":null,""image_id"":""{image_ids[subject]}""}}}}",'
            f"{number}\n"
        )


def _annotation(answer: str) -> str:
    """Return a question's annotation as a quoted field."""
    content = [{"task": "T0", "task_label": QUESTION, "value": answer}]
    return '"' + orjson.dumps(content).decode().replace('"', '""') + '"'


def user_columns(count: int) -> list[str]:
    """Return user_name, user_id and user_ip of each volunteer, as an export has them."""
    columns = []
    for number in range(count):
        address = hashlib.sha256(f"volunteer {number}".encode()).hexdigest()
        if number % ANONYMOUS == ANONYMOUS - 1:
            columns.append(f"not-logged-in-{address[:40]},,{address[:20]}")
        else:
            columns.append(f"volunteer-{number:04d},{FIRST_USER + number},{address[:20]}")
    return columns


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "wt", compresslevel=3, encoding="utf-8", newline="") as packed:
            yield packed
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
