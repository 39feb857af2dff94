"""The supervised baseline: the same answers each time, and better than one that never looks."""

from collections.abc import Callable

import numpy as np
import pytest

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.papers.first_sight import baseline, supervised
from secondsight.simulate.skies import find_sky

FEW = 120


@pytest.fixture(scope="module")
def sky() -> Dataset:
    return load("lsbg").head(60)


def test_the_pictures_come_with_their_labels(sky: Dataset) -> None:
    pictures, labels = baseline.labelled("lsbg", images=3)
    np.testing.assert_array_equal(pictures[2], sky.pixels(sky.table["image_id"].iloc[2]))
    assert list(labels) == list(sky.table["label"].head(3))


def test_learning_again_agrees_with_the_answers_that_are_kept(sky: Dataset) -> None:
    train, labels = baseline.labelled("lsbg-train", images=FEW)
    test = np.stack([sky.pixels(image_id) for image_id in sky.table["image_id"]])
    kept, again = supervised.answers(sky), baseline.predict(train, labels, test, rounds=20)
    np.testing.assert_array_equal(again, baseline.predict(train, labels, test, rounds=20))
    assert kept is not None
    assert (kept == again).mean() > sky.table["label"].value_counts(normalize=True).max()


def test_it_learns_from_the_labels_it_is_shown(sky: Dataset) -> None:
    pictures = np.stack([sky.pixels(image_id) for image_id in sky.table["image_id"]])
    labels = sky.table["label"].to_numpy(str)
    exchanged = np.where(labels == "0", "1", "0")
    ours = baseline.predict(pictures, labels, pictures[:20], rounds=10)
    theirs = baseline.predict(pictures, exchanged, pictures[:20], rounds=10)
    assert (ours != theirs).mean() > 0.8


def test_no_image_is_learnt_from_and_tested() -> None:
    for tested, learnt in supervised.TRAINED_ON.items():
        hashes = [set(load(name).table["image_sha256"]) for name in (tested, learnt)]
        assert not hashes[0] & hashes[1]
        assert len(find_sky(learnt).catalogue()) == supervised.IMAGES


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
