"""How far volunteers agree among themselves, and how far a model agrees with one of them."""

import numpy as np

from secondsight.metrics.intervals import LEVEL, PLAIN, Counts, Estimate, bootstrap, proportion

RESAMPLES = 500


def fleiss(histogram: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return Fleiss' kappa of volunteers: their agreement beyond what their habits would give.

    1 is perfect, 0 is chance; bootstrap over subjects. NaN where all votes are the same, or each
    subject has one alone (Fleiss 1971, Psychol. Bull. 76, 378).

    `histogram`, shape (n + 1,), holds how many subjects got 0, 1, … n votes of n for yes.
    """
    k = np.arange(len(histogram))
    return fleiss_of(np.stack([k, k[::-1]], axis=1), histogram, level, seed)


def fleiss_of(votes: Counts, subjects: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return Fleiss' kappa of votes for any number of answers, as `fleiss` does for two.

    `votes`, shape (kinds, answers), holds how many votes each answer got on a subject, the same sum
    in each row; `subjects`, shape (kinds,), how many subjects got these votes.
    """
    from statsmodels.stats.inter_rater import fleiss_kappa  # slow to load

    def kappa(drawn: Counts) -> float:
        own = np.repeat(votes, drawn, axis=0)
        is_defined = own[0].sum() > 1 and np.count_nonzero(own.sum(axis=0)) > 1
        return float(fleiss_kappa(own)) if is_defined else float("nan")

    drawn = bootstrap(subjects, kappa, level=level, resamples=RESAMPLES, seed=seed)
    return drawn.in_unit(PLAIN)


def among_volunteers(histogram: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how often two volunteers who saw the same subject voted alike.

    `histogram`, shape (n + 1,), holds how many subjects got 0, 1, … n votes of n for yes. NaN where
    n is 1.
    """
    n = len(histogram) - 1
    if n < 2:
        return proportion(0, 0, level)
    k = np.arange(n + 1)
    alike = (k * (k - 1) + (n - k) * (n - k - 1)) / (n * (n - 1))

    def mean(counts: Counts) -> float:
        return float(counts @ alike / counts.sum())

    return bootstrap(histogram, mean, level=level, resamples=RESAMPLES, seed=seed)


def with_a_volunteer(table: Counts, level: float = LEVEL, seed: int = 0) -> Estimate:
    """Return how often a model's answer is that of a volunteer drawn from the subject's.

    `table`, shape (n + 1, 2), holds how many subjects got so many votes of n for yes (rows) and
    which answer (no, yes).
    """
    n = len(table) - 1
    k = np.arange(n + 1)

    def mean(counts: Counts) -> float:
        alike = counts[:, 1] @ k + counts[:, 0] @ (n - k)
        return float(alike / n / counts.sum())

    return bootstrap(table, mean, level=level, resamples=RESAMPLES, seed=seed)
