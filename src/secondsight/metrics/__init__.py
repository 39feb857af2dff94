"""From counts and answers to numbers with intervals. Nothing here draws, reads or writes."""

from secondsight.metrics.agreement import (
    PairedTest,
    agreement,
    cohen_kappa,
    kappa_of_table,
    mcnemar,
    versus_constant,
)
from secondsight.metrics.confusion import (
    Confusion,
    confusion_from_answers,
    confusion_from_predicted_rows,
    only_categories,
)
from secondsight.metrics.intervals import (
    Estimate,
    bootstrap,
    difference,
    proportion,
    share_over_clusters,
)
from secondsight.metrics.merging import (
    called_instead,
    gain_from_merging,
    lead_of_pair,
    merge,
    share_of_errors,
    share_of_misses,
    worst_pair,
)
from secondsight.metrics.pairs import outcome_shares, same_by_chance, wrong_together
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
from secondsight.metrics.shapes import QUANTITIES, Shape, measure

__all__ = [
    "QUANTITIES",
    "Confusion",
    "Estimate",
    "PairedTest",
    "Shape",
    "accuracy",
    "agreement",
    "bootstrap",
    "called_instead",
    "cohen_kappa",
    "confusion_from_answers",
    "confusion_from_predicted_rows",
    "difference",
    "f1",
    "gain_from_merging",
    "kappa_of_table",
    "lead_of_pair",
    "macro_f1",
    "macro_precision",
    "macro_recall",
    "mcnemar",
    "measure",
    "merge",
    "only_categories",
    "outcome_shares",
    "precision",
    "proportion",
    "recall",
    "same_by_chance",
    "score_table",
    "share_of_errors",
    "share_of_misses",
    "share_over_clusters",
    "versus_constant",
    "worst_pair",
    "wrong_together",
]
