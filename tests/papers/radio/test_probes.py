"""Scores of probes, on a table made by hand."""

import pandas as pd

from secondsight.papers.radio.probes import read_probe, scores

TABLE = pd.DataFrame(
    {
        "captions": ["curated"] * 4 + ["control"] * 4,
        "label": [0, 0, 1, 1] * 2,
        "split_0": [0, 0, 1, 1, 1, 1, 1, 1],
        "split_1": [0, 1, 1, 1, 1, 1, 1, 1],
        "split_2": [0, 0, 1, 0, 0, 1, 1, 1],
    }
)


def test_most_divisions_decide() -> None:
    probe = read_probe(TABLE, "curated")
    assert probe.right.all()
    assert probe.divisions[0] == 1
    assert max(probe.divisions[1:]) < 1


def test_a_probe_that_always_says_fr_2_has_half_of_the_macro_f1() -> None:
    score = scores(read_probe(TABLE, "control"))
    assert score["accuracy"].value == 0.5
    assert score["f1"].value == 2 / 3
    assert score["macro_f1"].value == 1 / 3
