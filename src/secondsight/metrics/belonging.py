"""Whether answers belong to the images that they are recorded for.

A recording whose rows are shuffled, shifted or of other images has an accuracy like any other. What
gives it away is that its answers know nothing of the labels, or of other models' answers to the
same images, or that they fit the images some rows on better than their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from secondsight.dtypes import Floats, Ints, Places
from secondsight.metrics.intervals import Counts, PValue

ALPHA = 0.01
"""Answers with a larger p value than this can't be told from shuffled ones; and how often the order
of a sound recording may be doubted by chance, at most."""
LEAST = 100
"""With fewer images than this nothing is said."""
RESAMPLES = 999
SHIFTS, BLOCKS = 5, 5


@dataclass(frozen=True)
class AgainstChance:
    """Two answers to each of the same images, compared with chance."""

    agreement: float  # share of images to which both are the same
    by_chance: float  # what it would be if one were shuffled
    p_value: PValue  # how often shuffling gives an association (chi-squared) as strong


def against_chance(
    label: "pd.Series[str]", answer: "pd.Series[str]", resamples: int = RESAMPLES, seed: int = 0
) -> AgainstChance:
    """Return how far answers agree with labels, or with another model's answers.

    A missing answer is an answer of its own. Answers with two classes exchanged are related to the
    labels, though they agree with few.
    """
    known, given, kinds = _numbered(label, answer)
    table = np.bincount(known * kinds + given, minlength=kinds**2).reshape(kinds, kinds)
    of_rows, of_columns = table.sum(axis=1), table.sum(axis=0)
    n = int(table.sum())
    expected = np.outer(of_rows, of_columns) / n
    tables = scipy.stats.random_table(of_rows, of_columns, seed=seed)
    shuffled = tables.rvs(resamples, method="patefield")
    as_strong = int(np.sum(_strength(shuffled, expected) >= _strength(table, expected)))
    return AgainstChance(
        float(np.trace(table) / n),
        float(np.trace(expected) / n),
        PValue((1 + as_strong) / (1 + resamples)),
    )


def _numbered(label: "pd.Series[str]", answer: "pd.Series[str]") -> tuple[Ints, Ints, int]:
    """Return both as numbers of their different values, and how many of these there are."""
    both = pd.concat([label, answer]).fillna("missing")
    numbers, kinds = pd.factorize(both, sort=True)
    return numbers[: len(label)], numbers[len(label) :], len(kinds)


def _strength(tables: Counts, expected: Floats) -> Floats:
    """Return the part of chi-squared in which tables of the same margins differ."""
    seen = expected > 0
    strength: Floats = (tables[..., seen] ** 2 / expected[seen]).sum(axis=-1).round(9)
    return strength


def misplaced(label: "pd.Series[str]", answer: "pd.Series[str]") -> list[tuple[int, int, int]]:
    """Return the blocks of rows whose answers fit the images some rows on better than their own.

    Each is its first row, the row after its last, and how many rows on the answers fit best.
    """
    known, given, _ = _numbered(label, answer)
    limit = scipy.stats.norm.isf(ALPHA / (2 * SHIFTS * BLOCKS))
    places, shifts = np.arange(len(known)), [*range(-SHIFTS, 0), *range(1, SHIFTS + 1)]
    found = []
    for block in np.array_split(places, BLOCKS):
        lead = {shift: _lead(known, given, block, shift) for shift in shifts}
        best = max(lead, key=lambda shift: lead[shift])
        if len(block) and lead[best] > limit:
            found.append((int(block[0]), int(block[-1]) + 1, best))
    return found


def _lead(known: Ints, given: Ints, block: Places, shift: int) -> float:
    """Return McNemar's z: by how many standard errors a block fits better after a shift."""
    block = block[(block + shift >= 0) & (block + shift < len(known))]
    there, here = (given[block] == known[place] for place in (block + shift, block))
    better, worse = int(np.sum(there & ~here)), int(np.sum(here & ~there))
    return float((better - worse) / np.sqrt(max(better + worse, 1)))


def doubts(
    label: "pd.Series[str]",
    answer: "pd.Series[str]",
    others: "Mapping[str, pd.Series[str]] | None" = None,
) -> list[str]:
    """Return why a recording may not belong to its images, a sentence each; none if it is sound.

    All are in the recording's order; `others` are other models' answers to the same images. Fewer
    than `LEAST` images say nothing.
    """
    if len(label) < LEAST:
        return []
    found = [
        f"the answers are unrelated to {what}, as answers to other images would be"
        for what, known in {"the labels": label, **(others or {})}.items()
        if against_chance(known, answer).p_value > ALPHA
    ]
    return found + [
        f"the answers of rows {first:,} to {end - 1:,} fit the images {shift:+d} rows on better"
        for first, end, shift in misplaced(label, answer)
    ]
