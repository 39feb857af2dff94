import hashlib

import numpy as np

from secondsight.training.llava.captioned_pictures import SEEN, SKIES, Pairs, held_out, pairs

FEW = {"morphology": 3, "lsbg": 2}


def named(of: Pairs) -> set[str]:
    """Return the pictures' hashes."""
    return {hashlib.sha256(picture.tobytes()).hexdigest() for picture in of.pictures}


def test_pairs_are_the_same_each_time_and_a_larger_set_begins_with_a_smaller() -> None:
    some = pairs(FEW)
    again = pairs({"morphology": 4, "lsbg": 2})
    assert some.captions[:3] == again.captions[:3]
    assert np.array_equal(some.pictures[:3], again.pictures[:3])
    assert some.pictures.shape == (5, 64, 64, 3)
    assert len(some) == 5


def test_what_is_held_out_is_not_learnt_from() -> None:
    apart = held_out({"morphology": 2, "lsbg": 2})
    assert not named(apart) & named(pairs({"morphology": 20, "lsbg": 20}))


def test_nor_has_the_image_encoder_learnt_from_it() -> None:
    from secondsight.training.settings import MiniVLMSettings

    for sky, seen in SEEN.items():
        assert seen >= MiniVLMSettings().counts[sky]
        assert seen >= SKIES[sky]
