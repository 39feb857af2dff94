from pathlib import Path

import numpy as np
import pytest

from real_files import Places
from secondsight.datasets import real_arrays
from secondsight.datasets.registry import load
from secondsight.errors import DataError, SourceError

RNG = np.random.default_rng(5)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    return Places(tmp_path, monkeypatch)


@pytest.fixture
def files(places: Places) -> Places:
    """Five files of three images and fifteen labels."""
    for name in real_arrays.LSBG_IMAGES:
        put(places, name, RNG.integers(0, 256, (3, 64, 64, 3), dtype=np.uint8))
    put(places, real_arrays.LSBG_LABELS, np.arange(15) % 2)
    return places


def put(places: Places, name: str, values: np.ndarray) -> None:
    np.save(places.path(name), values)
    places.accept(name)


def test_ids_are_positions_in_the_files_together(files: Places) -> None:
    real = load("lsbg-real")
    assert len(real) == 15
    assert list(real.table["label"]) == [str(number % 2) for number in range(15)]
    fourth = np.load(files.path("lsbg-images-4"))
    assert np.array_equal(real.pixels("lsbg-real-00010"), fourth[1])


def test_without_its_files_it_says_how_to_fetch_them(places: Places) -> None:
    with pytest.raises(SourceError, match="run secondsight data fetch lsbg-images-1"):
        load("lsbg-real")


def test_a_file_with_another_blob_id_is_refused(files: Places) -> None:
    np.save(files.path("lsbg-images-2"), np.zeros((3, 64, 64, 3), np.uint8))
    with pytest.raises(SourceError, match="its git blob id differs"):
        load("lsbg-real")


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("lsbg-images-3", np.zeros((3, 60, 60, 3), np.uint8), "images have the shape"),
        ("lsbg-images-3", np.zeros((3, 64, 64, 3)), "images are float64"),
        ("lsbg-images-3", np.zeros((2, 64, 64, 3), np.uint8), "14 images but labels"),
        ("lsbg-labels", np.zeros(16), "15 images but labels"),
        ("lsbg-labels", np.full(15, 2), "the label 2 is none of 0, 1"),
    ],
)
def test_what_is_wrong_is_one_line(files: Places, name: str, values: np.ndarray, said: str) -> None:
    put(files, name, values)
    with pytest.raises(DataError, match=said) as caught:
        load("lsbg-real")
    assert "\n" not in str(caught.value)


def test_a_truncated_file_is_one_line(files: Places) -> None:
    path = files.path("lsbg-images-5")
    path.write_bytes(path.read_bytes()[:-1])
    files.accept("lsbg-images-5")
    with pytest.raises(DataError, match="is damaged, or no NPY file"):
        load("lsbg-real")
