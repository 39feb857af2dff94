import numpy as np
import pytest

import skies_alike
from secondsight.datasets.tasks import MORPHOLOGY
from secondsight.errors import DataError
from secondsight.simulate.morphology import LARGE_SKY, SHAPES, SKY, TRAINING_SKY

COUNTS = {"0": 140, "1": 119, "2": 100, "3": 141}


@pytest.mark.parametrize("name", ["morphology", "morphology-256"])
def test_it_draws_the_same_anywhere(name: str) -> None:
    skies_alike.draws_the_same_anywhere(name)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("morphology", COUNTS),
        ("morphology-256", COUNTS),
        ("morphology-train", {code: 16 * count for code, count in COUNTS.items()}),
    ],
)
def test_the_catalogue_lists_its_images(name: str, counts: dict[str, int]) -> None:
    skies_alike.lists_its_images(name, counts)


@pytest.mark.parametrize(("name", "side"), [("morphology", 64), ("morphology-256", 256)])
def test_the_file_shows_nothing_but_pixels(name: str, side: int) -> None:
    skies_alike.shows_nothing_but_pixels(name, side)


@pytest.mark.parametrize("name", ["morphology", "morphology-256"])
def test_some_images_are_as_the_manifest_says(name: str) -> None:
    skies_alike.is_as_its_manifest_says(name, 3)


@pytest.mark.parametrize("number", ["mean", "border", "corner"])
def test_no_single_cut_tells_the_shapes(number: str) -> None:
    assert skies_alike.one_cut("morphology", 500, number) < 0.45


def test_the_shapes_are_the_tasks() -> None:
    assert list(SHAPES) == MORPHOLOGY.codes


def test_the_large_sky_shows_the_same_galaxies() -> None:
    assert LARGE_SKY.catalogue().equals(SKY.catalogue())
    for image_id in SKY.catalogue()["image_id"].head(12):
        small = SKY.draw(image_id).astype(float)
        large = LARGE_SKY.draw(image_id).astype(float)
        shrunk = large.reshape(64, 4, 64, 4, 3).mean(axis=(1, 3))
        assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.95, image_id


def test_learning_and_testing_galaxies_differ() -> None:
    ids = SKY.catalogue()["image_id"].head(3), TRAINING_SKY.catalogue()["image_id"].head(3)
    for one, other in zip(*ids, strict=True):
        assert one != other
        assert not np.array_equal(SKY.draw(one), TRAINING_SKY.draw(other))


@pytest.mark.parametrize("sky", [SKY, LARGE_SKY, TRAINING_SKY])
def test_an_unknown_image_is_one_line(sky: object) -> None:
    with pytest.raises(DataError, match="has no image 'morphology-9999'"):
        sky.draw("morphology-9999")  # type: ignore[attr-defined]
