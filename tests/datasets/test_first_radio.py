"""The FIRST radio galaxies: small archives of the released form, right and wrong."""

import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from real_files import Places
from secondsight.datasets import first_radio
from secondsight.datasets.first_radio import read_archive, read_members
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import RADIO_SHAPES
from secondsight.errors import DataError, SourceError
from secondsight.simulate.png import encode_png

BRIGHT, BLACK = (encode_png(np.full((300, 300), value, np.uint8)) for value in (9, 0))
FILES = {
    "galaxy_data/test/FRI/143.442_10.152_0_MiraBest.png": BRIGHT,
    "galaxy_data/train/Bent/22.446_-0.776_3_Proctor_Tab1.png": BLACK,
    "galaxy_data/train/Compact/139.007_17.59_2_Baldi2018.png": BRIGHT,
    "galaxy_data/valid/FRII/152.939_46.472_1_Gendre.png": BRIGHT,
    "galaxy_data/all/FRII/152.939_46.472_1_Gendre.png": BRIGHT,
}


def write(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("galaxy_data/all")
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_an_archive_is_read(tmp_path: Path) -> None:
    dataset = read_archive(write(tmp_path / "galaxy_data.zip", FILES))
    assert dataset.table["image_id"].tolist() == [
        "139.007_17.59",
        "152.939_46.472",
        "143.442_10.152",
    ]
    assert dataset.table["label"].tolist() == ["2", "1", "0"]
    assert dataset.table["split"].tolist() == ["train", "valid", "test"]
    assert dataset.table["catalogue"].tolist() == ["Baldi2018", "Gendre", "MiraBest"]
    assert (dataset.pixels("143.442_10.152") == 9).all()
    assert dataset.origin == "real sky"


def test_a_black_image_is_named_and_left_out(tmp_path: Path) -> None:
    dataset = read_archive(write(tmp_path / "galaxy_data.zip", FILES))
    assert dataset.table.attrs["left_out"] == ["22.446_-0.776"]
    assert "22.446_-0.776" not in set(dataset.table["image_id"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("test/FRI/1.5_2.5_1_Gendre.png", BRIGHT, "says two classes: FRI and 1"),
        ("test/Hybrid/1.5_2.5_1_Gendre.png", BRIGHT, "says two classes: Hybrid and 1"),
        ("test/FRI/picture.png", BRIGHT, "is of unknown form"),
        ("test/FRI/143.442_10.152_0_Gendre.png", BRIGHT, "holds '143.442_10.152' twice"),
        ("test/FRI/1.5_2.5_0_Gendre.png", b"no picture", "can't be read"),
        ("test/FRI/1.5_2.5_0_Gendre.png", bytes(200_000), "unpacks to more than 100,000 bytes"),
        (
            "test/FRI/1.5_2.5_0_Gendre.png",
            encode_png(np.ones((9, 8), np.uint8)),
            "has 8 x 9 pixels",
        ),
    ],
)
def test_a_malformed_archive_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = write(tmp_path / "galaxy_data.zip", {**FILES, f"galaxy_data/{name}": content})
    with pytest.raises(DataError, match=message) as caught:
        read_archive(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("keep", [0, 100, -30])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, keep: int) -> None:
    path = write(tmp_path / "galaxy_data.zip", FILES)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="is cut off or damaged"):
        read_archive(path)


def test_an_archive_of_other_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no image of train, valid, test"):
        read_archive(write(tmp_path / "galaxy_data.zip", {"README": b"none"}))


def test_without_its_file_it_says_how_to_fetch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Places(tmp_path, monkeypatch)
    with pytest.raises(SourceError, match="run secondsight data fetch first-radio"):
        load("first-radio")


def test_the_release_holds_what_its_readme_counts(mirror: Path) -> None:
    members = read_members(mirror / "radio_first" / "galaxy_data.zip")
    assert Counter(member.label for member in members) == {"0": 495, "1": 924, "2": 391, "3": 348}
    assert Counter(member.split for member in members) == {"train": 1758, "valid": 200, "test": 200}
    dataset = load("first-radio")
    assert dataset.table.attrs["left_out"] == ["22.446_0.776"]
    assert set(dataset.table["label"]) == set(RADIO_SHAPES.codes)
    assert len(dataset.pixels(dataset.table["image_id"][0])) == first_radio.SIDE
