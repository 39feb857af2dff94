import numpy as np
import pytest

from secondsight.simulate.optics import (
    Ellipse,
    Frame,
    Stretch,
    add_compact,
    binned,
    blurred,
    flux,
    fluxes,
    kernel,
    reach_of,
    rgb,
    sersic,
    sersic_b,
    sky_noise,
)

FRAME = Frame(101, 0.2)


@pytest.mark.parametrize(("n", "b"), [(1, 1.678347), (4, 7.669249), (0.5, 0.693147)])
def test_the_b_of_a_sersic_profile(n: float, b: float) -> None:
    assert sersic_b(n) == pytest.approx(b, abs=1e-5)  # Graham & Driver 2005, section 2.1


@pytest.mark.parametrize("n", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("q", [0.3, 1.0])
def test_half_the_light_is_within_the_half_light_radius(n: float, q: float) -> None:
    drawn = sersic(FRAME, Ellipse(2.0, q, angle=0.7), n) * FRAME.scale**2
    assert drawn.sum() == pytest.approx(1, abs=0.03)
    along, across = FRAME.turned(0.7)
    inside = np.hypot(along, across / q) < 2.0
    assert drawn[inside].sum() == pytest.approx(0.5, abs=0.02)


def test_a_cusp_is_sampled_finely() -> None:
    coarse, fine = Frame(41, 0.4), Frame(41, 0.4).finer(12)
    there = binned(sersic(fine, Ellipse(2.0), 4.0), 12)
    assert sersic(coarse, Ellipse(2.0), 4.0) == pytest.approx(there, rel=0.25, abs=1e-4)


@pytest.mark.parametrize("at", [(0.0, 0.0), (1.3, -0.4), (500.0, 0.0), (0.0, -500.0)])
def test_a_profile_may_stand_anywhere(at: tuple[float, float]) -> None:
    drawn = sersic(FRAME, Ellipse(2.0, at=at), 1.0)
    assert np.isfinite(drawn).all()
    scene = FRAME.empty()
    add_compact(scene, FRAME, np.ones(3), Ellipse(0.3, at=at))
    inside = max(np.abs(at)) < FRAME.half
    assert scene.sum() * FRAME.scale**2 == pytest.approx(3 * inside, rel=0.01)


def test_boxes_and_discs_differ_from_ellipses() -> None:
    box, disc = (sersic(FRAME, Ellipse(2.0, 0.4), 1.0, boxiness=c) for c in (2.6, 1.6))
    along, across = FRAME.turned(np.pi / 4)
    diagonal = (np.abs(across) < 0.3) & (along > 2)
    assert box[diagonal].sum() > disc[diagonal].sum()


@pytest.mark.parametrize("scale", [0.1, 0.47])
def test_seeing_keeps_the_light_and_has_its_width(scale: float) -> None:
    drawn = kernel(1.0, scale)
    assert drawn.sum() == pytest.approx(1)
    assert drawn.shape[0] % 2 == 1
    middle = drawn[drawn.shape[0] // 2]
    above = (middle > middle.max() / 2).sum() * scale
    assert above == pytest.approx(1.0, abs=scale)


def test_a_blurred_scene_loses_its_margin_only() -> None:
    frame = Frame(64, 0.3, margin=reach_of(1.2, 0.3))
    scene = frame.empty()
    add_compact(scene, frame, np.array([1.0, 2.0, 3.0]), Ellipse(0.0))
    seen = blurred(scene, frame, 1.2)
    assert seen.shape == (3, 64, 64)
    assert seen.sum(axis=(1, 2)) * frame.scale**2 == pytest.approx([1, 2, 3], rel=0.01)


def test_magnitudes() -> None:
    assert flux(22.5) == 1
    assert flux(20.0) == pytest.approx(10)
    assert flux(25.0) == pytest.approx(0.1)
    light = fluxes(20.0, 0.5)
    assert light[0] == pytest.approx(10)
    assert light[1] == pytest.approx(10 * 10**0.14)


def test_noise_gives_the_depth() -> None:
    (each,) = sky_noise((24.0,), 2.0, 0.25)
    pixels = np.pi * 1.0**2 / 0.25**2
    aperture = each * 0.25**2 * np.sqrt(pixels)
    assert flux(24.0) / aperture == pytest.approx(10)


def test_an_empty_sky_is_grey() -> None:
    picture = rgb(np.zeros((3, 4, 4)), Stretch())
    assert picture.dtype == np.uint8
    assert picture.shape == (4, 4, 3)
    assert set(picture.ravel().tolist()) == {32}


def test_the_stretch_keeps_hue_and_bounds() -> None:
    scene = np.stack([np.full((2, 2), value) for value in (1e-3, 2e-3, 4e-3)])
    red, green, blue = rgb(scene * 100, Stretch(pedestal=0.0))[0, 0].astype(float)
    assert red / green == pytest.approx(2.2 * 4 / (3.4 * 2), rel=0.03)
    assert blue / green == pytest.approx(6.0 / (3.4 * 2), rel=0.03)
    assert rgb(scene * 1e9, Stretch()).max() == 255
    assert rgb(-scene * 1e9, Stretch()).max() == 0
