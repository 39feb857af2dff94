from pathlib import Path

import pytest

from secondsight.datasets.tasks import DWARF, MORPHOLOGY, Category, Task
from secondsight.datasets.vote_counts import read_vote_counts
from secondsight.errors import DataError

SPIRAL = Task("spiral", (Category("yes", "yes", ("spiral",)), Category("no", "no")))
IMAGES = {"a", "b"}


def write(folder: Path, text: str) -> Path:
    (folder / "votes.csv").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (SPIRAL, "image_id,yes,no\na,3,1\nb,0,4\n"),
        (SPIRAL, "image_id;no_votes;spiral_votes;more\na.png;1;3;x\nb;4;0;y\n"),
        (SPIRAL, "image_id,spiral votes,total_votes\na,3,4\nb.fits,0,4\n"),
        (DWARF, "image_id,dwarf_votes,total_votes\na,1,4\nb,4,4\n"),
    ],
)
def test_votes_are_counts_by_category(tmp_path: Path, task: Task, text: str) -> None:
    counts, bad = read_vote_counts(write(tmp_path, text), task, IMAGES)
    assert counts.columns.tolist() == task.codes
    assert counts.to_numpy().tolist() == [[3, 1], [0, 4]]
    assert counts.index.tolist() == ["a", "b"]
    assert bad == {}


def test_without_a_file_nobody_voted(tmp_path: Path) -> None:
    counts, bad = read_vote_counts(tmp_path, SPIRAL, IMAGES)
    assert (counts.columns.tolist(), len(counts), bad) == (["yes", "no"], 0, {})


def test_a_row_without_an_image_is_told(tmp_path: Path) -> None:
    counts, bad = read_vote_counts(write(tmp_path, "image_id,yes,no\nc,1,1\na,2,0"), SPIRAL, IMAGES)
    assert bad == {"votes.csv: 'c'": "is no image of the folder"}
    assert counts.index.tolist() == ["a"]


@pytest.mark.parametrize(
    ("task", "text", "said"),
    [
        (MORPHOLOGY, "image_id,round,cigar\na,1,2\n", "no column of counts for edge-on, spiral"),
        (SPIRAL, "image_id,yes\na,1\n", "no column of counts for no"),
        (SPIRAL, "image_id,yes,spiral,no\na,1,1,1\n", "two columns for 'yes'"),
        (SPIRAL, "id,yes,no\na,1,1\n", "has no image_id"),
        (SPIRAL, "image_id,yes,no\na,1,1.5\n", "'1.5' in the column 'no' is no whole number"),
        (SPIRAL, "image_id,yes,no\na,-1,1\n", "'-1' in the column 'yes' is no whole number"),
        (SPIRAL, "image_id,yes,total_votes\na,3,2\n", "more votes than total_votes"),
        (SPIRAL, "image_id,yes,no\na,1,1\na.png,1,1\n", "the image_id 'a' stands twice"),
        (SPIRAL, "", "is no table: it is empty"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, task: Task, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_vote_counts(write(tmp_path, text), task, IMAGES)
    assert "votes.csv" in str(caught.value)
    assert "\n" not in str(caught.value)
