import gzip
import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from secondsight.datasets import arrays
from secondsight.datasets.arrays import (
    Part,
    check_images,
    check_labels,
    from_arrays,
    hdf5_images,
    read_hdf5,
    read_npy,
)
from secondsight.datasets.dataset import sha256
from secondsight.errors import DataError

RNG = np.random.default_rng(3)
IMAGES = RNG.integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
CODES = ["0", "1"]


def part(stem: str = "made") -> Part:
    return Part(stem, "test", IMAGES, np.array(["0", "1", "0", "1", "1"]))


def one_line(caught: pytest.ExceptionInfo[DataError]) -> str:
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_pngs_are_made_of_the_pixels() -> None:
    made = from_arrays("made", [part()])
    assert made.origin == "real sky"
    assert list(made.table["image_id"]) == [f"made-{position:05d}" for position in range(5)]
    assert list(made.table["label"]) == ["0", "1", "0", "1", "1"]
    for position, image_id in enumerate(made.table["image_id"]):
        png = made.png(image_id)
        with Image.open(BytesIO(png)) as picture:
            assert np.array_equal(np.asarray(picture), IMAGES[position])
        assert made.table["image_sha256"][position] == sha256(png)


def test_parts_follow_one_another() -> None:
    made = from_arrays("made", [part("one"), part("two")])
    assert len(made) == 10
    assert made.png("one-00003") == made.png("two-00003")


def test_ids_that_come_twice_are_one_line() -> None:
    with pytest.raises(DataError, match="holds the image_id 'made-00000' twice") as caught:
        from_arrays("made", [part(), part()])
    one_line(caught)


def test_an_unknown_image_is_one_line() -> None:
    with pytest.raises(DataError, match="has no image 'made-00005'"):
        from_arrays("made", [part()]).png("made-00005")


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 9, 3), (5, 8, 8, 4), (5, 4, 4, 3), (8, 8, 3)])
def test_another_shape_is_one_line(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"a\.npy: images have the shape .* is due") as caught:
        check_images(np.zeros(shape, np.uint8), 8, "a.npy")
    one_line(caught)


def test_another_type_is_one_line() -> None:
    with pytest.raises(DataError, match="images are float32, where uint8 is due"):
        check_images(IMAGES.astype(np.float32), 8, "a.npy")


def test_huge_images_of_another_type_are_refused_unread(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", labels=[0, 1, 0, 1, 1])
    with h5py.File(path, "a") as file:
        file.create_dataset("images", (10**9, 8, 8, 3), "f8", chunks=(1, 8, 8, 3))
    with pytest.raises(DataError, match="images are float64, where uint8 is due"):
        hdf5_images(path, "labels", 8, CODES)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([0, 1, 0, 1], "5 images but labels of shape"),
        ([[0, 1, 0, 1, 1]], "5 images but labels of shape"),
        ([0, 1, 0, 1, 2], "the label 2 is none of 0, 1"),
        ([0, 1, 0, 1, -1], "the label -1 is none of 0, 1"),
        ([0.0, 1.0, 0.5, 1.0, 1.0], "the label 0.5 is none of 0, 1"),
        ([0.0, 1.0, np.nan, 1.0, 1.0], "no numbers"),
        (["a", "b", "a", "b", "a"], "whole numbers are due"),
    ],
)
def test_wrong_labels_are_one_line(labels: list[object], said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        check_labels(np.array(labels), 5, CODES, "a.npy")
    one_line(caught)


def test_labels_may_be_floats_that_are_whole() -> None:
    assert check_labels(np.array([0.0, 1.0]), 2, CODES, "a").tolist() == ["0", "1"]


def test_a_truncated_npy_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, IMAGES)
    assert np.array_equal(read_npy(path), IMAGES)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"a\.npy is damaged, or no NPY file") as caught:
        read_npy(path)
    one_line(caught)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x93NUMPY"])
def test_no_npy_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DataError, match="no NPY file"):
        read_npy(tmp_path / "a.npy")


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="no NPY file"):
        read_npy(tmp_path / "a.npy")


def hdf5(path: Path, **data: object) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in data.items():
            file[name] = values
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(path.read_bytes()))
    return path


@pytest.mark.parametrize("name", ["a.h5", "a.hdf5.gz"])
def test_an_hdf5_file_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    path = hdf5(tmp_path / name, images=IMAGES, labels=[0, 1, 0, 1, 1])
    images, labels = read_hdf5(path, "images", "labels")
    assert np.array_equal(images[3], IMAGES[3])
    assert labels.tolist() == [0, 1, 0, 1, 1]


