import numpy as np
import pytest

from secondsight.dtypes import Bools, Floats
from secondsight.simulate.scene import Galaxies, Scene, Stars

COLUMNS = np.arange(18.0).reshape(6, 3)
STARS, GALAXIES = Stars(*COLUMNS), Galaxies(*COLUMNS[:4])


def in_the_west(x: Floats, y: Floats) -> Bools:
    return np.asarray((x < 1) & (y > 0))


def test_all_of_a_source_is_kept_or_left_out() -> None:
    kept = STARS.where(np.array([True, False, True]))
    assert [values.tolist() for values in vars(kept).values()] == COLUMNS[:, [0, 2]].tolist()


def test_sources_are_joined_in_their_order() -> None:
    joined = GALAXIES.joined(GALAXIES.where(GALAXIES.x == 1))
    assert joined.colour.tolist() == [9, 10, 11, 10]


@pytest.mark.parametrize("galaxies", [GALAXIES, None])
def test_a_scene_loses_stars_and_galaxies_by_their_places(galaxies: Galaxies | None) -> None:
    scene = Scene(STARS, galaxies, 18.0).where(in_the_west)
    assert scene.stars.g.tolist() == [6]
    assert (scene.galaxies and scene.galaxies.r.tolist()) == (galaxies and [6])


@pytest.mark.parametrize(("galaxies", "count"), [(GALAXIES, 6), (None, 3)])
def test_a_scene_gains_stars_and_galaxies(galaxies: Galaxies | None, count: int) -> None:
    scene = Scene(STARS, galaxies, 18.0).with_stars(STARS).with_galaxies(GALAXIES)
    assert len(scene.stars.x) == 6
    assert scene.galaxies is not None
    assert len(scene.galaxies.x) == count
