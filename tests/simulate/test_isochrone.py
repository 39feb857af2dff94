from pathlib import Path

import numpy as np
import pytest

from secondsight.errors import DataError
from secondsight.simulate import isochrone
from secondsight.simulate.isochrone import load_isochrone, read_table, v_magnitude

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("population", ["metal-poor", "metal-rich"])
def test_the_table_holds_every_star_once(population: str) -> None:
    track = load_isochrone(population)
    assert len(track.m_g) == len(track.m_r) == len(track.below) == 120
    assert track.below[0] == 0
    assert track.below[-1] == pytest.approx(1, abs=1e-12)
    assert (np.diff(track.below) >= 0).all()
    assert (np.diff(track.m_g[: track.giants]) <= 0).all()


def test_the_turn_off_is_where_old_stars_have_it() -> None:
    """At M_g = 3.5 to 4.5 and g - r = 0.2 to 0.3 for 13.5 Gyr and [M/H] = -2.2."""
    track = load_isochrone()
    colour = (track.m_g - track.m_r)[: track.giants]
    bluest = np.argmin(np.where(track.m_g[: track.giants] < 6, colour, 9))
    assert 3.5 < track.m_g[bluest] < 4.5
    assert 0.2 < colour[bluest] < 0.3


def test_no_star_lies_between_the_giants_tip_and_the_horizontal_branch() -> None:
    track = load_isochrone()
    assert np.diff(track.below)[track.giants - 1] == 0


def test_drawn_stars_stand_on_the_track() -> None:
    track = load_isochrone()
    m_g, m_r = track.draw(RNG, 5000)
    dwarfs = m_g > 3
    assert np.abs(m_g - m_r - track.colour_at(m_g))[dwarfs].max() < 1e-9


def test_faint_stars_are_as_many_as_their_share() -> None:
    track = load_isochrone()
    m_g, _ = track.draw(RNG, 40_000)
    assert (m_g > 8).mean() == pytest.approx(track.share_fainter(8), abs=0.01)
    bright, _ = track.draw(RNG, 2000, faintest=5.0)
    assert bright.max() <= 5 + 1e-9


def test_the_stars_of_a_dwarf_add_up_to_its_light() -> None:
    track = load_isochrone()
    count = int(track.stars_for(-7.0))
    light = [np.sum(10 ** (-0.4 * v_magnitude(*track.draw(RNG, count)))) for _ in range(20)]
    assert -2.5 * np.log10(np.mean(light)) == pytest.approx(-7.0, abs=0.1)


def test_five_magnitudes_are_a_hundred_times_the_stars() -> None:
    few, many = load_isochrone().stars_for([-2.0, -7.0])
    assert many / few == pytest.approx(100)


def test_an_unknown_population_is_an_error() -> None:
    with pytest.raises(DataError, match="no population 'young'"):
        load_isochrone("young")


def test_a_table_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        read_table(tmp_path / "none.csv", isochrone.COLUMNS)
    (tmp_path / "other.csv").write_text("# a comment\na,b\n1,2\n")
    with pytest.raises(DataError, match="other columns"):
        read_table(tmp_path / "other.csv", isochrone.COLUMNS)
