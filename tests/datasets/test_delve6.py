import warnings
from pathlib import Path

import numpy as np
import pytest

from secondsight.datasets import sources
from secondsight.datasets.delve6 import (
    CENTRE,
    SOURCE,
    SUBJECTS,
    projected,
    read_field,
    subject_scene,
)
from secondsight.datasets.registry import load
from secondsight.errors import DataError, SourceError
from secondsight.simulate.search import best_excess, on_isochrone


@pytest.fixture
def stars(mirror: Path) -> Path:
    """The file, if the mirror holds it."""
    found = sources.find(SOURCE)
    if found is None:
        pytest.skip(f"{SOURCE} is not in the mirror")
    return found


def excess(field: object, image_id: str) -> float:
    piece = subject_scene(field, image_id)  # type: ignore[arg-type]
    chosen = piece.stars.where(on_isochrone(piece.stars, piece.distance_modulus))
    return best_excess(piece, chosen).significance


def test_the_data_set_holds_the_object_and_four_places_beside_it(stars: Path) -> None:
    dataset = load("delve6")
    assert dataset.origin == "real sky"
    assert sorted(dataset.table["label"]) == ["0", "0", "0", "0", "1"]
    assert dataset.pixels("delve6-3").shape == (192, 320, 3)
    assert dataset.table["image_sha256"].nunique() == 5


def test_delve_6_stands_out_and_its_surroundings_do_not(stars: Path) -> None:
    field = read_field(stars)
    found = {image_id: excess(field, image_id) for image_id in SUBJECTS}
    assert found.pop("delve6-3") > 6
    assert max(found.values()) < 3


def test_the_pieces_cover_what_the_file_holds(stars: Path) -> None:
    field = read_field(stars)
    assert len(field.x) == 10_429
    assert subject_scene(field, "delve6-3").covered.all()
    assert 0.9 < subject_scene(field, "delve6-1").covered.mean() < 1


def test_places_are_measured_from_the_centre() -> None:
    ra, dec = np.array([CENTRE[0], CENTRE[0] + 0.1]), np.array([CENTRE[1] + 0.1, CENTRE[1]])
    x, y = projected(ra, dec)
    assert (x[0], y[0]) == pytest.approx((0, 6), abs=1e-3)
    assert x[1] == pytest.approx(6 * np.cos(np.radians(CENTRE[1])), rel=1e-3)
    assert abs(y[1]) < 0.01


@pytest.mark.parametrize("kept", [0, 100, 2880, 5000, 400_000, 760_000])
def test_a_truncated_file_is_one_clear_line(stars: Path, tmp_path: Path, kept: int) -> None:
    cut = tmp_path / "cut.fits"
    cut.write_bytes(stars.read_bytes()[:kept])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # of other tests, as everywhere
        with pytest.raises(DataError, match="is no whole FITS table of stars") as caught:
            read_field(cut)
    assert "\n" not in str(caught.value)


def test_another_table_is_one_clear_line(tmp_path: Path) -> None:
    from astropy.io import fits

    other = tmp_path / "other.fits"
    fits.BinTableHDU.from_columns([fits.Column("RA", "D", array=np.zeros(3))]).writeto(other)
    with pytest.raises(DataError, match="is no whole FITS table of stars"):
        read_field(other)


def test_without_the_file_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "find", lambda name: None)
    with pytest.raises(SourceError, match=f"secondsight data fetch {SOURCE}"):
        load("delve6")
