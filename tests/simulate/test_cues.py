from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.simulate import campaign
from secondsight.simulate.cues import Cues, measure, measure_all, read_cues, write_cues
from secondsight.simulate.scene import Galaxies, Light, Scene
from secondsight.simulate.starfield import field_galaxies, scattered
from secondsight.simulate.subjects import Subject, make_scene

SOME = 40


def drawn(kind: str, strength: float = 0.0, m_v: float = np.nan) -> list[Cues]:
    """Return the cues of a few subjects of a kind, with nothing else on their sheets."""
    subject = Subject(kind, 18.0, m_v, 2.0, 0.1, 50.0, strength)
    return [measure(_alone(seed, subject)) for seed in range(20)]


def _alone(seed: int, subject: Subject) -> Scene:
    return make_scene(np.random.default_rng(seed), subject)


def middle(cues: list[Cues], name: str) -> float:
    return float(np.median([getattr(cue, name) for cue in cues]))


@pytest.fixture(scope="module")
def plain() -> list[Cues]:
    """Cues of hardly any clump."""
    return drawn("random clump")


@pytest.mark.parametrize(
    ("kind", "cue", "least"),
    [
        ("galaxy cluster", "galaxies", 6.0),
        ("bright star", "glare", 0.02),
        ("nearby galaxy", "glare", 0.02),
        ("survey edge", "edge", 0.1),
        ("artefact", "trail", 4.0),
    ],
)
def test_what_something_is_shows_in_its_cue(
    plain: list[Cues], kind: str, cue: str, least: float
) -> None:
    assert middle(drawn(kind, 3.0), cue) > least
    assert middle(plain, cue) < least / 2


def test_a_dwarf_shows_in_stars_giants_and_profile(plain: list[Cues]) -> None:
    dwarf = drawn("dwarf", np.nan, -5.5)
    for cue, least in (("stars", 8.0), ("giants", 3.0), ("rings", 3.0)):
        assert middle(dwarf, cue) > least > 1.5 * middle(plain, cue)
    clump = drawn("random clump", 6.0)
    assert middle(clump, "stars") > 5
    assert middle(clump, "others") < 2 < middle(drawn("nearby galaxy", 6.0), "others")


def test_cues_come_from_the_scene_that_is_drawn() -> None:
    sheet = _alone(3, Subject("random clump", 18.0, np.nan, np.nan, np.nan, 50.0, 5.0))
    turned = sheet.stars.where(sheet.stars.x < 20)
    mirrored = replace(sheet, stars=replace(turned, x=-turned.x))
    assert measure(mirrored)[:4] == pytest.approx(measure(sheet)[:4])
    assert measure(replace(sheet, lights=())).glare == 0
    lit = replace(sheet, lights=(Light(0.0, 0.0, 6.0),))
    assert measure(lit).glare > 0.05
    far = replace(sheet, lights=(Light(9.0, 0.0, 6.0),))
    assert measure(far).glare == 0


def test_galaxies_count_where_they_are_known() -> None:
    chance = np.random.default_rng(0)
    sheet = _alone(3, Subject("random clump", 18.0, np.nan, np.nan, np.nan, 50.0, 0.0))
    x, y = scattered(chance, 40)
    pile = Galaxies(x / 15, y / 15, np.full(40, 21.0), np.zeros(40))
    assert measure(replace(sheet, galaxies=None)).galaxies == 0
    known = replace(sheet, galaxies=field_galaxies(chance).joined(pile))
    assert measure(known).galaxies > 6


def test_the_table_in_the_repository_is_what_is_measured_today() -> None:
    ids = campaign.catalogue()["image_id"]
    some = ids.sample(SOME, random_state=1).sort_index()
    table = read_cues()
    assert len(table) == len(ids)
    assert (table >= 0).all(axis=None)
    pd.testing.assert_frame_equal(
        measure_all(some), table.loc[some.index].reset_index(drop=True), atol=0.011
    )


def test_no_cue_knows_what_a_subject_is() -> None:
    assert not set(Cues._fields) & set(campaign.catalogue())


def test_cues_come_back_from_the_file(tmp_path: Path) -> None:
    table = read_cues().head(5)
    write_cues(table, tmp_path / "cues.parquet")
    pd.testing.assert_frame_equal(read_cues(tmp_path / "cues.parquet"), table)
