import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2, norm
from sklearn.metrics import cohen_kappa_score

from metrics.made import answers, confusions
from secondsight.metrics.agreement import (
    agreement,
    cohen_kappa,
    kappa_of_table,
    mcnemar,
    versus_constant,
)
from secondsight.metrics.confusion import Confusion
from secondsight.metrics.intervals import proportion

CODES = st.sampled_from(["A", "B", "C"])
PAIRS = st.lists(st.tuples(CODES, CODES), min_size=1, max_size=200)
EMPTY = pd.Series([], dtype=str)


def columns(pairs: list[tuple[str, str]]) -> "tuple[pd.Series[str], pd.Series[str]]":
    """Two models' answers as two columns."""
    return pd.Series([pair[0] for pair in pairs]), pd.Series([pair[1] for pair in pairs])


def outcomes(both: int, first: int, second: int, neither: int) -> "list[pd.Series[bool]]":
    """Who was right, for so many images of each kind."""
    counts = [both, first, second, neither]
    return [
        pd.Series(np.repeat(np.array(kinds), counts))
        for kinds in ([True, True, False, False], [True, False, True, False])
    ]


@given(*[st.integers(0, 24)] * 4)
def test_few_disagreements_are_tested_exactly(
    both: int, first: int, second: int, neither: int
) -> None:
    assume(both + first + second + neither > 0)
    found = mcnemar(*outcomes(both, first, second, neither))
    expected = binomtest(first, first + second, 0.5).pvalue if first + second else 1
    assert found.method == "exact"
    assert found.p_value == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 300), st.integers(50, 400), st.integers(0, 400))
def test_many_disagreements_are_tested_by_chi_squared(both: int, first: int, second: int) -> None:
    found = mcnemar(*outcomes(both, first, second, 5))
    statistic = (abs(first - second) - 1) ** 2 / (first + second)
    assert found.method == "chi-squared"
    assert found.p_value == pytest.approx(chi2.sf(statistic, 1), abs=1e-12)


def test_the_counts_and_the_difference() -> None:
    found = mcnemar(*outcomes(4, 3, 1, 2))
    assert (found.both_right, found.only_first, found.only_second, found.both_wrong) == (4, 3, 1, 2)
    assert found.difference.value == pytest.approx(0.2)
    spread = math.sqrt(3 + 1 - (3 - 1) ** 2 / 10) / 10
    assert found.difference.high == pytest.approx(0.2 + norm.ppf(0.975) * spread)


def test_no_disagreement_is_no_difference() -> None:
    found = mcnemar(*outcomes(4, 0, 0, 2))
    assert (found.difference.value, found.p_value) == (0, 1)


def test_without_images_the_difference_is_nan() -> None:
    assert math.isnan(mcnemar(*outcomes(0, 0, 0, 0)).difference.value)


def test_answers_of_unequal_number_are_refused() -> None:
    with pytest.raises(ValueError, match="2 and 1 answers"):
        mcnemar(pd.Series([True, False]), pd.Series([True]))


@given(confusions(), st.data())
def test_against_a_constant_is_mcnemar_on_single_images(
    confusion: Confusion, data: st.DataObject
) -> None:
    constant = data.draw(st.sampled_from(range(len(confusion.categories))))
    label, answer = (np.array(places) for places in answers(confusion))
    expected = mcnemar(pd.Series(label == answer), pd.Series(label == constant))
    assert versus_constant(confusion, constant) == expected


@given(PAIRS)
def test_agreement_is_the_share_of_equal_answers(pairs: list[tuple[str, str]]) -> None:
    equal = sum(first == second for first, second in pairs)
    assert agreement(*columns(pairs), 0.9) == proportion(equal, len(pairs), 0.9)


@given(PAIRS)
def test_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = columns(pairs)
    assume(len({*first, *second}) > 1)
    found = cohen_kappa(first, second)
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-10)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.n == len(pairs)


def test_kappas_interval_is_that_of_fleiss_cohen_and_everitt() -> None:
    table = np.array([[53, 5, 2], [11, 14, 5], [1, 6, 3]])
    share = table / 100
    rows, sums = share.sum(axis=1), share.sum(axis=0)
    seen, chance = np.trace(share), rows @ sums
    kappa = (seen - chance) / (1 - chance)
    diagonal = np.diag(share) @ (1 - (rows + sums) * (1 - kappa)) ** 2
    beside = share * np.add.outer(sums, rows) ** 2
    outside = (1 - kappa) ** 2 * (beside.sum() - np.trace(beside))
    variance = diagonal + outside - (kappa - chance * (1 - kappa)) ** 2
    half = 1.959964 * math.sqrt(variance) / (1 - chance) / 10
    found = kappa_of_table(table)
    assert (found.value, found.low, found.high) == pytest.approx(
        (kappa, kappa - half, kappa + half), abs=1e-6
    )


def test_kappas_interval_covers_as_often_as_it_says() -> None:
    shares = np.array([[0.4, 0.1], [0.15, 0.35]])
    chance = shares.sum(axis=1) @ shares.sum(axis=0)
    truth = (np.trace(shares) - chance) / (1 - chance)
    draws = np.random.default_rng(2).multinomial(200, shares.ravel(), size=1500)
    found = [kappa_of_table(draw.reshape(2, 2), 0.9) for draw in draws]
    covered = np.mean([estimate.low <= truth <= estimate.high for estimate in found])
    assert covered == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("n", [2, 6, 600])
def test_a_kappa_of_1_is_as_sure_as_its_images_are_many(n: int) -> None:
    answered = pd.Series(["A", "B"] * (n // 2))
    found = cohen_kappa(answered, answered)
    assert (found.value, found.high) == (pytest.approx(1), pytest.approx(1))
    agreed = agreement(answered, answered)
    assert found.low == pytest.approx(max((agreed.low - 0.5) / 0.5, -1))
    assert found.method == "Wilson, of agreement"


def test_a_kappa_of_minus_1_has_an_interval_too() -> None:
    found = kappa_of_table(np.array([[0, 6], [6, 0]]))
    assert (found.value, found.low) == (-1, -1)
    assert found.high == pytest.approx(2 * proportion(0, 12).high - 1)


def test_a_kappa_of_1_is_covered_as_often_as_it_says() -> None:
    """Of 20 images two models differ on 2% in truth: many draws show no difference at all."""
    shares = np.array([[0.49, 0.01], [0.01, 0.49]])
    draws = np.random.default_rng(3).multinomial(20, shares.ravel(), size=400)
    alike = [draw for draw in draws if draw[1] + draw[2] == 0]
    assert len(alike) > 200
    assert all(kappa_of_table(draw.reshape(2, 2)).low < 0.96 for draw in alike)


def test_one_answer_to_all_leaves_kappa_undefined() -> None:
    answered = pd.Series(["A", "A"])
    found = cohen_kappa(answered, answered)
    assert math.isnan(found.value)
    assert found.n == 2


def test_without_images_nothing_is_defined() -> None:
    assert math.isnan(agreement(EMPTY, EMPTY).value)
    assert math.isnan(cohen_kappa(EMPTY, EMPTY).value)


@pytest.mark.parametrize("dtype", ["object", "str", "string"])
def test_a_missing_answer_is_an_answer_of_its_own(dtype: str) -> None:
    first = pd.Series(["A", None, None, "B"], dtype=dtype)
    second = pd.Series(["A", None, "A", "A"], dtype=dtype)
    assert agreement(first, second).value == 0.5


def test_answers_are_paired_by_place() -> None:
    first, second = pd.Series(["A", "B"], index=[8, 9]), pd.Series(["A", "B"])
    assert agreement(first, second).value == 1
