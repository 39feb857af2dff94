"""Votes of Galaxy Zoo 2: small files of the released forms, right and wrong."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from real_files import Places
from secondsight.datasets import galaxy_zoo, sources
from secondsight.datasets.galaxy_zoo import QUESTIONS, read_images, read_votes, votes_by_image
from secondsight.errors import DataError, SourceError

COLUMNS = [f"{one}_count" for asked in QUESTIONS.values() for one in (asked.yes, *asked.no)]
IMAGES = "objid,sample,asset_id\n587722981741363294,original,58\n587722981741559888,original,59\n"


def table(objects: list[str], name: str = "dr7objid", **changed: object) -> pd.DataFrame:
    """Return votes of the released form: each answer to each question 7 times, or as changed."""
    made = pd.DataFrame({name: objects, "ra": 160.99, "dec": -0.6, "gz2_class": "Sb"})
    return made.assign(**(dict.fromkeys(COLUMNS, 7) | changed))


def write(path: Path, votes: pd.DataFrame) -> Path:
    votes.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", galaxy_zoo.OBJECT)
def test_both_releases_are_read(tmp_path: Path, name: str) -> None:
    votes = read_votes(write(tmp_path / "votes.csv.gz", table(["587722981741363294", "8"], name)))
    assert len(votes) == 2 * len(QUESTIONS)
    smooth = votes[votes["question"] == "smooth"]
    assert smooth[["objid", "yes", "votes"]].to_numpy().tolist() == [
        ["587722981741363294", 7, 21],
        ["8", 7, 21],
    ]
    assert set(votes.loc[votes["question"] != "smooth", "votes"]) == {14}


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        (table(["1", "1"]), "holds the dr7objid '1' twice"),
        (table(["1"], "name"), "lacks the column 'objid'"),
        (table(["1"]).drop(columns="dec"), "lacks the column 'dec'"),
        (table(["1"]).drop(columns=COLUMNS[3]), f"lacks the column '{COLUMNS[3]}'"),
        (table(["1", ""]), "'dr7objid' is empty in row 1"),
        (table(["1"], **{COLUMNS[0]: -1}), "holds '-1', which is no count"),
        (table(["1"], **{COLUMNS[0]: 2.5}), "holds '2.5', which is no count"),
        (table(["1"], **{COLUMNS[0]: "many"}), "holds 'many', which is no count"),
        (table(["1"], **{COLUMNS[0]: float("inf")}), "holds 'inf', which is no count"),
    ],
)
def test_a_malformed_table_is_refused(tmp_path: Path, votes: pd.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_votes(write(tmp_path / "votes.csv", votes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08\x00cut off", b"\x00\xff\xfe"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "votes.csv.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is no readable table"):
        read_votes(path)


def test_images_find_the_votes_on_their_galaxies(tmp_path: Path) -> None:
    path = tmp_path / "images.csv"
    path.write_text(IMAGES)
    votes = read_votes(write(tmp_path / "votes.csv", table(["587722981741559888", "8"])))
    joined = votes_by_image(votes, read_images(path))
    assert set(joined["image_id"]) == {"59"}
    assert joined["question"].tolist() == list(QUESTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (IMAGES + "3,original,58\n", "holds the asset_id '58' twice"),
        (IMAGES.replace("asset_id", "name"), "lacks the column 'asset_id'"),
        (IMAGES + "3,original,\n", "'asset_id' is empty in row 2"),
    ],
)
def test_a_malformed_map_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "images.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_images(path)


def test_the_votes_of_the_whole_survey_are_loaded_by_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path, monkeypatch)
    with pytest.raises(SourceError, match="run secondsight data fetch galaxy-zoo-2-votes"):
        galaxy_zoo.load_votes()
    write(places.path(galaxy_zoo.VOTES), table(["587722981741363294"]))
    places.path(galaxy_zoo.IMAGES).write_text(IMAGES)
    assert set(galaxy_zoo.load_votes()["image_id"]) == {"58"}


PACKED = gzip.compress(b"objid,ra\n", mtime=0)  # a test's name holds it: no time may stand there


@pytest.mark.parametrize("content", [b"<html>", PACKED, b"\x1f\x8b\x08"])
def test_what_does_not_begin_as_the_table_does_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    Places(tmp_path, monkeypatch).path(galaxy_zoo.VOTES).write_bytes(content)
    with pytest.raises(SourceError, match="is not the file 'galaxy-zoo-2-votes'"):
        sources.find(galaxy_zoo.VOTES)


def test_a_source_without_a_hash_says_so() -> None:
    assert sources.source(galaxy_zoo.VOTES).doubt.startswith("not verified: no hash of it is known")
