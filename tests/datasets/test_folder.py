from pathlib import Path

import pytest

from conftest import make_folder, tiny_png
from secondsight.datasets import load_folder
from secondsight.datasets.dataset import sha256
from secondsight.errors import DataError


def test_a_folder_becomes_a_data_set(image_folder: Path) -> None:
    dataset = load_folder(image_folder, origin="simulated sky")
    assert dataset.name == "tiny"
    assert dataset.origin == "simulated sky"
    assert dataset.table["image_id"].tolist() == [f"img-{number:03d}" for number in range(5)]
    assert dataset.table["label"].tolist() == ["0", "1", "0", "1", "0"]


def test_the_bytes_come_unchanged_and_give_the_hash(image_folder: Path) -> None:
    dataset = load_folder(image_folder)
    assert dataset.png("img-003") == tiny_png(3)
    assert dataset.table["image_sha256"].tolist() == [sha256(tiny_png(n)) for n in range(5)]


def test_matplotlib_reads_the_tiny_images(image_folder: Path) -> None:
    from matplotlib.image import imread

    pixels = imread(image_folder / "img-003.png")
    assert pixels.shape == (4, 4)
    assert (pixels * 255 == 3).all()


def write_labels(folder: Path, content: bytes) -> None:
    (folder / "labels.csv").write_bytes(content)


def test_ids_stay_texts(tmp_path: Path) -> None:
    folder = tmp_path / "ids"
    folder.mkdir()
    for name in ("007", "NA", "null"):
        (folder / f"{name}.png").write_bytes(tiny_png(1))
    write_labels(folder, b"label,image_id,more\n1,007,x\n0,NA,y\n1,null,z\n")
    assert load_folder(folder).table["image_id"].tolist() == ["007", "NA", "null"]


def test_an_empty_label_is_missing(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\nimg-000,\nimg-001,1\n")
    assert load_folder(image_folder).table["label"].isna().tolist() == [True, False]


def test_no_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="columns image_id and label"):
        load_folder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"id,label\nx,1\n", b"image_id,label\n\xff,1\n"])
def test_a_table_of_another_form_is_an_error(image_folder: Path, content: bytes) -> None:
    write_labels(image_folder, content)
    with pytest.raises(DataError, match="has no columns image_id and label") as caught:
        load_folder(image_folder)
    assert "\n" not in str(caught.value)


def test_an_id_twice_is_an_error(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\nimg-000,1\nimg-000,0\n")
    with pytest.raises(DataError, match="'img-000' twice"):
        load_folder(image_folder)


def test_an_empty_id_is_an_error(image_folder: Path) -> None:
    write_labels(image_folder, b"image_id,label\n,1\n")
    with pytest.raises(DataError, match="lists ''"):
        load_folder(image_folder)


def test_an_absent_image_is_an_error(image_folder: Path) -> None:
    (image_folder / "img-002.png").unlink()
    with pytest.raises(DataError, match=r"img-002\.png is missing"):
        load_folder(image_folder)


@pytest.mark.parametrize("kept", [0, 4, 8, 30, -1])
def test_an_image_that_is_not_whole_is_an_error(image_folder: Path, kept: int) -> None:
    path = image_folder / "img-002.png"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"img-002\.png is (no PNG image|cut off)"):
        load_folder(image_folder)


def test_a_jpeg_is_no_png(image_folder: Path) -> None:
    (image_folder / "img-002.png").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with pytest.raises(DataError, match="no PNG image"):
        load_folder(image_folder)


def test_the_name_of_the_folder_is_the_data_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make_folder(tmp_path / "andromeda", 1))
    assert load_folder(Path()).name == "andromeda"
