import gzip
from pathlib import Path

import h5py
import numpy as np
import pytest

from real_files import Places
from secondsight.datasets.registry import load
from secondsight.errors import DataError, SourceError

RNG = np.random.default_rng(6)
SIDES = {"galaxy-mnist": 64, "galaxy-mnist-224": 224}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    return Places(tmp_path, monkeypatch)


def put(places: Places, name: str, images: np.ndarray, labels: object) -> None:
    path = places.path(name)
    with h5py.File(path, "w") as file:
        file["images"], file["labels"] = images, labels
    path.write_bytes(gzip.compress(path.read_bytes()))
    places.accept(name)


def put_both(places: Places, name: str) -> None:
    for split, count in (("test", 4), ("train", 8)):
        images = RNG.integers(0, 256, (count, SIDES[name], SIDES[name], 3), dtype=np.uint8)
        put(places, f"{name}-{split}", images, np.arange(count, dtype=np.uint8) % 4)


@pytest.mark.parametrize("name", list(SIDES))
def test_both_splits_are_read(places: Places, name: str) -> None:
    put_both(places, name)
    real = load(name)
    assert list(real.table["split"]) == ["test"] * 4 + ["train"] * 8
    assert list(real.table["label"]) == ["0", "1", "2", "3"] * 3
    assert real.pixels(f"{name}-train-00007").shape == (SIDES[name], SIDES[name], 3)


def test_without_its_files_it_says_how_to_fetch_them(places: Places) -> None:
    with pytest.raises(SourceError, match="run secondsight data fetch galaxy-mnist-test"):
        load("galaxy-mnist")


def test_a_file_with_another_md5_is_refused(places: Places) -> None:
    put_both(places, "galaxy-mnist")
    path = places.path("galaxy-mnist-train")
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SourceError, match="its MD5 differs"):
        load("galaxy-mnist")


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (np.zeros((4, 63, 64, 3), np.uint8), [0, 1, 2, 3], "images have the shape"),
        (np.zeros((4, 224, 224, 3), np.uint8), [0, 1, 2, 3], "images have the shape"),
        (np.zeros((4, 64, 64, 3), np.float32), [0, 1, 2, 3], "images are float32"),
        (np.zeros((4, 64, 64, 3), np.uint8), [0, 1, 2], "4 images but labels"),
        (np.zeros((4, 64, 64, 3), np.uint8), [0, 1, 2, 4], "the label 4 is none of"),
    ],
)
def test_what_is_wrong_is_one_line(
    places: Places, images: np.ndarray, labels: list[int], said: str
) -> None:
    put_both(places, "galaxy-mnist")
    put(places, "galaxy-mnist-test", images, labels)
    with pytest.raises(DataError, match=said) as caught:
        load("galaxy-mnist")
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_one_line(places: Places) -> None:
    put_both(places, "galaxy-mnist")
    path = places.path("galaxy-mnist-test")
    path.write_bytes(path.read_bytes()[:-300])
    places.accept("galaxy-mnist-test")
    with pytest.raises(DataError, match="is damaged, or no HDF5 file") as caught:
        load("galaxy-mnist")
    assert "\n" not in str(caught.value)
