import numpy as np
import pandas as pd
import pytest

from secondsight.metrics.belonging import LEAST, against_chance, doubts, misplaced


def sky(n: int = 1000, right: float = 0.4, seed: int = 0) -> tuple[pd.Series, pd.Series]:
    """Labels of five classes, and answers of a model that knows some and guesses the others."""
    rng = np.random.default_rng(seed)
    label = rng.choice(list("ABCDE"), n)
    answer = np.where(rng.random(n) < right, label, rng.choice(list("AAABC"), n))
    return pd.Series(label, dtype="str"), pd.Series(answer, dtype="str")


def shuffled(answer: pd.Series, seed: int = 1) -> pd.Series:
    return pd.Series(np.random.default_rng(seed).permutation(answer), dtype="str")


def test_a_sound_recording_is_not_doubted() -> None:
    label, answer = sky()
    assert doubts(label, answer, {"another model": sky(seed=0)[1]}) == []


def test_agreement_and_chance_are_plain_shares() -> None:
    label, answer = sky()
    found = against_chance(label, answer)
    by_chance = (label.value_counts(normalize=True) * answer.value_counts(normalize=True)).sum()
    assert found.agreement == (label == answer).mean()
    assert found.by_chance == pytest.approx(by_chance)
    assert found.p_value == 0.001


def test_shuffled_answers_are_unrelated_to_labels_and_to_other_models() -> None:
    label, answer = sky()
    found = doubts(label, shuffled(answer), {"another model": answer})
    assert [line.split(",")[0] for line in found] == [
        "the answers are unrelated to the labels",
        "the answers are unrelated to another model",
    ]


def test_exchanged_classes_are_related_all_the_same() -> None:
    label, answer = sky(right=0.8)
    exchanged = answer.replace({"A": "B", "B": "A"})
    assert doubts(label, exchanged) == []


@pytest.mark.parametrize("by", [1, -2])
def test_rows_that_slipped_are_found_with_their_way_back(by: int) -> None:
    label, answer = sky()
    slipped = pd.concat([answer[:600], answer.shift(by)[600:]])
    assert misplaced(label, slipped) == [(600, 800, -by), (800, 1000, -by)]
    assert f"rows 600 to 799 fit the images {-by:+d} rows on better" in doubts(label, slipped)[0]


def test_the_p_value_of_shuffled_answers_is_even() -> None:
    label, answer = sky(300)
    values = [against_chance(label, shuffled(answer, s), 199, s).p_value for s in range(200)]
    assert 0.4 < np.mean(values) < 0.6
    assert np.mean(np.array(values) <= 0.1) < 0.2


def test_labels_in_order_of_class_raise_no_alarm() -> None:
    label, answer = sky()
    order = label.sort_values().index
    assert doubts(*(one[order].reset_index(drop=True) for one in (label, answer))) == []


def test_missing_answers_are_answers_of_their_own() -> None:
    label, answer = sky()
    assert doubts(label, answer.mask(label == "A")) == []


def test_few_images_say_nothing() -> None:
    label, answer = sky(LEAST - 1)
    assert doubts(label, shuffled(answer)) == []
    assert doubts(label[:0], answer[:0]) == []


def test_one_answer_to_all_is_unrelated() -> None:
    label, answer = sky()
    assert len(doubts(label, pd.Series(["A"] * len(answer), dtype="str"))) == 1
