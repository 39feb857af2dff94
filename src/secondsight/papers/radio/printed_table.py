"""The printed table of the radio paper: its rows."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from secondsight.datasets.published import Table
from secondsight.dtypes import Floats

TITLES = {
    "probe_f1_images": "linear probe, F1, images",
    "probe_f1_text": "linear probe, F1, text",
    "probe_f1_concatenated": "linear probe, F1, both joined",
    "mean_cosine": "mean cosine of image and text",
    "recall_at_1": "recall at first place",
    "top_5_recall": "recall among the first five",
    "class_recall_at_1": "class-level recall at first place",
    "knn_f1_images": "nearest neighbours, F1, images",
    "knn_f1_text": "nearest neighbours, F1, text",
    "knn_f1_concatenated": "nearest neighbours, F1, both joined",
}
"""What its rows measure, in the order in which they stand here."""


def row_gaps(table: Table, score: str) -> Floats:
    """Return by how much a score's row for images and that for texts differ, column by column."""
    images, texts = (np.array(table.rows[f"{score}_{kind}"]) for kind in ("images", "text"))
    return np.asarray(np.abs(images - texts).round(4))


def printed_rows(table: Table, titles: Mapping[str, tuple[str, ...]], *heads: str) -> pd.DataFrame:
    """Return rows as texts with two decimals, behind what each row's title says.

    `titles` go from a row's name to the texts that stand before its values, in columns called
    `heads`.
    """
    rows = [[*title, *(f"{v:.2f}" for v in table.rows[row])] for row, title in titles.items()]
    return pd.DataFrame(rows, columns=[*heads, *table.columns])
