"""Curated captions less control captions, as the slides print it in brackets."""

from collections.abc import Sequence
from math import isnan, nan

import pandas as pd

from secondsight.datasets.published import Table

PROBES = ("probe_f1_images", "probe_f1_text", "probe_f1_concatenated")
RETRIEVAL = ("recall_at_1", "top_5_recall", "class_recall_at_1")
CONTROL = ", control"
"""How the log's runs on control captions end."""


def signs(table: Table, rows: Sequence[str]) -> dict[str, int]:
    """Return how many of the printed differences of some rows are for either kind of captions.

    The keys are ``"curated"``, ``"control"``, and ``"printed"``, of how many.
    """
    values = [value for row in rows for value in table.rows[row] if not isnan(value)]
    better = {"curated": sum(v > 0 for v in values), "control": sum(v < 0 for v in values)}
    return {**better, "printed": len(values)}


def how_many(table: Table) -> dict[str, int]:
    """Return `signs` of the probes and of retrieval, such as ``"retrieval_control"``."""
    kinds = {"probes": PROBES, "retrieval": RETRIEVAL}
    return {
        f"{kind}_{side}": count
        for kind, rows in kinds.items()
        for side, count in signs(table, rows).items()
    }


def differences(table: Table, log: Table) -> dict[str, float]:
    """Return the printed differences that the prose names, and two of them by the log.

    Keys are ``apart_least`` and ``apart_most`` of the probe on images; of recall among the first
    five ``apart_five_0`` to ``apart_five_3``, in the order of the columns; ``log_vision`` and
    ``log_text``, the same by the released log.
    """
    images, five = (table.rows[row] for row in ("probe_f1_images", "top_5_recall"))
    logged = by_the_log(log, "top_5_recall")
    return {
        "apart_least": min(images),
        "apart_most": max(images),
        **{f"apart_five_{place}": value for place, value in enumerate(five)},
        "log_vision": logged["vision LoRA"],
        "log_text": logged["text LoRA"],
    }


def as_printed(table: Table, apart: Table, titles: dict[str, str]) -> pd.DataFrame:
    """Return the table as the slides print it: a value and, in brackets, how it differs.

    The values are of curated captions, and `apart` holds those of some rows, curated less control;
    `titles` say what a row is called.
    """
    rows = [
        [title, *map(_beside, table.rows[row], apart.rows.get(row, [nan] * len(table.columns)))]
        for row, title in titles.items()
    ]
    return pd.DataFrame(rows, columns=["curated captions", *table.columns])


def _beside(value: float, difference: float) -> str:
    return f"{value:.2f}" if isnan(difference) else f"{value:.2f} ({difference:+.2f})"


def by_the_log(log: Table, row: str) -> dict[str, float]:
    """Return the same differences from the runs in the released log, by what was trained."""
    value = dict(zip(log.columns, log.rows[row], strict=True))
    return {run: value[run] - value[run + CONTROL] for run in log.columns if run + CONTROL in value}