@pytest.mark.parametrize("name", ["a.h5", "a.hdf5.gz"])
@pytest.mark.parametrize("kept", [0, 10, -500])
def test_a_truncated_hdf5_file_is_one_line(tmp_path: Path, name: str, kept: int) -> None:
    path = hdf5(tmp_path / name, images=IMAGES, labels=[0, 1, 0, 1, 1])
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match="is damaged, or no HDF5 file") as caught:
        read_hdf5(path, "images", "labels")
    one_line(caught)


def test_what_an_hdf5_file_lacks_is_named(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", images=IMAGES, answers=[1])
    with pytest.raises(DataError, match="has no data set 'labels'; it has answers, images"):
        read_hdf5(path, "images", "labels")


def test_what_stands_in_another_file_is_not_read(tmp_path: Path) -> None:
    hdf5(tmp_path / "other.h5", images=IMAGES)
    path = hdf5(tmp_path / "a.h5", answers=[1])
    with h5py.File(path, "a") as file:
        file["images"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "images")
        file["soft"] = h5py.SoftLink("/answers")
        layout = h5py.VirtualLayout((5, 8, 8, 3), "u1")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "images", (5, 8, 8, 3))
        file.create_virtual_dataset("virtual", layout)
        raw = [(str(tmp_path / "other.h5"), 0, 100)]
        file.create_dataset("external", (100,), "u1", external=raw)
    for name, said in [
        ("images", "has no data set 'images'; it has answers, external"),
        ("soft", "has no data set 'soft'"),
        ("virtual", "virtual holds no plain numbers of its own"),
        ("external", "external holds no plain numbers of its own"),
    ]:
        with pytest.raises(DataError, match=said):
            read_hdf5(path, name, "answers")


def test_a_data_set_that_says_it_is_huge_is_not_read(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "a.h5", images=IMAGES)
    with h5py.File(path, "a") as file:
        file.create_dataset("labels", (2 * 10**9,), "u1", chunks=(1_000,))
        file.create_dataset("chunked", (10**9,), "u1", chunks=(2 * 10**8,))
        file.create_dataset("texts", (5,), h5py.string_dtype())
    packed = tmp_path / "a.h5.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for where, images, labels, said in [
        (path, "images", "labels", "/labels is too large"),
        (path, "chunked", "images", r"chunks of the shape \(200000000,\)"),
        (path, "images", "texts", "no plain numbers"),
        (packed, "labels", "images", "/labels is too large"),
    ]:
        with pytest.raises(DataError, match=said) as caught:
            read_hdf5(where, images, labels)
        one_line(caught)


def test_a_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "MOST_BYTES", 5_000_000)
    (tmp_path / "a.h5.gz").write_bytes(gzip.compress(bytes(8_000_000)))
    with pytest.raises(DataError, match=r"a\.h5\.gz unpacks to more than 5,000,000 bytes"):
        read_hdf5(tmp_path / "a.h5.gz", "images", "labels")


def test_an_image_that_is_damaged_on_the_disk_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        images = file.create_dataset("images", data=IMAGES, chunks=(1, 8, 8, 3), compression="gzip")
        place = images.id.get_chunk_info(2).byte_offset
        file["labels"] = [0, 1, 0, 1, 1]
    content = bytearray(path.read_bytes())
    content[place : place + 10] = bytes(10)
    path.write_bytes(content)
    images, labels = hdf5_images(path, "labels", 8, CODES)
    with pytest.raises(DataError, match="the image 'made-00002' of 'made' can't be read") as caught:
        from_arrays("made", [Part("made", "test", images, labels)])
    one_line(caught)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_npy_header_is_one_line(tmp_path: Path, seed: int) -> None:
    chance, path = random.Random(seed), tmp_path / "a.npy"
    np.save(path, IMAGES)
    content = bytearray(path.read_bytes())
    for _ in range(4):
        content[chance.randrange(6, 80)] = chance.choice(b"'()[]{},:0 \\x\n\xff")
    path.write_bytes(content)
    with suppress(DataError):
        read_npy(path)


def test_an_archive_of_arrays_is_no_npy_file(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"PK\x03\x04nonsense")
    with pytest.raises(DataError, match="no NPY file"):
        read_npy(tmp_path / "a.npy")
