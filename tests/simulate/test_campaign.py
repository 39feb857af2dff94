import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from secondsight.simulate.campaign import JUNK, SKY, catalogue, scene
from secondsight.simulate.detectability import (
    detectability,
    expected_significance,
    field_density,
)
from secondsight.simulate.search import (
    background,
    best_excess,
    on_isochrone,
    ring_areas,
    significance,
)
from secondsight.simulate.skies import find_sky
from secondsight.simulate.subjects import MAKERS

TABLE = catalogue()


def some(kind: str, count: int) -> list[str]:
    return TABLE.loc[TABLE["kind"] == kind, "image_id"].head(count).tolist()


def excess(image_id: str) -> float:
    piece = scene(image_id)
    chosen = piece.stars.where(on_isochrone(piece.stars, piece.distance_modulus))
    return best_excess(piece, chosen).significance


def test_the_subjects_are_as_many_as_the_campaigns() -> None:
    counts = TABLE["kind"].value_counts()
    assert len(TABLE) == 46_334 == 43_677 + 2_600 + 57
    assert counts["simulated dwarf"] == 2_600
    assert counts["known dwarf"] == 57
    assert counts.drop(["simulated dwarf", "known dwarf"]).sum() == 43_677
    assert set(counts.index) == {"simulated dwarf", "known dwarf", "dwarf", *JUNK} == set(MAKERS)


def test_a_label_says_whether_it_is_a_dwarf() -> None:
    assert ((TABLE["label"] == "1") == TABLE["kind"].str.endswith("dwarf")).all()


def test_every_known_dwarf_is_there_once() -> None:
    names = TABLE.loc[TABLE["kind"] == "known dwarf", "name"]
    assert names.nunique() == 57
    assert TABLE["name"].notna().sum() == 57


def test_ids_tell_nothing_of_the_truth() -> None:
    """Neither the labels' ranks nor their neighbours depart from chance by 4 sigma."""
    assert TABLE["image_id"].tolist() == [f"subject-{n:05d}" for n in range(1, 46_335)]
    dwarfs = (TABLE["label"] == "1").to_numpy()
    ones, zeros = dwarfs.sum(), (~dwarfs).sum()
    ranks = np.flatnonzero(dwarfs) + 1
    expected, spread = ones * (len(dwarfs) + 1) / 2, np.sqrt(ones * zeros * (len(dwarfs) + 1) / 12)
    assert abs(ranks.sum() - expected) < 4 * spread
    pairs = (dwarfs[1:] & dwarfs[:-1]).sum()
    mean = ones**2 / len(dwarfs)
    assert abs(pairs - mean) < 4 * np.sqrt(mean)


def test_what_is_done_to_a_catalogue_does_not_change_the_next() -> None:
    table = catalogue()
    table["label"] = "?"
    pd.testing.assert_frame_equal(catalogue(), TABLE)


