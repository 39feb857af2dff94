import numpy as np
import pytest

from secondsight.minivlm.picture import (
    CHANNELS,
    LONGEST,
    SHORTEST,
    SIDE,
    places,
    planes,
    reach,
    views,
)


def galaxy(side: int, radius: float, *, sky: float = 10.0) -> np.ndarray:
    """Return a round source of this width (sigma) in pixels on an even sky."""
    axis = np.arange(side) - (side - 1) / 2
    light = sky + 200 * np.exp(-0.5 * (axis[:, None] ** 2 + axis[None, :] ** 2) / radius**2)
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "fits"),
    [
        ((64, 64, 3), (64, 64, 3)),
        ((150, 150), (64, 64, 3)),
        ((192, 320, 3), (96, 160, 3)),
        ((424, 424, 3), (64, 64, 3)),
        ((256, 240, 3), (64, 64, 3)),
        ((10, 20), (32, 64, 3)),
        ((1, 4000), (32, 160, 3)),
    ],
)
def test_a_picture_is_brought_to_a_size_that_the_encoder_takes(
    shape: tuple[int, ...], fits: tuple[int, ...]
) -> None:
    whole, middle = views(np.zeros(shape, np.uint8))
    assert whole.shape == fits
    assert SHORTEST <= min(whole.shape[:2]) <= max(whole.shape[:2]) <= LONGEST
    assert middle.shape == (SIDE, SIDE, 3)


def test_a_picture_that_fits_stays_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert np.array_equal(views(picture).whole, picture)


def test_the_middle_is_as_wide_as_what_shines_there() -> None:
    small, large = (reach(views(galaxy(400, radius)).whole) for radius in (20, 45))
    assert small < large < 1
    assert large / small == pytest.approx(45 / 20, rel=0.15)


def test_a_galaxy_fills_the_middle_whatever_its_share_of_the_frame() -> None:
    near, far = (views(galaxy(side, 20)).middle.astype(float) for side in (200, 400))
    assert np.abs(near - far).mean() < 12
    assert np.abs(near - far).mean() < np.abs(near - views(galaxy(400, 20)).whole).mean() / 2


def test_a_bright_neighbour_does_not_widen_the_middle() -> None:
    alone = galaxy(400, 20)
    beside = np.maximum(alone, np.roll(alone, 150, axis=1))
    assert reach(views(beside).whole) == pytest.approx(reach(views(alone).whole), rel=0.15)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_where_nothing_shines_the_middle_is_half_the_frame(level: int) -> None:
    assert reach(np.full((SIDE, SIDE, 3), level, np.uint8)) == 0.5


def test_planes_hold_roots_of_light_and_places() -> None:
    pictures = np.full((2, 40, 50, 3), 64, np.uint8)
    taken = planes(pictures)
    assert taken.shape == (2, CHANNELS, 40, 50)
    assert np.allclose(taken[:, :3], np.sqrt(64 / 255))
    assert np.array_equal(taken[1, 3:], places(40, 50))
    assert taken[0, 3, 0, 0] == -1
    assert taken[0, 4, -1, 0] == 1
