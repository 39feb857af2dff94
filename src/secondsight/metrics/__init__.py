"""From counts and answers to numbers with intervals. Nothing here draws, reads or writes."""

from secondsight.metrics.agreement import (
    PairedTest,
    agreement,
    cohen_kappa,
    kappa_of_table,
    mcnemar,
    versus_constant,
)
from secondsight.metrics.bins import Bin, bin_shares
from secondsight.metrics.calibration import (
    Reliability,
    calibration_error,
    recalibrated,
    reliability,
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
from secondsight.metrics.raters import among_volunteers, fleiss, with_a_volunteer
from secondsight.metrics.repeats import (
    BetaBinomial,
    entropy,
    fit_beta_binomial,
    likeness,
    rank_correlation,
    reliability_of_mean,
    variances,
)
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
from secondsight.metrics.selective import Coverage, risk_coverage, separation
from secondsight.metrics.shapes import QUANTITIES, Shape, measure

__all__ = [
    "QUANTITIES",
    "BetaBinomial",
    "Bin",
    "Confusion",
    "Coverage",
    "Estimate",
    "PairedTest",
    "Reliability",
    "Shape",
    "accuracy",
    "agreement",
    "among_volunteers",
    "bin_shares",
    "bootstrap",
    "calibration_error",
    "called_instead",
    "cohen_kappa",
    "confusion_from_answers",
    "confusion_from_predicted_rows",
    "difference",
    "entropy",
    "f1",
    "fit_beta_binomial",
    "fleiss",
    "gain_from_merging",
    "kappa_of_table",
    "lead_of_pair",
    "likeness",
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
    "rank_correlation",
    "recalibrated",
    "recall",
    "reliability",
    "reliability_of_mean",
    "risk_coverage",
    "same_by_chance",
    "score_table",
    "separation",
    "share_of_errors",
    "share_of_misses",
    "share_over_clusters",
    "variances",
    "versus_constant",
    "with_a_volunteer",
    "worst_pair",
    "wrong_together",
]
