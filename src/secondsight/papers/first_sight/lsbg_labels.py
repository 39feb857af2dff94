"""Counts of the released LSBG labels."""

from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.errors import DataError
from secondsight.paths import shown


def label_blocks(file: Path, block: int = 500) -> pd.DataFrame:
    """Return how many LSBG labels are 0 and 1 in each block of 500, in the file's order."""
    labels = np.load(file, allow_pickle=False)
    if labels.ndim != 1 or not np.isin(labels, [0, 1]).all():
        raise DataError(f"{shown(file)} holds something else than a row of zeros and ones")
    starts = range(0, len(labels), block)
    ones = [int(labels[start : start + block].sum()) for start in starts]
    sizes = [len(labels[start : start + block]) for start in starts]
    zeros = [size - count for size, count in zip(sizes, ones, strict=True)]
    return pd.DataFrame({"first": list(starts), "zeros": zeros, "ones": ones})
