import numpy as np
import pytest

from secondsight.minivlm.picture import CHANNELS, LONGEST, SHORTEST, fitted, places, planes


@pytest.mark.parametrize(
    ("shape", "fits"),
    [
        ((64, 64, 3), (64, 64, 3)),
        ((150, 150), (150, 150, 3)),
        ((192, 320, 3), (96, 160, 3)),
        ((424, 424, 3), (64, 64, 3)),
        ((256, 240, 3), (64, 60, 3)),
        ((10, 20), (32, 64, 3)),
        ((1, 4000), (32, 160, 3)),
    ],
)
def test_a_picture_is_brought_to_a_size_that_the_encoder_takes(
    shape: tuple[int, ...], fits: tuple[int, ...]
) -> None:
    found = fitted(np.zeros(shape, np.uint8))
    assert found.shape == fits
    assert SHORTEST <= min(found.shape[:2]) <= max(found.shape[:2]) <= LONGEST


def test_a_picture_that_fits_stays_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert fitted(picture) is picture


def test_planes_hold_roots_of_light_and_places() -> None:
    pictures = np.full((2, 40, 50, 3), 64, np.uint8)
    found = planes(pictures)
    assert found.shape == (2, CHANNELS, 40, 50)
    assert np.allclose(found[:, :3], np.sqrt(64 / 255))
    assert np.array_equal(found[1, 3:], places(40, 50))
    assert found[0, 3, 0, 0] == -1
    assert found[0, 4, -1, 0] == 1
