"""The supervised baseline: the same answers each time, and better than one that never looks."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.papers.first_sight import baseline
from secondsight.simulate.skies import find_sky

FEW = 120


@pytest.fixture(scope="module")
def sky() -> Dataset:
    return load("lsbg").head(60)


@pytest.fixture(scope="module")
def found(sky: Dataset) -> pd.Series:
    answers = baseline.answers(sky, FEW)
    assert answers is not None
    return answers


def test_it_answers_every_image_with_a_category(sky: Dataset, found: pd.Series) -> None:
    assert found.index.equals(sky.table.index)
    assert set(found) <= {"0", "1"}


def test_it_does_better_than_the_most_frequent_category(sky: Dataset, found: pd.Series) -> None:
    labels = sky.table["label"]
    assert (found == labels).mean() > labels.value_counts(normalize=True).max() + 0.1


def test_it_gives_the_same_answers_each_time(sky: Dataset, found: pd.Series) -> None:
    pd.testing.assert_series_equal(baseline.answers(sky, FEW), found)


def test_it_learns_from_the_labels_it_is_shown(sky: Dataset) -> None:
    pictures = np.stack([sky.pixels(image_id) for image_id in sky.table["image_id"]])
    labels = sky.table["label"].to_numpy(str)
    exchanged = np.where(labels == "0", "1", "0")
    ours = baseline.predict(pictures, labels, pictures[:20], rounds=10)
    theirs = baseline.predict(pictures, exchanged, pictures[:20], rounds=10)
    assert (ours != theirs).mean() > 0.8


def test_a_data_set_without_a_training_sky_has_no_baseline(sky: Dataset) -> None:
    real = Dataset("lsbg-real", "real sky", sky.table, sky.png)
    assert baseline.answers(real, FEW) is None
    described = pd.DataFrame({"label": ["0", "1"], "answer": ["0", "1"]})
    accuracy, ahead = baseline.beside(None, described)
    assert np.isnan([accuracy.value, ahead.difference.value]).all()


def test_it_is_held_against_a_model_on_the_same_images() -> None:
    described = pd.DataFrame({"label": list("0011"), "answer": ["0", "1", None, "1"]})
    accuracy, ahead = baseline.beside(pd.Series(list("0010"), index=[5, 6, 7, 8]), described)
    assert (accuracy.value, accuracy.n) == (0.75, 4)
    assert (ahead.only_first, ahead.only_second) == (2, 1)


def test_no_image_is_learnt_from_and_tested() -> None:
    for tested, learnt in baseline.TRAINED_ON.items():
        hashes = [set(load(name).table["image_sha256"]) for name in (tested, learnt)]
        assert not hashes[0] & hashes[1]
        assert len(find_sky(learnt).catalogue()) >= baseline.IMAGES


def disc(side: int = 64) -> np.ndarray:
    """A round patch of light in the middle of a dark picture."""
    away, _ = baseline.polar(side)
    light = 200 * np.exp(-((away / 8) ** 2))
    return np.repeat(light[:, :, None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("turn", [np.rot90, np.flipud, np.fliplr])
def test_what_is_measured_does_not_change_when_a_picture_is_turned(
    turn: Callable[[np.ndarray], np.ndarray],
) -> None:
    picture = disc()
    picture[20:30, 40:44] += 30
    np.testing.assert_allclose(
        baseline.measured(turn(picture)), baseline.measured(picture), rtol=1e-6, atol=1e-6
    )


def test_a_round_patch_has_no_lean_and_no_asymmetry() -> None:
    light = disc().mean(axis=2).astype(float)
    away, _ = baseline.polar(64)
    sizes_and_leans = baseline.moments(light, away)
    assert max(sizes_and_leans[1::2]) < 1e-6
    assert max(baseline.asymmetries(light, away)) < 1e-6


def test_the_border_is_the_mean_of_each_edge_in_order() -> None:
    light = np.zeros((64, 64))
    light[:6] = 4
    assert baseline.border(light).tolist() == pytest.approx([0, 4 * 6 / 64, 4 * 6 / 64, 4])
