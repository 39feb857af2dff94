"""Against plain loops and scikit-learn, on random arrays."""

import numpy as np
import pytest

from secondsight.training.radio.embedding_scores import (
    Features,
    class_hits,
    hits,
    neighbours,
    outcomes,
)
from secondsight.training.results import value

CHANCE = np.random.default_rng(5)


def unit(count: int, size: int = 6) -> np.ndarray:
    rows = CHANCE.normal(size=(count, size))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(count: int) -> Features:
    return Features(unit(count), unit(count), CHANCE.integers(0, 2, count))


@pytest.mark.parametrize("k", [1, 5])
def test_retrieval_is_what_a_loop_finds(k: int) -> None:
    test = made(40)
    similar = test.images @ test.texts.T
    looped = [float(row in np.argsort(-similar[row])[:k]) for row in range(40)]
    assert hits(similar, k).tolist() == looped


def test_class_level_retrieval_is_what_a_loop_finds() -> None:
    test = made(40)
    similar = test.images @ test.texts.T
    looped = [float(test.labels[similar[row].argmax()] == test.labels[row]) for row in range(40)]
    assert class_hits(similar, test.labels).tolist() == looped


def test_captions_of_the_same_words_share_a_hit() -> None:
    similar = np.array([[0.5, 0.5, 0.1], [0.2, 0.2, 0.9], [0.1, 0.1, 0.9]])
    assert hits(similar, 1).tolist() == [0.5, 0.0, 1.0]
    assert hits(similar, 2).tolist() == [1.0, 0.5, 1.0]
    assert class_hits(similar, np.array([0, 1, 1])).tolist() == [0.5, 1.0, 1.0]


def test_the_nearest_neighbours_vote() -> None:
    train, test, labels = unit(30), unit(10), CHANCE.integers(0, 2, 30)
    looped = []
    for row in test:
        nearest = np.argsort(np.linalg.norm(train - row, axis=1))[:5]
        looped.append(float(labels[nearest].sum() > 2))
    assert neighbours(train, labels, test).tolist() == looped


def test_the_text_probe_sees_texts_and_the_image_probe_images() -> None:
    labels = np.arange(60) % 2
    told = np.zeros((60, 6))
    told[:, 0] = 2 * labels - 1
    nothing = np.tile(unit(1), (60, 1))
    found = outcomes(Features(nothing, told, labels), Features(nothing, told, labels), told)
    for way in ("probe", "knn"):
        assert value(f"{way}_f1_text", found[f"{way}_f1_text"], labels) == 1
        assert len(set(found[f"{way}_f1_images"])) == 1
        assert value(f"{way}_f1_concatenated", found[f"{way}_f1_concatenated"], labels) == 1
    assert found["kinds_cosine"] == pytest.approx(np.ones(60))
    assert found["mean_cosine"] == pytest.approx(nothing[0, 0] * told[:, 0])
