import numpy as np
import pytest

from secondsight.simulate.isochrone import load_isochrone
from secondsight.simulate.scene import FAINTEST_G
from secondsight.simulate.starfield import (
    AREA,
    DEPTH_G,
    KINDS,
    completeness,
    crowding,
    field_colours,
    field_galaxies,
    observe,
    photometric_error,
    plummer,
    plummer_share,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


@pytest.mark.parametrize("half_light", [0.5, 2.0, 8.0])
def test_half_of_a_plummer_sample_lies_within_its_half_light_radius(
    rng: np.random.Generator, half_light: float
) -> None:
    x, y = plummer(rng, 60_000, half_light, 0.0, 0.0)
    radii = np.hypot(x, y)
    assert np.median(radii) == pytest.approx(half_light, rel=0.02)
    assert (radii < 2 * half_light).mean() == pytest.approx(
        plummer_share(2 * half_light, half_light), abs=0.01
    )


def test_the_elliptical_radius_is_kept_whatever_the_angle(rng: np.random.Generator) -> None:
    ellipticity, angle = 0.6, np.radians(30)
    x, y = plummer(rng, 60_000, 2.0, ellipticity, angle)
    major = x * np.sin(angle) + y * np.cos(angle)
    minor = (x * np.cos(angle) - y * np.sin(angle)) / (1 - ellipticity)
    assert np.median(np.hypot(major, minor)) == pytest.approx(2.0, rel=0.02)


def test_errors_grow_with_magnitude() -> None:
    magnitudes = np.arange(16, 25, 0.5)
    errors = photometric_error(magnitudes, DEPTH_G)
    assert (np.diff(errors) > 0).all()
    assert photometric_error(np.array([DEPTH_G]), DEPTH_G)[0] == pytest.approx(0.2, rel=0.01)


def test_completeness_falls_near_the_limit() -> None:
    g = np.array([20.0, 23.0, 24.3, 25.5])
    chances = completeness(g, g - 0.5)
    assert (np.diff(chances) < 0).all()
    assert chances[0] > 0.99
    assert chances[-1] < 0.01


def test_observed_stars_scatter_by_their_errors(rng: np.random.Generator) -> None:
    true = np.full(20_000, 23.0)
    middle = np.zeros(20_000)
    seen = observe(rng, middle, middle, true, true - 0.3)
    assert ((seen.g - 23.0) / seen.g_error).std() == pytest.approx(1, abs=0.03)


def test_what_is_too_faint_or_outside_is_not_seen(rng: np.random.Generator) -> None:
    true = np.linspace(15, 27, 5000)
    seen = observe(rng, rng.uniform(-30, 30, 5000), np.zeros(5000), true, true - 0.3)
    assert seen.g.max() < FAINTEST_G
    assert np.abs(seen.x).max() < 15


def test_members_lie_within_errors_of_the_isochrone(rng: np.random.Generator) -> None:
    track, modulus = load_isochrone(), 18.0
    m_g, m_r = track.draw(rng, 200_000, faintest=8.0)
    middle = np.zeros(len(m_g))
    seen = observe(rng, middle, middle, m_g + modulus, m_r + modulus)
    dwarfs = seen.where(seen.g - modulus > 4.5)
    apart = dwarfs.colour - track.colour_at(dwarfs.g - modulus)
    pulls = apart / np.hypot(dwarfs.g_error, dwarfs.r_error)
    assert np.abs(np.median(pulls)) < 0.1
    assert (np.abs(pulls) < 3).mean() > 0.98


def test_field_stars_are_as_many_as_their_kinds_say(rng: np.random.Generator) -> None:
    g, r = field_colours(rng, 50.0, 40 * AREA)
    expected = sum(kind.total() for kind in KINDS) * 40 * AREA
    assert len(g) == pytest.approx(expected, abs=5 * np.sqrt(expected))
    assert (r < 16.5).sum() < (r > 22).sum()


def test_there_are_more_stars_close_to_the_plane(rng: np.random.Generator) -> None:
    near, far = (len(field_colours(rng, latitude, AREA)[0]) for latitude in (-18.0, 80.0))
    assert near > 1.5 * far
    assert [float(crowding(50.0, kind)) for kind in KINDS] == pytest.approx([1] * 6)


def test_galaxies_gather_in_groups(rng: np.random.Generator) -> None:
    galaxies = field_galaxies(rng)
    assert np.histogram2d(galaxies.x, galaxies.y, 10)[0].std() > 1.3 * np.sqrt(
        len(galaxies.x) / 100
    )
