"""What the pair costs, on counts made by hand, and what two printed accuracies imply."""

import numpy as np
import pytest

from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number
from secondsight.metrics.confusion import Confusion
from secondsight.papers.first_sight.look_alikes import implied_share, merging_lines, pair_numbers

COUNTS = Confusion(
    np.array([[10, 0, 0, 0, 0], [0, 6, 3, 0, 1], [0, 1, 9, 0, 0], [4, 0, 0, 5, 1]]),
    ["round", "cigar", "edge-on", "spiral"],
    ["refused"],
)


def test_the_pair_is_held_against_all_errors() -> None:
    values = {name: share.value for name, share in pair_numbers(COUNTS).items()}
    assert values == pytest.approx(
        {
            "accuracy": 30 / 40,
            "merged_accuracy": 34 / 40,
            "gain": 4 / 40,
            "share_of_errors": 4 / 10,
            "share_within_four": 4 / 8,
            "lead_of_pair": 0,
            "missed_spirals": 5 / 10,
            "spirals_as_round": 4 / 5,
        }
    )


def test_printed_accuracies_imply_a_share() -> None:
    names = ("gpt4o_morphology_accuracy", "gpt4o_morphology_merged_accuracy")
    four, merged = map(published_number, names)
    expected = (merged.value - four.value) / (1 - four.value)
    assert implied_share(four, merged).value == pytest.approx(expected, abs=0.01)


def test_a_figure_shows_both_ways_to_count() -> None:
    lines = merging_lines(COUNTS, Origin.ELSEWHERE, "a model")
    assert [line.estimate.value for line in lines] == [0.75, 0.85]
