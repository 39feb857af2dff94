"""Counts of what MiraBest's archive holds."""

from pathlib import Path

import pandas as pd

from secondsight.datasets.derived import count_rows
from secondsight.datasets.mirabest import BATCHES, FILE_NAME, read_batch, read_members, unpickle


def archive_counts(file: Path) -> pd.DataFrame:
    """Return how many images the archive holds, by split, class and whether they are black.

    Returns
    -------
    DataFrame
        `split`; `code`, the three digits of the file names; `label`, 0 for FR I and 1 for FR II;
        `image`, "entirely black" or "not black"; and `count`.
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
