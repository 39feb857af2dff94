"""What cigar-shaped and edge-on galaxies, which look alike, cost a model that sorts four shapes."""

from secondsight.datasets.origins import Origin
from secondsight.datasets.published import Number
from secondsight.figures.estimates import Line
from secondsight.metrics.confusion import Confusion, only_categories
from secondsight.metrics.intervals import LEVEL, Estimate, proportion
from secondsight.metrics.merging import (
    called_instead,
    gain_from_merging,
    lead_of_pair,
    merge,
    share_of_errors,
    share_of_misses,
)
from secondsight.metrics.scores import accuracy

ROUND, PAIR, SPIRAL = 0, (1, 2), 3
"""Places of the categories: round; cigar-shaped and edge-on; unbarred spiral."""


def pair_numbers(counts: Confusion, level: float = LEVEL, seed: int = 0) -> dict[str, Estimate]:
    """Return what the pair costs, by names that follow a model's in the chapter's numbers."""
    return {
        "accuracy": accuracy(counts, level),
        "merged_accuracy": accuracy(merge(counts, PAIR), level),
        "gain": gain_from_merging(counts, PAIR, level),
        "share_of_errors": share_of_errors(counts, PAIR, level),
        "share_within_four": share_of_errors(only_categories(counts), PAIR, level),
        "lead_of_pair": lead_of_pair(counts, PAIR, level, seed),
        "missed_spirals": share_of_misses(counts, SPIRAL, level),
        "spirals_as_round": called_instead(counts, SPIRAL, ROUND, level),
    }


def counted(counts: Confusion, level: float = LEVEL) -> dict[str, Estimate]:
    """Return what GPT-4o's own counts say; NaN where nobody has typed them yet."""
    return {
        "gpt4o_counted": accuracy(counts, level),
        "gpt4o_counted_merged": accuracy(merge(counts, PAIR), level),
        "gpt4o_counted_share": share_of_errors(counts, PAIR, level),
    }


def implied_share(four: Number, merged: Number, level: float = LEVEL) -> Estimate:
    """Return the pair's share of the errors that two printed accuracies imply."""
    images = four.n or 0
    swapped, wrong = (merged.value - four.value) * images, (1 - four.value) * images
    return proportion(round(swapped), round(wrong), level)


def merging_lines(
    counts: Confusion, origin: Origin, group: str, level: float = LEVEL
) -> list[Line]:
    """Return a model's accuracy on four classes and with the pair merged, as a figure's lines."""
    hows = {"four classes": counts, "pair merged": merge(counts, PAIR)}
    return [Line(how, accuracy(each, level), origin, group) for how, each in hows.items()]
