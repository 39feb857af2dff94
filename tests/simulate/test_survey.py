import numpy as np
import pytest

from secondsight.simulate import survey
from secondsight.simulate.morphology import SideView, Smooth, Spiral
from secondsight.simulate.seed import generator


def views(count: int) -> list[survey.View]:
    """Return the first pictures of a sky of surveys."""
    return [survey.view(generator(3, "survey", str(number))) for number in range(count)]


def test_the_same_seed_gives_the_same_picture_and_another_another() -> None:
    first, again, other = (survey.view(generator(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.pixels, again.pixels)
    assert (first.kind, first.shape) == (again.kind, again.shape)
    assert not np.array_equal(first.pixels, other.pixels)


def test_pictures_are_square_of_three_colours_and_of_many_sizes() -> None:
    drawn = views(30)
    assert all(view.pixels.dtype == np.uint8 for view in drawn)
    assert all(view.pixels.shape == (len(view.pixels), len(view.pixels), 3) for view in drawn)
    assert len({len(view.pixels) for view in drawn}) > 10


def test_shares_of_kinds_are_whole() -> None:
    assert sum(kind.share for kind in survey.KINDS.values()) == pytest.approx(1)


def test_what_is_painted_is_of_its_kind() -> None:
    for view in views(40):
        match view.kind:
            case "round":
                assert isinstance(view.shape, Smooth)
                assert view.shape.q > 0.7
            case "spiral":
                assert isinstance(view.shape, Spiral)
                assert view.shape.q > 0.4
            case "edge-on":
                assert isinstance(view.shape, SideView | Smooth)


def test_something_shines_in_the_middle_of_each_frame() -> None:
    for view in views(20):
        light = view.pixels.mean(axis=2)
        side = len(light)
        middle = light[side * 9 // 20 : side * 11 // 20, side * 9 // 20 : side * 11 // 20]
        assert middle.max() > np.median(light) + 10


def test_a_published_picture_is_the_same_or_larger() -> None:
    pixels = views(1)[0].pixels
    rng = generator(7)
    sides = {len(survey.published(pixels, rng)) for _ in range(20)}
    assert min(sides) == len(pixels)
    assert max(sides) > 1.2 * len(pixels)
