import gzip
import hashlib
import io
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.datasets import mirabest
from secondsight.datasets.mirabest import (
    BATCHES,
    PlainUnpickler,
    read_archive,
    read_batch,
    read_members,
    unpickle,
)
from secondsight.datasets.registry import load
from secondsight.datasets.tasks import FANAROFF_RILEY
from secondsight.errors import DataError, SourceError

META = {"num_cases_per_batch": 2, "label_names": ["FRI", "FRII"], "num_vis": 22500}


def made_batch(number: int, **changed: Any) -> dict[str, Any]:
    """Return a batch of an FR I and an FR II; the FR I of the third is entirely black."""
    images = [np.full((150, 150), 0 if number == 3 else number, np.uint8)] * 2
    batch = {
        "batch_label": "a batch",
        "labels": [0, 1],
        "data": [images[0], images[1] + np.uint8(100)],
        "filenames": [
            np.str_(f"Best/Cropped/100_10{number}.000_+001.000.png"),
            np.str_(f"Best/Cropped/200_10{number}.000_-001.000.png"),
        ],
    }
    return {**batch, **changed}


def members(**changed: Any) -> dict[str, bytes]:
    """Return the files of an archive; what is changed goes into the first batch."""
    files = {"batches.meta": pickle.dumps(META, 3)}
    for number, name in enumerate(BATCHES, start=1):
        batch = made_batch(number, **(changed if number == 1 else {}))
        files[name] = pickle.dumps(batch, 3)
    return files


def make_archive(path: Path, files: dict[str, bytes]) -> Path:
    """Write files as MiraBest does, with their MD5 sums."""
    sums = [f"{hashlib.md5(content).hexdigest()}  {name}\n" for name, content in files.items()]
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"hash.md5": "".join(sums).encode(), **files}.items():
            about = tarfile.TarInfo(f"batches/{name}")
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return path


def test_an_archive_is_read(tmp_path: Path) -> None:
    dataset = read_archive(make_archive(tmp_path / "batches.tar.gz", members()))
    assert len(dataset) == 17
    assert dataset.table["split"].tolist() == ["train"] * 15 + ["test"] * 2
    assert dataset.table["image_id"][0] == "101.000_+001.000"
    assert dataset.table["label"][:2].tolist() == ["0", "1"]
    assert (dataset.pixels("102.000_-001.000") == 102).all()
    assert dataset.origin == "real sky"


def test_black_images_are_named_and_left_out(tmp_path: Path) -> None:
    dataset = read_archive(make_archive(tmp_path / "batches.tar.gz", members()))
    assert "103.000_+001.000" not in set(dataset.table["image_id"])
    assert dataset.table.attrs["left_out"] == ["103.000_+001.000"]


