"""What the chapter takes from the committed runs."""

import pandas as pd
import pytest

from secondsight.papers import llava_results as tuned
from secondsight.papers.astrollava import fine_tuning
from secondsight.training.settings import BASE, VARIANTS

RESULTS, CURVES, TEXTS = map(tuned.read, [tuned.RESULTS, tuned.CURVES, tuned.SAID])


def test_a_claim_is_counted_once_a_text() -> None:
    texts = ["A galaxy.", "It lies at a redshift of 0.1, and a redshift is a claim."]
    assert fine_tuning.share_beyond(texts).value == 0.5


def test_the_second_stage_counts_on_where_there_was_a_first() -> None:
    rows = [(BASE, "0", "stage 1", 1, 3.0), (BASE, "0", "stage 2", 1, 2.0)]
    rows += [(arm, "0", "stage 2", 5, 1.0) for arm in VARIANTS if arm != BASE]
    curves = pd.DataFrame(rows, columns=["arm", "seed", "stage", "step", "loss"])
    joined = fine_tuning.losses(curves, 100)
    assert joined[BASE] == ([1, 101], [3.0, 2.0])
    assert [steps for arm, (steps, _) in joined.items() if arm != BASE] == [[5]] * 4
    assert len(fine_tuning.losses(CURVES, 100)) == len(VARIANTS) - 1


def test_every_kind_of_run_is_named_and_measured() -> None:
    numbers = fine_tuning.gain_numbers(RESULTS) | fine_tuning.score_numbers(RESULTS)
    assert {f"gain_of_{name}" for name in fine_tuning.SHORT.values()} <= set(numbers)
    assert "gain_less_base" not in numbers
    assert numbers["gain_of_base"] == fine_tuning.gain_lines(RESULTS)[2].estimate
    assert list(fine_tuning.scores(RESULTS)["run"]) == list(VARIANTS)


def test_a_line_is_drawn_for_each_share_of_the_first_run() -> None:
    shares = fine_tuning.claims(RESULTS, TEXTS)
    lines = fine_tuning.claim_lines(shares)
    assert [line.estimate for line in lines] == list(shares.values())[:-1]


def test_the_first_pictures_texts_stand_moment_by_moment() -> None:
    table = fine_tuning.first_texts(TEXTS, most=2)
    assert list(table.columns) == ["true class", *tuned.MOMENTS]
    assert table.shape == (2, 4)
    assert table.notna().all(axis=None)


def test_both_conversations_of_one_caption_are_shown() -> None:
    shown = fine_tuning.shown_conversation()
    assert shown.startswith("The caption: ")
    assert shown.count("\n- ") >= 2


@pytest.mark.parametrize("name", ["llava_pairs", "weights_first", "steps_second", "llava_seeds"])
def test_sizes_are_whole_numbers(name: str) -> None:
    assert fine_tuning.sizes(RESULTS)[name] > 0
