"""Against plain loops and scikit-learn, on random arrays."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import f1_score

from secondsight.training.radio.embedding_scores import (
    Features,
    class_hits,
    hits,
    neighbours,
    outcomes,
    plane,
)
from secondsight.training.run_means import over_runs, value

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


def test_f1_is_that_of_scikit_learn_and_others_are_means() -> None:
    labels = CHANCE.integers(0, 2, 50)
    answers = CHANCE.integers(0, 2, 50).astype(float)
    assert value("knn_f1_text", answers, labels) == pytest.approx(f1_score(labels, answers))
    assert value("recall_at_1", answers, labels) == pytest.approx(answers.mean())
    assert value("knn_f1_text", np.zeros(50), np.zeros(50, dtype=int)) == 0


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


def test_the_interval_resamples_images_and_averages_runs() -> None:
    labels = CHANCE.integers(0, 2, 80)
    runs = [CHANCE.integers(0, 2, 80).astype(float) for _ in range(3)]
    found = over_runs("knn_f1_text", runs, labels)
    assert found.value == pytest.approx(np.mean([f1_score(labels, run) for run in runs]))
    draws = np.random.default_rng(1).integers(0, 80, (500, 80))
    looped = [np.mean([f1_score(labels[d], run[d]) for run in runs]) for d in draws]
    assert found.low == pytest.approx(np.quantile(looped, 0.025), abs=0.03)
    assert found.high == pytest.approx(np.quantile(looped, 0.975), abs=0.03)


def test_a_difference_takes_the_same_images_from_both() -> None:
    labels = CHANCE.integers(0, 2, 80)
    run = CHANCE.integers(0, 2, 80).astype(float)
    same = over_runs("knn_f1_text", [run, run], labels, [run])
    assert (same.value, same.low, same.high) == (0, 0, 0)
    more = over_runs("recall_at_1", [run + 0.25], labels, [run])
    assert [more.value, more.low, more.high] == pytest.approx([0.25] * 3)


def test_the_plane_is_that_of_principal_components() -> None:
    one, other = unit(30), unit(20)
    (first, second), share = plane(one, other)
    fitted = PCA(2).fit(np.concatenate([one, other]))
    assert np.abs(first) == pytest.approx(np.abs(fitted.transform(one)))
    assert np.abs(second) == pytest.approx(np.abs(fitted.transform(other)))
    assert share == pytest.approx(fitted.explained_variance_ratio_.sum())
