"""What probes on the captions' texts score, from the derived tables of their answers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from secondsight.datasets.tasks import FANAROFF_RILEY
from secondsight.metrics.confusion import Confusion, confusion_from_answers
from secondsight.metrics.intervals import LEVEL, PLAIN, Estimate
from secondsight.metrics.scores import accuracy, f1, f1_values, macro_f1
from secondsight.papers.radio.caption_words import majority

FR_II = 1
"""The place of FR II among the two classes."""


@dataclass(frozen=True)
class Probe:
    """A probe's answers on one kind of captions."""

    counts: Confusion  # of the answers that most divisions give
    right: "pd.Series[bool]"  # whether each of them is right, caption by caption
    divisions: list[float]  # the macro F1 of each division alone


def read_probe(table: pd.DataFrame, kind: str) -> Probe:
    """Return a probe on one kind of captions, from a table as `answer_table` gives it."""
    own = table[table["captions"] == kind].reset_index(drop=True)
    label, most = own["label"].astype(str), majority(own)
    each = [_counts(label, own[split].astype(str)) for split in own.filter(like="split_")]
    divisions = [float(np.mean(f1_values(counts.counts))) for counts in each]
    return Probe(_counts(label, most), label == most, divisions)


def scores(probe: Probe, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return a probe's accuracy, its F1 of FR II (``"f1"``) and its macro F1."""
    return {
        "accuracy": accuracy(probe.counts, level),
        "f1": f1(probe.counts, FR_II, level, seed).in_unit(PLAIN),
        "macro_f1": macro_f1(probe.counts, level, seed).in_unit(PLAIN),
    }


def _counts(label: "pd.Series[str]", answer: "pd.Series[str]") -> Confusion:
    return confusion_from_answers(label, answer, FANAROFF_RILEY.codes, FANAROFF_RILEY.name_of)
