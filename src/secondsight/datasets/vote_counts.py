"""Volunteers' votes on the images of a folder: how many for each category of a question."""

from collections.abc import Container
from pathlib import Path

import pandas as pd

from secondsight.datasets.folder import LONGEST_ID, VOTES, Bad, own_id, read_rows, unique
from secondsight.datasets.tasks import Task, plain_name
from secondsight.errors import DataError

TOTAL = "total"


def read_vote_counts(folder: Path, task: Task, images: Container[str]) -> tuple[pd.DataFrame, Bad]:
    """Return votes by image (index `image_id`), a column of int for each code; and strange rows.

    The folder's `votes.csv` has a column `image_id` and one of counts for each category, headed by
    its code, name or an alias, with or without ``_votes`` behind it. In place of one of them there
    may be ``total_votes``. Without the file there are no rows.

    Raises a DataError if the file is no table, a category has no column or a count is no number.
    """
    path = folder / VOTES
    if not (path.exists() or path.is_symlink()):
        return pd.DataFrame(columns=task.codes, dtype=int), {}
    head, *rows = read_rows(folder, VOTES, ["image_id", *task.names])
    table = pd.DataFrame(rows, columns=head)
    counts = counts_by_code(table, task, path)
    ids = [own_id(text, images) for text in table["image_id"]]
    unique(ids, ids, path)
    counts.index = pd.Index(ids, name="image_id")
    bad = {
        f"{VOTES}: {text[:LONGEST_ID]!r}": "is no image of the folder"
        for text in ids
        if text not in images
    }
    return counts[[image_id in images for image_id in ids]], bad


def counts_by_code(table: pd.DataFrame, task: Task, path: Path) -> pd.DataFrame:
    """Return the columns of counts (int), by code and in the task's order.

    `table` is one of texts, which is or will be at `path`. Raises as `read_vote_counts`.
    """
    meant = [_meant(column, task) for column in table.columns]
    twice = next((code for code in (*task.codes, TOTAL) if meant.count(code) > 1), None)
    if twice or "image_id" not in table:
        raise DataError(f"{path} has {f'two columns for {twice!r}' if twice else 'no image_id'}")
    kept = {code: _numbers(table.iloc[:, meant.index(code)], path) for code in meant if code}
    lacking = [code for code in task.codes if code not in kept]
    if len(lacking) == 1 and TOTAL in kept:
        rest = kept[TOTAL] - sum(kept[code] for code in task.codes if code in kept)
        if (rest < 0).any():
            raise DataError(f"{path}: a row has more votes than total_votes")
        kept[lacking[0]], lacking = rest, []
    if lacking:
        names = ", ".join(task.name_of[code] for code in lacking)
        head = "_".join(plain_name(task.name_of[lacking[0]]).split())
        complaint = f"{path} has no column of counts for {names}"
        raise DataError(f"{complaint}: head it so, as in {head}_votes")
    return pd.DataFrame({code: kept[code] for code in task.codes})


def _meant(column: str, task: Task) -> str | None:
    """Return the code of the category that a column counts votes for; None if it counts none."""
    name = plain_name(column.replace("_", " ")).removesuffix(" votes")
    return TOTAL if name == TOTAL else task.code_of(name)


def _numbers(column: "pd.Series[str]", path: Path) -> "pd.Series[int]":
    wrong = ~column.str.fullmatch(" *[0-9]{1,9} *")
    if wrong.any():
        text = column[wrong].iloc[0][:LONGEST_ID]
        raise DataError(f"{path}: {text!r} in the column {column.name!r} is no whole number")
    return column.astype(int)
