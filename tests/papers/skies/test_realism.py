from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets import derived
from secondsight.papers.skies import realism


def test_every_kind_has_simulated_images() -> None:
    for kind in realism.KINDS:
        (pixels,) = realism.simulated_images(kind, 1)
        assert pixels.dtype == np.uint8
        assert pixels.ndim == 3


def test_without_a_mirror_there_are_no_real_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    assert realism.real_examples(2) == {}
    names = [name for name, _ in realism.gallery_rows(["LSBG"], 2)]
    assert names == ["LSBG, simulated"]


def test_with_a_mirror_real_images_stand_below(mirror: Path) -> None:
    names = [name for name, _ in realism.gallery_rows(["LSBG", "FR I"], 2)]
    assert names == ["LSBG, simulated", "LSBG, real", "FR I, simulated", "FR I, real"]


def test_a_zoom_keeps_the_middle() -> None:
    (whole,) = realism.simulated_images("FR I", 1)
    ((_, (middle,)),) = [row for row in realism.gallery_rows(["FR I"], 1, 3) if "simul" in row[0]]
    assert middle.shape[0] == 50
    assert (middle == whole[50:100, 50:100]).all()


def test_the_summary_counts_what_could_be_measured() -> None:
    blank = np.zeros((64, 64, 3), np.uint8)
    bright = blank.copy()
    bright[28:36, 28:36] = 200
    table = realism.summarize([("a", blank), ("a", bright)])
    assert table["quantity"].tolist() == ["size", "axis_ratio", "concentration", "noise"]
    assert dict(zip(table["quantity"], table["images"], strict=True))["size"] == 1


def test_the_committed_table_covers_every_kind_but_cigars() -> None:
    table = derived.load("real_shapes").table
    assert set(table["kind"]) == set(realism.KINDS) - {"cigar"}


def test_the_votes_rise_with_detectability() -> None:
    subjects = realism.subjects_with_votes()
    binned = realism.by_detectability(subjects, [0, 0.25, 0.5, 0.75, 1])
    shares = [some["yes"].sum() / some["votes"].sum() for _, some in binned]
    assert shares == sorted(shares)
    assert [ends for ends, _ in binned] == [(0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1)]
    assert sum(len(some) for _, some in binned) == 1200 + 2600 + 57


def test_a_share_of_votes_counts_votes_and_not_subjects() -> None:
    subjects = pd.DataFrame({"yes": [1, 8], "votes": [2, 8]})
    assert realism.share_of_votes(subjects).value == 0.9