def test_the_same_id_gives_the_same_bytes_in_any_order_and_process() -> None:
    ids = TABLE["image_id"].iloc[[5, 46_000, 777]].tolist()
    first = [hashlib.sha256(SKY.png(image_id)).hexdigest() for image_id in ids]
    again = [hashlib.sha256(SKY.png(image_id)).hexdigest() for image_id in reversed(ids)]
    assert first == again[::-1]
    code = (
        "import hashlib; from secondsight.simulate.campaign import SKY;"
        f"[print(hashlib.sha256(SKY.png(i)).hexdigest()) for i in {ids[1:]!r}]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == first[1:]


def test_it_is_found_by_its_name() -> None:
    assert find_sky("dwarfs") is SKY


def test_no_such_subject_is_an_error() -> None:
    with pytest.raises(KeyError):
        scene("subject-99999")


# ------------------------------------------------------------------------------ detectability


def significance_of(
    m_v: object = -3.0, half_light: object = 1.5, latitude: object = 50.0
) -> object:
    return expected_significance(
        *(np.atleast_1d(np.asarray(value, float)) for value in (19.0, m_v, half_light, latitude))
    )


def test_brighter_nearer_the_pole_and_more_compact_is_easier() -> None:
    assert (np.diff(significance_of(m_v=[-1, -2, -4, -6])) > 0).all()
    assert (np.diff(significance_of(latitude=[15, 30, 60, 89])) > 0).all()
    assert (np.diff(significance_of(half_light=[0.6, 1.5, 3, 6])) < 0).all()


def test_detectability_grows_from_none_to_one() -> None:
    values = detectability([0.0, 5.0, 50.0])
    assert values == pytest.approx([0.0067, 0.5, 1.0], abs=1e-3)


def test_every_degree_of_detectability_is_populated() -> None:
    dwarfs = TABLE[TABLE["kind"].isin(["simulated dwarf", "dwarf"])]
    counts = np.histogram(dwarfs["detectability"], np.linspace(0, 1, 11))[0]
    assert counts.min() > 0.8 * len(dwarfs) / 10


def test_undetectable_dwarfs_are_so_because_little_of_them_is_seen() -> None:
    dwarfs = TABLE[TABLE["kind"] == "simulated dwarf"].sort_values("detectability")
    faint, bright = (
        np.median([excess(image_id) for image_id in part["image_id"]])
        for part in (dwarfs.head(25), dwarfs.tail(25))
    )
    assert faint < 4 < 8 < bright


def test_the_field_is_as_dense_as_expected() -> None:
    found, expected = [], []
    for image_id in some("random clump", 40):
        row = TABLE.set_index("image_id").loc[image_id]
        piece = scene(image_id)
        chosen = piece.stars.where(on_isochrone(piece.stars, piece.distance_modulus))
        found.append(background(np.hypot(chosen.x, chosen.y), piece.covered))
        expected.append(float(field_density(row["distance_modulus"], row["latitude_deg"])))
    assert np.mean(np.array(found) / np.array(expected)) == pytest.approx(1, abs=0.12)


def test_a_brighter_dwarf_has_more_stars() -> None:
    dwarfs = TABLE[TABLE["kind"] == "simulated dwarf"].sort_values("m_v")
    bright, faint = (
        np.median([within(image_id) for image_id in part["image_id"]])
        for part in (dwarfs.head(15), dwarfs.tail(15))
    )
    assert bright > 3 * faint


def within(image_id: str, radius: float = 6.0) -> int:
    piece = scene(image_id)
    chosen = piece.stars.where(on_isochrone(piece.stars, piece.distance_modulus))
    return int((np.hypot(chosen.x, chosen.y) < radius).sum())


# ------------------------------------------------------------------------------ kinds of junk


def test_clusters_of_galaxies_show_in_the_galaxies() -> None:
    for image_id in some("galaxy cluster", 10):
        galaxies = scene(image_id).galaxies
        assert galaxies is not None
        assert significance((np.hypot(galaxies.x, galaxies.y) < 1.5).sum(), 4 * np.pi * 1.5**2) > 2


def test_a_bright_star_hides_what_lies_behind_it() -> None:
    for image_id in some("bright star", 10):
        piece = scene(image_id)
        star = piece.lights[0]
        radius = 0.5 * 10 ** (0.18 * (10 - star.r))
        assert np.hypot(piece.stars.x - star.x, piece.stars.y - star.y).min() > radius * 0.99


def test_beyond_the_survey_edge_there_is_nothing() -> None:
    for image_id in some("survey edge", 10):
        piece = scene(image_id)
        assert 0.2 < piece.covered.mean() < 0.7
        density = len(piece.stars.x) / piece.covered.sum()
        assert 0.15 < density < 3


def test_junk_stands_out_as_much_as_faint_dwarfs_do() -> None:
    clumps = [excess(image_id) for image_id in some("random clump", 60)]
    assert np.mean(np.array(clumps) > 3) > 0.15
    assert np.mean(np.array(clumps) < 5) > 0.7


def test_rings_add_up_to_the_disc() -> None:
    whole = np.ones((90, 90), bool)
    areas = ring_areas((0.0, 1.0, 4.0, 14.0), whole)
    assert areas.sum() == pytest.approx(np.pi * 14**2, rel=0.002)
    half = whole.copy()
    half[:45] = False
    assert ring_areas((0.0, 14.0), half)[0] == pytest.approx(np.pi * 98, rel=0.002)


def test_the_significance_of_a_large_count_is_gaussian() -> None:
    assert significance(10_300, 10_000) == pytest.approx(3, abs=0.03)
    assert significance(0, 2.0) == pytest.approx(-2)


def test_decimals_do_not_tell_a_dwarf_and_the_sheet_shows_the_same_modulus() -> None:
    table = catalogue().set_index("image_id")["distance_modulus"]
    assert (table == table.map(lambda modulus: float(f"{modulus:.1f}"))).all()
    for image_id in table.sample(20, random_state=0).index:
        assert scene(image_id).distance_modulus == table[image_id]
