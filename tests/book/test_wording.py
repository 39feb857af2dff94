import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.book import wording
from secondsight.metrics.intervals import Estimate, proportion

HALF = Estimate(0.574, 0.53041, 0.61651, 500)
NOTHING = proportion(0, 0)


def test_a_share_is_in_per_cent_with_its_interval() -> None:
    assert wording.share(HALF) == "57.4% (53.0\u00a0to\u00a061.7)"
    assert wording.share(HALF, 0) == "57% (53\u00a0to\u00a062)"


def test_a_share_may_have_two_decimals() -> None:
    assert wording.share_2(HALF) == "57.40% (53.04\u00a0to\u00a061.65)"


def test_a_difference_is_in_points() -> None:
    assert wording.points(Estimate(-0.256, -0.309, 0.0012, 9)) == (
        "-25.6 points (-30.9\u00a0to\u00a00.1)"
    )


def test_a_plain_number_keeps_its_scale() -> None:
    assert wording.plain(HALF) == "0.574 (0.530\u00a0to\u00a00.617)"
    assert wording.plain(HALF, 1) == "0.6 (0.5\u00a0to\u00a00.6)"


@pytest.mark.parametrize("form", [wording.share, wording.share_2, wording.plain, wording.points])
def test_what_is_not_defined_says_so(form: object) -> None:
    assert form(NOTHING) == "not defined"  # type: ignore[operator]


@pytest.mark.parametrize(
    ("form", "said"),
    [(wording.share, "92.0%"), (wording.plain, "0.920"), (wording.points, "92.0 points")],
)
def test_a_number_without_an_interval_stands_alone(form: object, said: str) -> None:
    assert form(Estimate(0.92, math.nan, math.nan, 0)) == said  # type: ignore[operator]


@given(st.integers(1, 5000), st.booleans())
def test_no_zero_has_a_sign(n: int, all_right: bool) -> None:
    assert "-" not in wording.share(proportion(n * all_right, n))


def test_a_tiny_loss_is_written_without_a_sign() -> None:
    assert wording.points(Estimate(-0.0001, -0.2, 0.2, 9)).startswith("0.0 points (-20.0")
    assert wording.percent(-0.0001) == "0.0%"


def test_a_bare_share() -> None:
    assert wording.percent(0.5745) == "57.5%"
    assert wording.percent(0.83, 0) == "83%"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "p < 0.001"),
        (0.000999, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.0449, "p = 0.045"),
        (1.0, "p = 1.000"),
    ],
)
def test_a_p_value(value: float, said: str) -> None:
    assert wording.p_value(value) == said
