"""Curated captions less control captions, as the slides print it in brackets."""

from collections.abc import Sequence
from math import isnan

import pandas as pd

from secondsight.datasets.published import Table

PROBES = ("probe_f1_images", "probe_f1_text", "probe_f1_concatenated")
RETRIEVAL = ("recall_at_1", "top_5_recall", "class_recall_at_1")


def signs(table: Table, rows: Sequence[str]) -> dict[str, int]:
    """Return how many of the printed differences of some rows are for either kind of captions.

    Keys are ``"curated"``, ``"control"``, and ``"printed"``: of how many.
    """
    values = [value for row in rows for value in table.rows[row] if not isnan(value)]
    better = {"curated": sum(v > 0 for v in values), "control": sum(v < 0 for v in values)}
    return {**better, "printed": len(values)}


def signed(table: Table, titles: dict[str, str]) -> pd.DataFrame:
    """Return the differences as texts with their sign, a row for each of `PROBES` and `RETRIEVAL`.

    `titles` say what each row is called.
    """
    rows = [
        [titles[row], *("none printed" if isnan(v) else f"{v:+.2f}" for v in table.rows[row])]
        for row in (*PROBES, *RETRIEVAL)
    ]
    return pd.DataFrame(rows, columns=["curated less control", *table.columns])
