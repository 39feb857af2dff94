"""A class's files: put together as a crowd, or refused in one line."""

import json
from pathlib import Path

import pandas as pd
import pytest

from secondsight.datasets.votes import COLUMNS
from secondsight.errors import DataError
from secondsight.papers import your_class

IDS = ["morphology-0000", "morphology-0001", "morphology-0002"]


def write_student(folder: Path, name: str, answers: list[str], *, workflow: int = 1) -> Path:
    """Write what the page writes for one student."""
    rows = []
    for place, answer in enumerate(answers):
        own = {
            "classification_id": 1000 * sum(map(ord, name)) + place,
            "user_name": name,
            "workflow_id": workflow,
            "workflow_version": "1.1",
            "created_at": "2026-11-22 10:00:00 UTC",
            "metadata": "{}",
            "annotations": json.dumps([{"task": "T0", "value": answer}]),
            "subject_data": json.dumps({place + 1: {"Filename": f"{IDS[place]}.png"}}),
            "subject_ids": place + 1,
        }
        rows.append(own)
    path = folder / f"{name}.csv"
    pd.DataFrame(rows).reindex(columns=list(COLUMNS)).to_csv(path, index=False)
    return path


def test_files_become_a_crowd_and_copies_count_once(tmp_path: Path) -> None:
    path = write_student(tmp_path, "ann", ["round", "cigar", "spiral"])
    (tmp_path / "ann (1).csv").write_bytes(path.read_bytes())
    write_student(tmp_path, "ben", ["round", "cigar", "edge-on"])
    write_student(tmp_path, "cid", ["round", "edge-on"])
    room = your_class.find_class(str(tmp_path))
    assert room.said.shape == (2, 3)
    assert room.majority.tolist() == ["round", "cigar"]
    assert room.votes.loc[IDS[1]].to_dict() == {"cigar": 2, "edge-on": 1, "round": 0}
    assert room.votes.index[0] == IDS[1]  # the one that divides comes first
    assert room.model("minivlm-4").index.equals(room.said.index)


def test_a_folder_without_one_class_is_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no CSV"):
        your_class.find_class(str(tmp_path))
    write_student(tmp_path, "ann", ["round"])
    write_student(tmp_path, "ben", ["LSBG"], workflow=2)
    with pytest.raises(
        DataError,
        match=r"must hold one set of simulated galaxies of the page, not those of ann.*ben",
    ):
        your_class.find_class(str(tmp_path))


def test_a_made_class_follows_from_its_seed() -> None:
    first, again, other = (your_class.made_class(seed).said for seed in (0, 0, 1))
    assert first.shape == (20, 30)
    assert first.equals(again)
    assert not first.equals(other)


def test_an_invented_class_takes_a_shape_for_its_look_alike_alone() -> None:
    room = your_class.made_class(0)
    alike = room.truth.map(your_class.LOOK_ALIKES)
    assert (room.said.eq(room.truth, axis=0) | room.said.eq(alike, axis=0)).all(axis=None)
    assert room.said.eq(alike, axis=0).any(axis=None)


def test_numbers_of_a_class_are_shares_and_kappas() -> None:
    room = your_class.made_class(0)
    numbers = your_class.numbers(room, "minivlm-4")
    assert numbers["one_right"].value == pytest.approx(
        room.said.eq(room.truth, axis=0).mean().mean()
    )
    assert numbers["class_right"].value == (room.majority == room.truth).mean()
    assert all(own.low <= own.value <= own.high for own in numbers.values())
    galaxies, together = your_class.panels(room)
    assert len(galaxies.series[0].estimates) == 20
    assert together.series[0].x[:2] == [1, 3]


def test_a_class_of_one_has_no_agreement_among_students(tmp_path: Path) -> None:
    write_student(tmp_path, "ann", ["round", "cigar", "spiral"])
    numbers = your_class.numbers(your_class.find_class(str(tmp_path)), "minivlm-4")
    assert numbers["students_kappa"].value != numbers["students_kappa"].value
