from pathlib import Path

import pandas as pd
import pytest

from secondsight.simulate.known import TABLE, known_dwarfs

BEFORE_2000 = {"LMC", "SMC", "Sagittarius", "Fornax", "Sculptor", "Leo I", "Leo II", "Carina"}
BEFORE_2000 |= {"Draco", "Ursa Minor", "Sextans"}


def test_there_are_57_of_different_names() -> None:
    assert len(known_dwarfs()) == known_dwarfs()["name"].nunique() == 57


def test_those_known_before_2000_are_left_out() -> None:
    assert not BEFORE_2000 & set(known_dwarfs()["name"])


def test_every_quantity_is_there_and_possible() -> None:
    table = known_dwarfs()
    assert not table.isna().any().any()
    assert table["distance_modulus"].between(16, 23).all()
    assert table["m_v"].between(-10, 0).all()
    assert table["half_light_arcmin"].gt(0).all()
    assert table["ellipticity"].between(0, 0.9).all()


def test_a_few_are_as_the_literature_has_them() -> None:
    table = known_dwarfs().set_index("name")
    assert table.loc["Reticulum II", "distance_modulus"] == pytest.approx(17.5)
    assert table.loc["Segue 1", "m_v"] == pytest.approx(-1.3)


def test_the_table_says_where_it_comes_from() -> None:
    header = TABLE.read_text(encoding="utf-8").splitlines()[0]
    assert "Pace 2024" in header
    assert "CC0" in header


def test_the_table_is_that_of_the_database(mirror: Path) -> None:
    file = mirror / "dwarfs" / "lvdb_dwarf_mw.csv"
    if not file.is_file():
        pytest.skip("the Local Volume Database is not in the mirror")
    theirs = pd.read_csv(file).set_index("name")
    ours = known_dwarfs().set_index("name")
    assert set(theirs.index) - set(ours.index) == BEFORE_2000
    theirs = theirs.loc[ours.index]
    assert (ours["half_light_arcmin"] == theirs["rhalf"]).all()
    m_v = theirs["apparent_magnitude_v"] - theirs["distance_modulus"]
    assert (ours["m_v"] - m_v).abs().max() < 0.006
