"""How far two models agree on the same images, and which of the two is right more often."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import (
    LEVEL,
    PLAIN,
    POINTS,
    Counts,
    Estimate,
    PValue,
    normal,
    nothing,
    proportion,
    unseen,
)

EXACT_BELOW = 50
"""With fewer disagreements than this, McNemar's test is the exact binomial one."""


@dataclass(frozen=True)
class PairedTest:
    """McNemar's test of two models on the same images."""

    both_right: int  # images by who answered them rightly
    only_first: int
    only_second: int
    both_wrong: int
    difference: Estimate  # accuracy of the first less that of the second; NaN without images
    p_value: PValue  # two-sided, of the hypothesis that both are right equally often
    method: str  # ``"exact"`` or ``"chi-squared"``


def mcnemar(
    right_first: "pd.Series[bool]", right_second: "pd.Series[bool]", level: float = LEVEL
) -> PairedTest:
    """Compare two models that answered the same images (McNemar 1947, Psychometrika 12, 153).

    `right_first` and `right_second` tell whether each answered each image rightly.
    """
    first, second = np.asarray(right_first, bool), np.asarray(right_second, bool)
    if first.shape != second.shape:
        raise ValueError(f"{first.size} and {second.size} answers can't be paired")
    table = [[np.sum(a & b) for b in (second, ~second)] for a in (first, ~first)]
    return paired_test(np.array(table), level)


def versus_constant(confusion: Confusion, category: int, level: float = LEVEL) -> PairedTest:
    """Compare a model with one that answers the same category (a row's place) to every image.

    A model that sees nothing can do as well as the constant answer; McNemar's test tells whether
    this one does better.
    """
    counts = confusion.counts
    right = np.diag(confusion.square)
    of_category = int(counts[category].sum())
    both_right, only_model = int(right[category]), int(right.sum() - right[category])
    only_constant = of_category - both_right
    both_wrong = confusion.n - both_right - only_model - only_constant
    table = np.array([[both_right, only_model], [only_constant, both_wrong]])
    return paired_test(table, level)


def paired_test(table: Counts, level: float = LEVEL) -> PairedTest:
    """Return McNemar's test of counts, shape (2, 2): rows the first right or wrong."""
    from statsmodels.stats.contingency_tables import mcnemar as mcnemar_test  # slow to load

    exact = int(table[0, 1] + table[1, 0]) < EXACT_BELOW
    test = mcnemar_test(table, exact=exact)
    return PairedTest(
        both_right=int(table[0, 0]),
        only_first=int(table[0, 1]),
        only_second=int(table[1, 0]),
        both_wrong=int(table[1, 1]),
        difference=_paired_difference(table, level).in_unit(POINTS),
        p_value=PValue(test.pvalue),
        method="exact" if exact else "chi-squared",
    )


def _paired_difference(table: Counts, level: float) -> Estimate:
    """Return the difference of two paired shares (Agresti 2013, section 11.1.1)."""
    n = int(table.sum())
    if n == 0:
        return nothing(level, "Wald, paired")
    first, second = int(table[0, 1]), int(table[1, 0])
    spread = np.sqrt(first + second - (first - second) ** 2 / n) / n
    return normal((first - second) / n, spread, n, level, "Wald, paired")


def agreement_table(first: "pd.Series[str]", second: "pd.Series[str]") -> Counts:
    """Return the counts of two models' answers to the same images, shape (k, k).

    A missing answer counts as an answer of its own.
    """
    ours, theirs = (answers.fillna("missing").to_numpy() for answers in (first, second))
    codes = sorted({*ours, *theirs})
    table = pd.crosstab(ours, theirs).reindex(index=codes, columns=codes, fill_value=0)
    return table.to_numpy(np.int64)


def agreement(first: "pd.Series[str]", second: "pd.Series[str]", level: float = LEVEL) -> Estimate:
    """Return the share of images to which two models gave the same answer (Wilson interval)."""
    table = agreement_table(first, second)
    return proportion(int(np.trace(table)), int(table.sum()), level)


def cohen_kappa(
    first: "pd.Series[str]", second: "pd.Series[str]", level: float = LEVEL
) -> Estimate:
    """Return Cohen's kappa: agreement beyond what the two models' habits alone would give.

    The interval is the asymptotic normal one, cut at -1 and 1. It has no width where both agree on
    every image or on none: there it is Wilson's interval of the share of agreement, in the place of
    that share in kappa's formula, with the agreement by chance as it was seen. NaN where kappa is
    not defined: without images, and where both give one and the same answer to all.

    The answers are to the same images.

    Source: Cohen 1960, Educ. Psychol. Meas. 20, 37; Fleiss, Cohen & Everitt 1969 for the variance;
    Wilson 1927, J. Am. Stat. Assoc. 22, 209.
    """
    return kappa_of_table(agreement_table(first, second), level)


def kappa_of_table(table: Counts, level: float = LEVEL) -> Estimate:
    """Return Cohen's kappa of a square table of counts, shape (k, k), as `cohen_kappa` does."""
    n = int(table.sum())
    if table.max(initial=0) == np.trace(table) == n:
        return nothing(level, "asymptotic", n).in_unit(PLAIN)
    from statsmodels.stats.inter_rater import cohens_kappa  # slow to load

    with np.errstate(invalid="ignore", divide="ignore"):  # in its z value, which is not used
        result = cohens_kappa(table)
    spread = np.sqrt(max(result.var_kappa, 0.0))  # rounding may leave it a hair below
    kappa = float(np.clip(result.kappa, -1, 1))  # rounding, again
    wide = normal(kappa, spread, n, level, "asymptotic").in_unit(PLAIN)
    agreed = int(np.trace(table))
    if agreed in {0, n}:
        chance = float(table.sum(axis=0) @ table.sum(axis=1)) / n**2
        width = unseen(n, level) / (1 - chance)
        low, high = (kappa - width, kappa) if agreed else (kappa, kappa + width)
        wide = replace(wide, low=low, high=high, method="Wilson, of agreement")
    return replace(wide, low=max(wide.low, -1.0), high=min(wide.high, 1.0))
