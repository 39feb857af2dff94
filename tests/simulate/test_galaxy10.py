import pytest

import skies_alike
from secondsight.datasets.tasks import GALAXY10, TASKS
from secondsight.errors import DataError
from secondsight.simulate.galaxy10 import CLASSES, SKY


def test_it_draws_the_same_anywhere() -> None:
    skies_alike.draws_the_same_anywhere("galaxy10")


def test_the_catalogue_lists_its_images() -> None:
    skies_alike.lists_its_images("galaxy10", dict.fromkeys(GALAXY10.codes, 100))


def test_the_file_shows_nothing_but_pixels() -> None:
    skies_alike.shows_nothing_but_pixels("galaxy10", 256)


def test_some_images_are_as_the_manifest_says() -> None:
    skies_alike.is_as_its_manifest_says("galaxy10", 3)


def test_mean_brightness_tells_little_of_the_class() -> None:
    assert skies_alike.one_cut("galaxy10", 200) < 0.3


def test_the_classes_are_the_tasks() -> None:
    assert list(CLASSES) == GALAXY10.codes
    assert TASKS["galaxy10"] is GALAXY10
    assert len(set(GALAXY10.names)) == 10


def test_every_class_can_be_drawn() -> None:
    table = SKY.catalogue()
    for code in GALAXY10.codes:
        image_id = table["image_id"][table["label"] == code].iloc[0]
        assert SKY.draw(image_id).std() > 2


def test_an_unknown_image_is_one_line() -> None:
    with pytest.raises(DataError, match="'galaxy10' has no image 'galaxy10-1000'"):
        SKY.draw("galaxy10-1000")
