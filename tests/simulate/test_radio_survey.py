from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondsight.simulate import radio, radio_survey
from secondsight.simulate.radio_survey import Seen, Spread, measured, noiseless
from secondsight.simulate.seed import generator


def an_arm(**changed: object) -> radio.Arm:
    """Return a long thin arm, brightest near its end."""
    arm = radio.Arm(
        length=25.0, peak=0.9, inward=0.08, outward=0.05, diffuse=0.2, start=0.0,
        width=(1.0, 1.0, 1.0), flux=100.0, bend=0.0, twist=0.0, wiggle=0.0, waves=1.0, clumps=0.0,
    )  # fmt: skip
    return replace(arm, **changed)  # type: ignore[arg-type]


def seen(arms: tuple[radio.Arm, ...], between: float = 180.0, core: float = 0.0) -> Seen:
    """Measure a source whose arms leave the host with an angle between them."""
    spread = Spread(arms, (0.3, 0.3 + np.radians(between)), core)
    return measured(spread, noiseless(spread, generator(0, "sky"), 150))


def test_a_point_is_compact_and_two_points_apart_are_not() -> None:
    point = Spread((), (), 50.0)
    assert measured(point, noiseless(point, generator(0), 150)).main == "compact"
    assert seen((an_arm(), an_arm())).main == "ends_bright"


@pytest.mark.parametrize("between", [40.0, 80.0, 120.0, 180.0])
def test_the_angle_between_the_sides_is_measured(between: float) -> None:
    both = seen((an_arm(), an_arm()), between, core=10.0)
    assert both.opening == pytest.approx(between, abs=3)
    assert (both.main == "bent_tails") == (between < radio_survey.BENT)


def test_sides_that_curve_to_one_side_are_bent_and_to_two_sides_are_not() -> None:
    one, other = an_arm(bend=1.6), an_arm(bend=-1.6)
    assert seen((one, other), core=10.0).main == "bent_tails"
    assert seen((one, one), core=10.0).main == "ends_bright"


def test_a_corner_in_the_dark_or_smaller_than_the_beam_is_no_bend_that_is_seen() -> None:
    dark, tiny = an_arm(diffuse=0.0), an_arm(length=6.0)
    assert seen((dark, dark), 90.0).main is None
    assert seen((dark, dark), 90.0, core=30.0).main == "bent_tails"
    assert seen((tiny, tiny), 110.0, core=10.0).main != "bent_tails"


def test_the_brightest_parts_decide_and_a_core_that_outshines_them() -> None:
    near = an_arm(peak=0.15, outward=0.3)
    assert seen((near, near)).main == "core_bright"
    assert seen((an_arm(), an_arm()), core=20.0).main == "ends_bright"
    assert seen((an_arm(), an_arm()), core=400.0).main == "core_bright"


def test_a_gap_is_what_lies_dark_between_the_sides() -> None:
    apart = an_arm(diffuse=0.0)
    assert seen((apart, apart)).gap < 0.1
    assert seen((an_arm(diffuse=0.9), an_arm(diffuse=0.9))).gap > 0.2


def test_what_the_noise_hides_says_nothing() -> None:
    faint = an_arm(flux=0.1)
    assert seen((faint, faint)).main is None


@given(st.integers(0, 100_000))
@settings(max_examples=25, deadline=None)
def test_a_picture_is_of_one_of_two_sizes_and_the_same_each_time(number: int) -> None:
    picture, again = (radio_survey.draw_picture(generator(number, "survey")) for _ in "ab")
    assert np.array_equal(picture.pixels, again.pixels)
    assert picture.main == again.main == picture.seen.main
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape in {(150, 150), (300, 300)}
    assert picture.pixels.any()


def test_every_main_fact_is_drawn_often() -> None:
    mains = [radio_survey.draw_picture(generator(n, "shares")).main for n in range(160)]
    shares = {main: mains.count(main) / len(mains) for main in mains}
    assert set(shares) == {"compact", "bent_tails", "core_bright", "ends_bright"}
    assert min(shares.values()) > 0.08


def test_on_the_books_sources_what_is_seen_mostly_agrees_with_their_type() -> None:
    agreed = []
    for number in range(150):
        source = radio.draw_source(generator(number, "agree"))
        angles = source.angle, source.angle + np.pi
        spread = Spread(source.arms, angles, source.core, source.offset)
        main = measured(spread, noiseless(spread, generator(number, "sky"), 150)).main
        if main in ("core_bright", "ends_bright"):
            agreed.append((main == "core_bright") == (source.label == radio.FR_I))
    assert len(agreed) > 80
    assert np.mean(agreed) > 0.85