class Hostile:
    """A pickle of this calls a function when it is read."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.how = (function, arguments)

    def __reduce__(self) -> Any:
        return self.how


def test_a_hostile_pickle_is_refused_in_one_line_and_does_nothing(tmp_path: Path) -> None:
    target = tmp_path / "written"
    attack = pickle.dumps(Hostile(Path.write_text, target, "gotcha"), 3)
    pickle.loads(attack)
    assert target.read_text() == "gotcha"  # it would work
    target.unlink()
    files = {**members(), "data_batch_1": attack}
    archive = make_archive(tmp_path / "batches.tar.gz", files)
    with pytest.raises(
        DataError, match=r"^data_batch_1: the pickle asks for .*, which is refused$"
    ):
        read_archive(archive)
    assert not target.exists()


@pytest.mark.parametrize(
    ("function", "argument", "named"),
    [
        (eval, "1", "builtins.eval"),
        (subprocess.getoutput, "true", "subprocess.getoutput"),
        (np.load, "x.npy", "numpy.load"),
        (np.memmap, "x.npy", "numpy.memmap"),
        (getattr, "x", "builtins.getattr"),
        (sys.exit, "0", "sys.exit"),
    ],
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_everything_else_is_refused_by_name(
    function: Any, argument: str, named: str, protocol: int
) -> None:
    content = pickle.dumps({"data": [Hostile(function, argument)]}, protocol)
    with pytest.raises(
        DataError, match=r"^batch: the pickle asks for [\w.]+, which is refused$"
    ) as caught:
        unpickle(content, "batch")
    assert named.split(".")[1] in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.",
        b"\x80\x04\x8c\x16numpy._core.multiarray\x8c\x08fromfile\x93.",
        b"\x80\x02U\x01xQ.",
    ],
)
def test_written_by_hand_it_is_refused_as_well(content: bytes) -> None:
    with pytest.raises(DataError, match=r"which is refused$"):
        unpickle(content, "batch")


def test_only_four_names_are_known() -> None:
    assert {name for _, name in PlainUnpickler.ALLOWED} == {
        "_reconstruct",
        "scalar",
        "ndarray",
        "dtype",
    }


def test_an_array_of_objects_gets_no_further(tmp_path: Path) -> None:
    target = tmp_path / "written"
    array = np.array([Hostile(Path.write_text, target, "gotcha")], dtype=object)
    with pytest.raises(DataError, match="is refused"):
        unpickle(pickle.dumps(array, 3), "batch")
    assert not target.exists()


def refusal(content: bytes) -> str:
    try:
        unpickle(content, "batch")
    except DataError as error:
        return str(error)
    return ""


@given(st.binary(max_size=60))
def test_any_bytes_are_either_read_or_refused_in_one_line(content: bytes) -> None:
    assert "\n" not in refusal(content)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"labels": [0]}, "data_batch_1 holds 2 filenames, 1 labels, 2 data"),
        ({"labels": [1, 1]}, "has the label 1, but its name says 0"),
        ({"labels": 3}, "holds no lists of filenames, labels, data"),
        ({"filenames": ["a.png", "b.png"]}, "holds a file name of unknown form: 'a.png'"),
        (
            {"filenames": ["300_101.000_+001.000.png", "200_101.000_+001.000.png"]},
            "holds a file name of unknown form: '300",
        ),
        ({"data": [np.zeros((150, 149), np.uint8)] * 2}, r"has \(150, 149\) uint8, not 150 x 150"),
        ({"data": [np.zeros((150, 150))] * 2}, r"has \(150, 150\) float64, not 150 x 150"),
        ({"data": [[0] * 22500] * 2}, "has list , not 150 x 150"),
    ],
)
def test_what_is_wrong_in_a_batch_is_named(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read_archive(make_archive(tmp_path / "batches.tar.gz", members(**changed)))


def test_a_batch_that_is_no_dict_is_refused() -> None:
    with pytest.raises(DataError, match="x holds no dict with filenames, labels, data"):
        read_batch(pickle.dumps([1, 2]), "x")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_an_archive_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    files = {
        name: content + np.random.default_rng(0).bytes(5_000) for name, content in members().items()
    }
    archive = make_archive(tmp_path / "batches.tar.gz", files)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=r"batches\.tar\.gz is cut off or damaged"):
        read_archive(archive)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "batches.tar.gz").write_bytes(b"<html>404</html>")
    with pytest.raises(DataError, match="is cut off or damaged"):
        read_archive(tmp_path / "batches.tar.gz")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    files = members()
    del files["data_batch_4"]
    with pytest.raises(DataError, match="lacks the file data_batch_4"):
        read_archive(make_archive(tmp_path / "batches.tar.gz", files))


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    files = members()
    archive = make_archive(tmp_path / "batches.tar.gz", files)
    with tarfile.open(archive) as old:
        sums = old.extractfile("batches/hash.md5")
        assert sums is not None
        listed = (
            sums.read()
            .replace(b"data_batch_2", b"data_batch_x")
            .replace(b"data_batch_3", b"data_batch_2")
        )
    with tarfile.open(archive, "w:gz") as new:
        for name, content in {**files, "hash.md5": listed}.items():
            about = tarfile.TarInfo(f"batches/{name}")
            about.size = len(content)
            new.addfile(about, io.BytesIO(content))
    with pytest.raises(DataError, match="data_batch_2 has another MD5"):
        read_archive(archive)


def test_other_label_names_are_refused(tmp_path: Path) -> None:
    meta = {**META, "label_names": ["FRII", "FRI"]}
    files = {**members(), "batches.meta": pickle.dumps(meta, 3)}
    with pytest.raises(DataError, match=r"names the labels \['FRII', 'FRI'\]"):
        read_archive(make_archive(tmp_path / "batches.tar.gz", files))


def test_without_the_archive_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECONDSIGHT_MIRROR", str(tmp_path))
    monkeypatch.setattr("secondsight.paths.DOWNLOADS", tmp_path)
    with pytest.raises(SourceError, match="run secondsight data fetch mirabest"):
        load("mirabest")


@pytest.mark.mirror
def test_the_real_images(mirror: Path) -> None:
    dataset = load("mirabest")
    assert len(dataset) == 786
    assert dataset.table["label"].value_counts().to_dict() == {"1": 437, "0": 349}
    assert dataset.table["split"].value_counts().to_dict() == {"train": 698, "test": 88}
    assert set(dataset.table["label"]) == set(FANAROFF_RILEY.codes)
    black = dataset.table.attrs["left_out"]
    assert len(black) == 6
    assert "036.061_+000.563" in black
    assert dataset.pixels(dataset.table["image_id"][0]).shape == (150, 150, 3)


def test_the_task_has_two_types() -> None:
    assert FANAROFF_RILEY.name_of == {"0": "FR I", "1": "FR II"}


def packed(path: Path, *files: tuple[str, int]) -> Path:
    """Write a tar.gz of files of zeros."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, size in files:
            about = tarfile.TarInfo(name)
            about.size = size
            archive.addfile(about, io.BytesIO(bytes(size)))
    return path


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.tar.gz", *[(f"file-{number}", 0) for number in range(5_000)])
    with pytest.raises(DataError, match="unpacks to more than 50,000,000 bytes or 100 files"):
        read_members(path)


def test_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirabest, "MOST_BYTES", 3_000_000)
    path = packed(tmp_path / "a.tar.gz", *[(f"file-{number}", 900_000) for number in range(5)])
    with pytest.raises(DataError, match=r"a\.tar\.gz (unpacks to more than|is cut off)") as caught:
        read_members(path)
    assert "\n" not in str(caught.value)


def test_a_chain_of_long_names_is_one_line(tmp_path: Path) -> None:
    about = tarfile.TarInfo("x")
    about.type = tarfile.GNUTYPE_LONGNAME
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(about.tobuf() * 5_000))
    with pytest.raises(DataError, match="is cut off or damaged"):
        read_members(path)


@pytest.mark.parametrize("column", ["filenames", "labels", "label_names"])
def test_a_nested_value_is_said_in_few_words(tmp_path: Path, column: str) -> None:
    """Each list holds the one before twice: written out it would fill the memory."""
    nested: list[Any] = ["ha"]
    for _ in range(60):
        nested = [nested, nested]
    meta = {**META, "label_names": nested} if column == "label_names" else META
    changed = {} if column == "label_names" else {column: [nested, nested]}
    files = {**members(**changed), "batches.meta": pickle.dumps(meta, 3)}
    with pytest.raises(DataError) as caught:
        read_archive(make_archive(tmp_path / "batches.tar.gz", files))
    assert len(str(caught.value)) < 500
