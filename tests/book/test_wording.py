import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.book import wording
from secondsight.metrics.intervals import (
    PERCENT,
    PLAIN,
    POINTS,
    Estimate,
    PValue,
    Unit,
    bare,
    proportion,
)

HALF = Estimate(0.574, 0.53041, 0.61651, 500)
NOTHING = proportion(0, 0)


def test_a_share_is_in_per_cent_with_its_interval() -> None:
    assert wording.written(HALF) == "57.4% (53.0\u00a0to\u00a061.7)"


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (PERCENT.rounded(0), "57% (53\u00a0to\u00a062)"),
        (PERCENT.rounded(2), "57.40% (53.04\u00a0to\u00a061.65)"),
        (PLAIN, "0.574 (0.530\u00a0to\u00a00.617)"),
        (PLAIN.rounded(1), "0.6 (0.5\u00a0to\u00a00.6)"),
        (PLAIN.signed(), "+0.574 (+0.530\u00a0to\u00a0+0.617)"),
        (Unit(1, "", 3, of_ends=4), "0.574 (0.5304\u00a0to\u00a00.6165)"),
    ],
)
def test_an_estimate_is_written_in_its_unit(unit: Unit, words: str) -> None:
    assert wording.written(HALF.in_unit(unit)) == words


def test_a_difference_is_in_points() -> None:
    lead = Estimate(-0.256, -0.309, 0.0012, 9, unit=POINTS)
    assert wording.written(lead) == "-25.6 points (-30.9\u00a0to\u00a00.1)"


@pytest.mark.parametrize("unit", [PERCENT, PLAIN, POINTS])
def test_what_is_not_defined_says_so(unit: Unit) -> None:
    assert wording.written(NOTHING.in_unit(unit)) == "not defined"


@pytest.mark.parametrize(
    ("unit", "words"), [(PERCENT, "92.0%"), (PLAIN, "0.920"), (POINTS, "92.0 points")]
)
def test_a_number_without_an_interval_stands_alone(unit: Unit, words: str) -> None:
    assert wording.written(bare(0.92, unit)) == words


def test_a_count_has_commas() -> None:
    assert wording.written(11_088) == "11,088"


@given(st.integers(1, 5000), st.booleans())
def test_no_zero_has_a_sign(n: int, all_right: bool) -> None:
    assert "-" not in wording.written(proportion(n * all_right, n))


def test_a_tiny_loss_is_written_without_a_sign() -> None:
    lead = Estimate(-0.0001, -0.2, 0.2, 9, unit=POINTS)
    assert wording.written(lead).startswith("0.0 points (-20.0")
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
    assert wording.written(PValue(value)) == said


def test_a_headline_rounds_and_leaves_the_interval_out() -> None:
    assert wording.rounded(Estimate(0.574, 0.53, 0.617, 500)) == "57%"
    assert wording.rounded(Estimate(0.256, 0.2, 0.31, 500, unit=POINTS)) == "26 points"
    assert wording.rounded(Estimate(0.0096, 0.002, 0.02, 500, unit=POINTS)) == "1.0 points"
    assert wording.rounded(Estimate(-0.0051, -0.009, -0.002, 500, unit=POINTS)) == "-0.5 points"
    assert wording.rounded(bare(0.574)) == "0.574"
    assert wording.rounded(1234) == "1,234"
