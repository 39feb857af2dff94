"""Counts of what MiraBest's archive holds."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.derived import count_rows
from secondsight.datasets.mirabest import BATCHES, FILE_NAME, read_batch, read_members, unpickle


def archive_counts(file: Path) -> pd.DataFrame:
    """Return how many images the archive holds, by split, class and whether they are black.

    Columns are `split`; `code`, the three digits of the file names; `label`, 0 for FR I and 1 for
    FR II; `image`, "entirely black" or "not black"; and `count`.
    """
    members = read_members(file)
    rows = []
    for name, split in BATCHES.items():
        files = unpickle(members[name], name)["filenames"]
        for path, (_, label, image) in zip(files, read_batch(members[name], name), strict=True):
            match = FILE_NAME.match(str(path).rsplit("/", 1)[-1])
            black = "not black" if image.any() else "entirely black"
            rows.append((split, match[1] if match else "", label, black))
    return count_rows(pd.DataFrame(rows, columns=["split", "code", "label", "image"]))


def archive_numbers(held: pd.DataFrame) -> dict[str, int]:
    """Return how many images there are, in all and black, of both classes and of each."""
    count = held.pivot_table("count", "label", "image", "sum", fill_value=0)
    black, every = count["entirely black"], count.sum(axis=1)
    numbers = {"archive_images": every.sum(), "archive_black": black.sum()}
    for name, label in (("fr1", 0), ("fr2", 1)):
        numbers |= {f"archive_{name}": every[label], f"archive_black_{name}": black[label]}
    return {name: int(number) for name, number in numbers.items()}


def archive_table(held: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the counts by class and code, a column for each split and blackness, and the total."""
    wide = held.pivot_table("count", ["label", "code"], ["split", "image"], "sum", fill_value=0)
    wide.columns = wide.columns.map(", ".join)
    wide = wide.astype(int).assign(total=wide.sum(axis=1).astype(int)).reset_index()
    named = wide.replace({"label": dict(enumerate(names))})
    return named.rename(columns={"label": "class", "code": "code in the file names"})
