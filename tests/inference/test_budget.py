"""A budget never lets more be spent than its ceiling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.errors import ParameterError
from secondsight.inference.budget import Budget

STEPS = st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1)), max_size=40)


@given(STEPS)
def test_the_ceiling_holds_whatever_is_taken_and_billed(steps: list[tuple[float, float]]) -> None:
    budget = Budget(5.0)
    under_way: list[tuple[float, float]] = []
    for worst, share in steps:
        if budget.take(worst):
            under_way.append((worst, worst * share))
        if len(under_way) > 3:
            budget.settle(*under_way.pop(0))
        assert budget.spent + budget.reserved <= 5.0 + 1e-6
    for taken, billed in under_way:
        budget.settle(taken, billed)
    assert budget.reserved == pytest.approx(0, abs=1e-6)


def test_a_budget_without_a_ceiling_counts() -> None:
    budget = Budget()
    assert budget.take(1e6)
    budget.settle(1e6, 3.0)
    assert (budget.spent, budget.reserved) == (3.0, 0.0)


@pytest.mark.parametrize("usd", [-1.0, float("nan")])
def test_a_ceiling_that_is_none_is_told(usd: float) -> None:
    with pytest.raises(ParameterError, match="ceiling"):
        Budget(usd)
