import numpy as np
import pytest

from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.simulate.listing import Listing

LISTING = Listing("made", 3, {"0": 20, "1": 10}, "train")


def flat(rng: np.random.Generator, label: str) -> Pixels:
    return np.full((2, 2), 100 * int(label) + rng.integers(50), np.uint8)


def test_a_listing_has_as_many_of_each_label_as_promised_in_mixed_order() -> None:
    table = LISTING.sky(flat).catalogue()
    assert table["label"].value_counts().to_dict() == {"0": 20, "1": 10}
    assert table["label"].tolist() != sorted(table["label"])
    assert table["image_id"].tolist() == [f"made-{number:04d}" for number in range(30)]
    assert set(table["split"]) == {"train"}


def test_an_image_is_drawn_from_its_label_and_its_own_numbers() -> None:
    sky = LISTING.sky(flat)
    table = sky.catalogue()
    values = [int(sky.draw(image_id)[0, 0]) for image_id in table["image_id"]]
    assert [str(value // 100) for value in values] == table["label"].tolist()
    assert len({value % 100 for value in values}) > 10
    assert np.array_equal(sky.draw("made-0007"), sky.draw("made-0007"))


def test_a_second_sky_has_the_same_images_under_its_own_name() -> None:
    sky = LISTING.sky(flat, "larger")
    assert sky.name == "larger"
    assert sky.catalogue().equals(LISTING.sky(flat).catalogue())
    with pytest.raises(DataError, match="'made' has no image 'made-0030'"):
        sky.draw("made-0030")


def test_what_is_done_to_a_catalogue_does_not_change_the_next() -> None:
    sky = LISTING.sky(flat)
    table = sky.catalogue()
    table["label"] = "?"
    assert set(sky.catalogue()["label"]) == {"0", "1"}
