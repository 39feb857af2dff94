"""What the released captions of radio galaxies tell: by a probe, and by counting words.

The captions themselves stay where they are; the tables hold classes and counts.
"""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.dtypes import Ints
from secondsight.errors import DataError
from secondsight.papers.radio.text_probe import out_of_fold
from secondsight.paths import shown

KINDS = ("curated", "control")
SPLITS = 11
"""How many divisions into folds; odd, so that most of the answers decide."""
RULES = {
    "split at spaces": re.compile(r"\S+"),
    "words, hyphens kept": re.compile(r"[a-z]+(?:['\u2019-][a-z]+)*"),
    "letters only": re.compile(r"[a-z]+"),
}
"""What counts as a word in small letters, by a name for each rule."""


def probe_answers(curated: Path, control: Path) -> pd.DataFrame:
    """Return what a probe on the words of each test caption answers, split by split.

    The two files of test captions are in the same order; only the first holds labels.

    One row a caption: `captions` (its kind), `image` (its place), `label`, `edited` (whether its
    makers edited it by hand) and `split_0` …, answers of probes that did not see it.

    Raises a DataError if the files do not hold the same images in the same order.
    """
    return answer_table(curated, control, out_of_fold)


def answer_table(
    curated: Path, control: Path, answer: Callable[[list[str], Ints, int], Ints]
) -> pd.DataFrame:
    """Return what a probe answers on each test caption, as `probe_answers` does.

    `answer` goes from texts, their labels and the number of a division into folds to answers, 0 or
    1, of probes that were fitted without the text.

    Raises a DataError if the files do not hold the same images in the same order.
    """
    first, second = read_captions(curated), read_captions(control)
    places = list(range(len(first)))
    if [_listed(first, "image"), _listed(second, "index")] != [places, places]:
        raise DataError(f"{shown(curated)} and {shown(control)} do not list the same images")
    labels = first["true label"].to_numpy(dtype=np.int64)
    edited = first["edited?"].notna().astype(int)
    parts = []
    for kind, table in zip(KINDS, (first, second), strict=True):
        rows = {
            "captions": kind,
            "image": places,
            "label": labels,
            "edited": edited if kind == "curated" else 0,
        }
        texts = table["caption"].tolist()
        answers = {f"split_{at}": answer(texts, labels, at) for at in range(SPLITS)}
        parts.append(pd.DataFrame(rows | answers))
    return pd.concat(parts, ignore_index=True)


def majority(table: pd.DataFrame) -> "pd.Series[str]":
    """Return for each row of a table of answers the one that most splits give, as a code."""
    return (table.filter(like="split_").mean(axis=1) > 0.5).astype(int).astype(str)


def word_counts(*files: Path) -> pd.DataFrame:
    """Return how many words, and how many different ones, the captions hold.

    `files` are of curated test, control test, curated train and control train captions.

    One row a kind of captions, a part ("test", "train", "both") and a rule of `RULES`.
    """
    texts = [read_captions(file)["caption"].str.lower().tolist() for file in files]
    parts = {"test": texts[:2], "train": texts[2:]}
    parts["both"] = [texts[0] + texts[2], texts[1] + texts[3]]
    rows = []
    for part, both in parts.items():
        for kind, some in zip(KINDS, both, strict=True):
            for rule, pattern in RULES.items():
                words = [word for text in some for word in pattern.findall(text)]
                counts = {"words": len(words), "different": len(set(words))}
                rows.append({"captions": kind, "part": part, "rule": rule, **counts})
    return pd.DataFrame(rows)


def vocabularies(table: pd.DataFrame) -> pd.DataFrame:
    """Return how many different words either kind holds, all parts together, and their ratio.

    `table` is as `word_counts` gives it.

    A row a rule: `curated` and `control` (int), and the `ratio` of the latter to the former.
    """
    whole = table[table["part"] == "both"]
    different = whole.pivot_table("different", "rule", "captions", sort=False)[list(KINDS)]
    counts = different.astype(int).rename_axis(columns=None)
    return counts.assign(ratio=counts["control"] / counts["curated"])


def read_captions(file: Path) -> pd.DataFrame:
    """Return a released file of captions, in its order.

    Raises a DataError if it lacks a caption.
    """
    table = pd.read_csv(file, encoding="utf-8-sig")
    if "caption" not in table or table["caption"].isna().any():
        raise DataError(f"{shown(file)} lacks captions")
    return table


def _listed(table: pd.DataFrame, column: str) -> list[int]:
    return table[column].tolist() if column in table else []
