import numpy as np
from sklearn.metrics import top_k_accuracy_score

from secondsight.metrics.similarity import gain_over_shuffled
from secondsight.training.llava.description_scores import (
    beyond,
    of_descriptions,
    others,
)

CHANCE = np.random.default_rng(5)
LABELS = CHANCE.integers(0, 10, 60)
COSINES = CHANCE.normal(0, 0.2, (60, 10))
TEXTS = ["It is round."] * 30 + ["NGC 1300, seen by Hubble."] * 30


def test_descriptions_are_measured_as_libraries_do() -> None:
    found = of_descriptions(TEXTS, LABELS, {"label": COSINES})
    for places in (1, 3):
        peer = top_k_accuracy_score(LABELS, COSINES, k=places, labels=range(10))
        assert np.isclose(found[f"top_{places}.label"].mean(), peer)
    assert np.isclose(found["cosine.label"].mean(), COSINES[np.arange(60), LABELS].mean())
    counts = np.zeros((60, 10))
    counts[np.arange(60), LABELS] = 1
    peer = gain_over_shuffled(counts, COSINES)
    assert np.isclose(found["looking.label"].mean(), peer.value)
    assert beyond(TEXTS).mean() == 0.5
    assert found["words"][0] == 3


def test_other_pictures_are_of_the_same_sky_and_never_the_own() -> None:
    found = others({"morphology": 5, "lsbg": 4})
    assert sorted(found) == list(range(9))
    assert not (found == np.arange(9)).any()
    assert set(found[:5]) == set(range(5))


def test_other_pictures_may_be_of_any_kind() -> None:
    kinds = np.arange(400) % 4  # as the training skies go through theirs
    same = (kinds[others({"morphology": 400})] == kinds).mean()
    assert 0.15 < same < 0.35
