import numpy as np
import pytest

from secondsight.book import galaxy_image
from secondsight.book.galaxy_image import SEEINGS, filters, observed
from secondsight.simulate.morphology import SEEING


def test_four_times_the_exposure_halves_the_noise() -> None:
    quiet = observed(1e12)
    once, longer = (np.std(observed(exposure) - quiet) for exposure in (1, 4))
    assert longer / once == pytest.approx(0.5, rel=1e-3)


def test_worse_air_blurs_and_loses_no_light() -> None:
    pictures = [observed(1e12, seeing) for seeing in SEEINGS]
    peaks = [float(picture.max()) for picture in pictures]
    assert peaks == sorted(peaks, reverse=True)
    assert SEEING in SEEINGS
    sums = [float(picture.sum()) for picture in pictures]
    assert sums == pytest.approx([sums[0]] * len(sums), rel=0.05)


def test_arms_stand_out_most_in_green_light() -> None:
    seen = observed(1e12)
    axis = np.arange(seen.shape[-1]) - (seen.shape[-1] - 1) / 2
    ring = np.abs(np.hypot(axis, axis[:, np.newaxis]) - 22) < 1
    green, _, infrared = (np.std(band[ring]) / np.mean(band[ring]) for band in seen)
    assert green > infrared


def test_noise_is_strongest_in_the_infrared() -> None:
    spread = (observed() - observed(1e12)).std(axis=(1, 2))
    assert spread[2] == spread.max()


def test_a_figure_says_that_it_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(galaxy_image, "draw_themed", lambda *_, **__: dict.fromkeys(DRAWN, b""))
    html = filters()
    assert 'id="fig-image-filters"' in html
    assert "Origin: simulated sky" in html
    assert "Three grey pictures" in html


DRAWN = ("light", "dark", "light-narrow", "dark-narrow", "png")
