import numpy as np
import pytest

import skies_alike
from secondsight.errors import DataError
from secondsight.simulate import lsbg
from secondsight.simulate.lsbg import KINDS, SKY, TRAINING_SKY
from secondsight.simulate.optics import fluxes
from secondsight.simulate.seed import generator
from secondsight.simulate.skies import find_sky


def test_it_draws_the_same_anywhere() -> None:
    skies_alike.draws_the_same_anywhere("lsbg")


@pytest.mark.parametrize(
    ("name", "counts"),
    [("lsbg", {"0": 236, "1": 264}), ("lsbg-train", {"0": 4000, "1": 4000})],
)
def test_the_catalogue_lists_its_images(name: str, counts: dict[str, int]) -> None:
    skies_alike.lists_its_images(name, counts)


def test_the_file_shows_nothing_but_pixels() -> None:
    skies_alike.shows_nothing_but_pixels("lsbg", 64)


def test_some_images_are_as_the_manifest_says() -> None:
    skies_alike.is_as_its_manifest_says("lsbg")


@pytest.mark.parametrize("number", ["mean", "border", "corner"])
def test_no_single_cut_tells_galaxies_from_artifacts(number: str) -> None:
    assert skies_alike.one_cut("lsbg", 500, number) < 0.65


def test_the_registry_knows_both() -> None:
    assert find_sky("lsbg") is SKY
    assert find_sky("lsbg-train") is TRAINING_SKY
    assert set(SKY.catalogue()["split"]) == {"test"}
    assert set(TRAINING_SKY.catalogue()["split"]) == {"train"}


def test_every_kind_is_there() -> None:
    table = SKY.catalogue()
    assert set(table["kind"][table["label"] == "0"]) == set(KINDS)
    assert set(table["kind"][table["label"] == "1"]) == {"blue LSBG", "red LSBG"}
    assert sum(KINDS.values()) == pytest.approx(1)
    assert set(lsbg.ARTIFACTS) == set(KINDS)


@pytest.mark.parametrize("image_id", ["lsbg-0500", "lsbg-train-0000", "", "lsbg-1"])
def test_an_unknown_image_is_one_line(image_id: str) -> None:
    with pytest.raises(DataError, match="has no image") as caught:
        SKY.draw(image_id)
    assert "\n" not in str(caught.value)


def test_lsbgs_are_as_large_and_faint_as_the_catalogue_says() -> None:
    rng = generator(1, "test")
    radii = np.array([lsbg.draw_radius(rng) for _ in range(2000)])
    faintness = np.array([lsbg.draw_mu(rng) for _ in range(2000)])
    assert radii.min() > 2.5
    assert 3.5 < np.median(radii) < 4.2
    assert faintness.min() >= 24.2
    assert faintness.max() <= 27.0


def test_a_galaxys_total_gives_its_mean_brightness() -> None:
    g = lsbg.total(24.5, 4.0, 0.7)
    within = fluxes(g, 0.5)[0] / 2 / (np.pi * 4.0**2 * 0.7)
    assert 22.5 - 2.5 * np.log10(within) == pytest.approx(24.5)


def test_galaxies_are_near_the_middle() -> None:
    """The mean excess of many LSBGs over the sky peaks in the innermost pixels."""
    table = SKY.catalogue()
    ids = table["image_id"][table["label"] == "1"].head(60)
    light = np.median([SKY.draw(image_id).mean(axis=2) for image_id in ids], axis=0)
    row, column = np.unravel_index(light.argmax(), light.shape)
    assert 26 <= row <= 37
    assert 26 <= column <= 37
    assert light[28:36, 28:36].mean() > light[:8].mean() + 5
