"""The probe on words: it finds what is there, and nothing where nothing is."""

import numpy as np
import pytest

from secondsight.papers.radio.text_probe import out_of_fold

WORDS = ["a", "jet", "core", "bright", "two", "hot-spots", "Edge", "12"]


def made_texts(count: int) -> tuple[list[str], np.ndarray]:
    """Return texts of random words; those of class 1 speak of lobes more often."""
    rng = np.random.default_rng(7)
    labels = np.array([0, 1] * (count // 2))
    texts = [
        " ".join([*rng.choice(WORDS, 8), *(["lobe"] * int(rng.integers(0, 2) + label))])
        for label in labels
    ]
    return texts, labels


def test_what_separates_the_classes_is_found() -> None:
    labels = np.array([0, 1] * 20)
    texts = ["edge darkened" if label == 0 else "edge brightened" for label in labels]
    assert (out_of_fold(texts, labels, 3) == labels).all()


def test_what_hints_at_the_class_is_used_and_with_shuffled_labels_only_chance_is_left() -> None:
    texts, labels = made_texts(200)
    rng = np.random.default_rng(0)
    assert (out_of_fold(texts, labels, 0) == labels).mean() > 0.65
    shuffled = [rng.permutation(labels) for _ in range(20)]
    right = [(out_of_fold(texts, some, 0) == some).mean() for some in shuffled]
    assert np.mean(right) == pytest.approx(0.5, abs=0.04)


def test_a_text_is_answered_by_a_probe_that_did_not_see_it() -> None:
    """Each text has a word of its own class that no other text has: seen, it would be learnt."""
    texts = [f"own{number}" for number in range(20)]
    labels = np.array([0] * 5 + [1] * 15)
    assert out_of_fold(texts, labels, 0).tolist() == [1] * 20


def test_another_seed_divides_otherwise_and_the_same_alike() -> None:
    texts, labels = made_texts(100)
    assert (out_of_fold(texts, labels, 0) == out_of_fold(texts, labels, 0)).all()
    assert (out_of_fold(texts, labels, 0) != out_of_fold(texts, labels, 1)).any()


def test_the_classes_trade_places_with_their_labels() -> None:
    texts, labels = made_texts(100)
    assert (out_of_fold(texts, 1 - labels, 0) == 1 - out_of_fold(texts, labels, 0)).all()
