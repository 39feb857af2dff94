"""From counts and answers to numbers with intervals. Nothing here draws, reads or writes."""

from secondsight.metrics.agreement import PairedTest, agreement, cohen_kappa, mcnemar
from secondsight.metrics.confusion import (
    Confusion,
    confusion_from_answers,
    confusion_from_predicted_rows,
)
from secondsight.metrics.intervals import Estimate, bootstrap, proportion
from secondsight.metrics.merging import gain_from_merging, merge, share_of_errors, worst_pair
from secondsight.metrics.scores import (
    accuracy,
    f1,
    macro_f1,
    macro_precision,
    macro_recall,
    precision,
    recall,
    score_table,
)

__all__ = [
    "Confusion",
    "Estimate",
    "PairedTest",
    "accuracy",
    "agreement",
    "bootstrap",
    "cohen_kappa",
    "confusion_from_answers",
    "confusion_from_predicted_rows",
    "f1",
    "gain_from_merging",
    "macro_f1",
    "macro_precision",
    "macro_recall",
    "mcnemar",
    "merge",
    "precision",
    "proportion",
    "recall",
    "score_table",
    "share_of_errors",
    "worst_pair",
]
