from pathlib import Path

import h5py
import numpy as np
import pytest

from real_files import Places
from secondsight.datasets.real_arrays import GALAXY10_SOURCE
from secondsight.datasets.registry import load
from secondsight.errors import DataError, SourceError

RNG = np.random.default_rng(7)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    return Places(tmp_path, monkeypatch)


def put(places: Places, images: np.ndarray, labels: object, name: str = "ans") -> None:
    with h5py.File(places.path(GALAXY10_SOURCE), "w") as file:
        file["images"], file[name] = images, labels
    places.accept(GALAXY10_SOURCE)


def pictures(side: int = 256, count: int = 3) -> np.ndarray:
    return RNG.integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def test_it_is_read(places: Places) -> None:
    images = pictures()
    put(places, images, np.array([0, 9, 4], np.uint8))
    real = load("galaxy10-real")
    assert list(real.table["label"]) == ["0", "9", "4"]
    assert np.array_equal(real.pixels("galaxy10-real-00001"), images[1])


def test_without_its_file_it_says_how_to_fetch_it(places: Places) -> None:
    with pytest.raises(SourceError, match="run secondsight data fetch galaxy10-decals"):
        load("galaxy10-real")


@pytest.mark.parametrize(
    ("side", "labels", "name", "said"),
    [
        (69, [0, 1, 2], "ans", "images have the shape"),
        (256, [0, 1], "ans", "3 images but labels"),
        (256, [0, 1, 10], "ans", "the label 10 is none of"),
        (256, [0.0, 1.0, float("nan")], "ans", "NaN"),
        (256, [0, 1, 2], "labels", "has no data set 'ans'"),
    ],
)
def test_what_is_wrong_is_one_line(
    places: Places, side: int, labels: list[float], name: str, said: str
) -> None:
    put(places, pictures(side), labels, name)
    with pytest.raises(DataError, match=said) as caught:
        load("galaxy10-real")
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_one_line(places: Places) -> None:
    put(places, pictures(), [0, 1, 2])
    path = places.path(GALAXY10_SOURCE)
    path.write_bytes(path.read_bytes()[:-1000])
    places.accept(GALAXY10_SOURCE)
    with pytest.raises(DataError, match="is damaged, or no HDF5 file"):
        load("galaxy10-real")
