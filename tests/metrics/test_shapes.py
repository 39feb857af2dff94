import numpy as np
import pytest

from secondsight.metrics.shapes import measure


def blob(side: int, sigma: float, ratio: float = 1.0, angle: float = 0.0) -> np.ndarray:
    """Return a Gaussian blob at the centre, as grey levels."""
    y, x = np.indices((side, side)) - (side - 1) / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    light = np.exp(-(along**2 + (across / ratio) ** 2) / (2 * sigma**2))
    return (10 + 200 * light).astype(np.uint8)


def test_the_half_light_radius_of_a_gaussian() -> None:
    shape = measure(blob(101, 6.0))
    assert shape.size == pytest.approx(1.177 * 6.0 / 101, rel=0.06)


@pytest.mark.parametrize("ratio", [1.0, 0.6, 0.35])
@pytest.mark.parametrize("angle", [0.0, 0.7, 1.6])
def test_the_axis_ratio_whatever_the_angle(ratio: float, angle: float) -> None:
    assert measure(blob(101, 7.0, ratio, angle)).axis_ratio == pytest.approx(ratio, abs=0.06)


def test_a_sharper_core_is_more_concentrated() -> None:
    wide, core = blob(101, 9.0).astype(int), blob(101, 2.0).astype(int)
    both = ((wide + core) / 2).astype(np.uint8)
    assert measure(both).concentration > measure(blob(101, 9.0)).concentration


def test_the_noise_of_the_border() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.normal(60, 5, (64, 64)).round().astype(np.uint8)
    assert measure(pixels).noise == pytest.approx(5, rel=0.15)


def test_an_empty_image_has_noise_alone() -> None:
    shape = measure(np.zeros((32, 32, 3), np.uint8))
    assert np.isnan([shape.size, shape.axis_ratio, shape.concentration]).all()
    assert shape.noise == 0


def test_the_same_image_in_colour_and_larger_measures_alike() -> None:
    small, large = measure(blob(64, 5.0)), measure(np.stack([blob(128, 10.0)] * 3, axis=2))
    assert large.size == pytest.approx(small.size, rel=0.05)
