from pathlib import Path

import pyarrow as pa
import pytest
from made import SIDECAR, request, rows

from endpoint import completion
from secondsight.errors import RecordingError
from secondsight.inference.body import text_of
from secondsight.inference.diff import Difference, diff
from secondsight.inference.recording import write_recording


def save(path: Path, *parts: pa.Table) -> Path:
    write_recording(path, pa.concat_tables(parts), SIDECAR)
    return path


def test_a_recording_does_not_differ_from_itself(tmp_path: Path) -> None:
    path = save(tmp_path / "a.parquet", rows(count=4))
    assert diff(path, path) == Difference("request", 0, 0, 4, 0, [])


def test_every_kind_of_difference_is_counted(tmp_path: Path) -> None:
    left = save(tmp_path / "a.parquet", rows(count=5, answer="1"))
    right = save(
        tmp_path / "b.parquet",
        rows(count=2, start=2, answer="1", day=9),
        rows(count=3, start=4, answer="0"),
    )
    found = diff(left, right)
    assert found == Difference("request", 2, 2, 2, 1, [("img-004", "1", "0")])


def test_the_other_way_round_is_the_mirror_image(tmp_path: Path) -> None:
    left = save(tmp_path / "a.parquet", rows(count=3, answer="1"))
    right = save(tmp_path / "b.parquet", rows(count=2, answer="0"))
    assert diff(left, right).only_left == diff(right, left).only_right == 1
    assert diff(right, left).examples[0][1:] == ("0", "1")


def test_only_the_text_of_an_answer_counts(tmp_path: Path) -> None:
    table = rows(count=3)
    other = pa.array([completion("1", model="later").decode()] * 3)
    left = save(tmp_path / "a.parquet", table)
    right = save(tmp_path / "b.parquet", table.set_column(4, table.schema.field(4), other))
    assert diff(left, right).same == 3


def test_at_most_ten_examples_are_given(tmp_path: Path) -> None:
    left = save(tmp_path / "a.parquet", rows(count=30, answer="1"))
    right = save(tmp_path / "b.parquet", rows(count=30, answer="0"))
    found = diff(left, right)
    assert (found.changed, len(found.examples)) == (30, 10)
    assert found.examples == diff(left, right).examples


@pytest.mark.parametrize("response", ["A: round", "7", "{}", '{"choices": []}', "[]", "null", ""])
def test_what_is_no_body_is_the_text_itself(response: str) -> None:
    assert text_of(response) == response


def test_of_a_body_the_text_is_taken() -> None:
    assert text_of(completion("A: round").decode()) == "A: round"


def test_an_absent_recording_is_one_line(tmp_path: Path) -> None:
    path = save(tmp_path / "a.parquet", rows())
    with pytest.raises(RecordingError, match="no sidecar"):
        diff(path, tmp_path / "b.parquet")


def test_two_models_are_compared_image_by_image(tmp_path: Path) -> None:
    left = save(tmp_path / "a.parquet", rows(request(model="one"), count=3))
    right = save(tmp_path / "b.parquet", rows(request(model="two"), count=4))
    assert diff(left, right) == Difference("image", 0, 1, 3, 0, [])
