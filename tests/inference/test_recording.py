import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import SIDECAR, request, rows

from secondsight.errors import RecordingError
from secondsight.inference.recording import (
    Sidecar,
    read_rows,
    read_sidecar,
    sampling_of,
    sealed,
    sidecar_path,
    verify,
    write_recording,
    write_sidecar,
)
from secondsight.inference.schema import ROWS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording of forty responses."""
    place = tmp_path / "r.parquet"
    write_recording(place, rows(count=40), SIDECAR)
    return place


def test_a_recording_comes_back_as_it_was(path: Path) -> None:
    assert read_rows(path).equals(rows(count=40).sort_by("key"))
    assert verify(path) == []


def test_a_few_columns_come_alone(path: Path) -> None:
    part = read_rows(path, ["response", "key"])
    assert part.column_names == ["response", "key"]
    assert part["key"].equals(read_rows(path)["key"])


def test_the_sidecar_tells_what_was_measured(path: Path) -> None:
    sidecar = read_sidecar(path)
    assert sidecar.rows == 40
    assert sidecar.bytes == path.stat().st_size
    assert sidecar.models == ["sky-1"]
    assert sidecar.schema_number == 1
    assert sidecar.first_recorded == pc.min(rows(count=40)["recorded_at"]).as_py()
    assert sidecar.last_recorded == pc.max(rows(count=40)["recorded_at"]).as_py()
    assert sidecar.title == SIDECAR.title


def test_every_model_is_listed_whatever_its_name(tmp_path: Path) -> None:
    names = ["a/b:c", 'with "quotes" and \\', "Ω-1", "a"]
    table = pa.concat_tables([rows(request('"model":"trap"', name)) for name in names])
    sidecar = write_recording(tmp_path / "m.parquet", table, SIDECAR)
    assert sidecar.models == sorted(names)
    assert verify(tmp_path / "m.parquet") == []


def test_a_recording_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.parquet"
    sidecar = write_recording(path, ROWS.empty_table(), SIDECAR)
    assert (sidecar.rows, sidecar.models, sidecar.first_recorded) == (0, [], None)
    assert verify(path) == []
    assert read_rows(path).num_rows == 0


def test_nothing_is_left_lying_about(path: Path) -> None:
    assert {found.name for found in path.parent.iterdir()} == {"r.parquet", "r.toml"}


@given(st.permutations(range(12)))
def test_the_same_rows_in_any_order_give_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    table = rows(count=12)
    write_recording(folder / "a.parquet", table, SIDECAR)
    write_recording(folder / "b.parquet", table.take(pa.array(order)), SIDECAR)
    assert (folder / "a.parquet").read_bytes() == (folder / "b.parquet").read_bytes()
    assert (folder / "a.toml").read_bytes() == (folder / "b.toml").read_bytes()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])
@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_a_flipped_byte_is_caught(path: Path, share: float, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[round(share * (len(content) - 1))] ^= bit
    path.write_bytes(content)
    (complaint,) = verify(path)
    assert "its SHA-256 is not the one in its sidecar" in complaint
    with pytest.raises(RecordingError, match="is damaged"):
        read_rows(path, ["key"])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_off_file_is_caught(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert len(verify(path)) == 1
    with pytest.raises(RecordingError, match=r"r\.parquet is damaged: .* fetch it again"):
        read_rows(path)


def test_every_flipped_bit_is_found_at_load(path: Path) -> None:
    chance = random.Random(5)
    for file in (path, sidecar_path(path)):
        content = file.read_bytes()
        for _ in range(150):
            place, bit = chance.randrange(len(content)), chance.randrange(8)
            flipped = bytes([content[place] ^ 1 << bit])
            file.write_bytes(content[:place] + flipped + content[place + 1 :])
            assert len(verify(path)) == 1
            with pytest.raises(RecordingError):
                read_rows(path, ["key", "response"])
        file.write_bytes(content)
    assert verify(path) == []


def test_a_word_that_was_changed_is_found_and_may_be_meant(path: Path) -> None:
    note = sidecar_path(path)
    words = note.read_text().replace("simulated sky", "real sky")
    note.write_text(words)
    with pytest.raises(RecordingError, match="is not what its checksum was made of: restore it"):
        read_sidecar(path)
    note.write_text("".join(words.splitlines(keepends=True)[:-1]))
    assert read_sidecar(path).origin == "recorded here, real sky"
    assert verify(path) == []


def lie(path: Path, old: str, new: str) -> None:
    """Change a sidecar's words, with the checksum that they then have."""
    note = sidecar_path(path)
    words, _, _ = note.read_text().partition("checksum = ")
    assert old in words
    note.write_bytes(sealed(words.replace(old, new).encode()))


LIES: dict[str, Callable[[Sidecar], tuple[str, str]]] = {
    "rows": lambda told: ("rows = 40", "rows = 41"),
    "sha256": lambda told: (told.sha256, told.sha256[::-1]),
    "models": lambda told: ('"sky-1"', '"sky-2"'),
    "bytes": lambda told: (f"bytes = {told.bytes}", f"bytes = {told.bytes + 1}"),
    "first_recorded": lambda told: ("first_recorded = 2026", "first_recorded = 2025"),
    "last_recorded": lambda told: ("last_recorded = 2026", "last_recorded = 2027"),
    "schema": lambda told: ("schema_number = 1", "schema_number = 2"),
    "SHA-256": lambda told: (f'sha256 = "{told.sha256}"', 'sha256 = ""'),
    "title": lambda told: ("title", "titel"),
}


@pytest.mark.parametrize("field", LIES)
def test_a_lying_sidecar_is_caught(path: Path, field: str) -> None:
    lie(path, *LIES[field](read_sidecar(path)))
    (complaint,) = verify(path)
    assert field in complaint or field == "sha256"


def test_a_time_that_is_not_said_is_caught(path: Path) -> None:
    note = sidecar_path(path)
    (line,) = [line for line in note.read_text().splitlines(True) if line.startswith("first_rec")]
    lie(path, line, "")
    (complaint,) = verify(path)
    assert "first_recorded = None" in complaint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"rows = ", "not valid TOML"),
        (b"\xff", "not valid TOML"),
        (b'title = "x"', "about: field required"),
        (b"", "title: field required"),
    ],
)
def test_a_sidecar_that_is_none_is_caught(path: Path, content: bytes, said: str) -> None:
    sidecar_path(path).write_bytes(content)
    (complaint,) = verify(path)
    assert said in complaint


def test_a_field_that_no_sidecar_has_is_caught(path: Path) -> None:
    lie(path, 'title = "A test"', 'title = "A test"\nauthor = "me"')
    assert len(verify(path)) == 1


def test_a_missing_sidecar_is_caught(path: Path) -> None:
    sidecar_path(path).unlink()
    assert verify(path) == [f"{path} has no sidecar r.toml beside it"]
    with pytest.raises(RecordingError, match="no sidecar"):
        read_rows(path)


def test_a_missing_recording_is_caught(path: Path) -> None:
    path.unlink()
    assert verify(path) == [f"{path} is missing, but its sidecar is there"]
    with pytest.raises(RecordingError, match="is missing, but its sidecar is there"):
        read_rows(path)


def test_a_key_that_stands_twice_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    write_recording(path, pa.concat_tables([rows(count=3), rows(count=1, answer="0")]), SIDECAR)
    assert verify(path) == [f"{path}: a key stands in it twice"]


def test_a_key_that_is_not_its_requests_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "swapped.parquet"
    table = rows(count=5)
    turned = table["key"].take(pa.array([1, 0, 2, 3, 4]))
    write_recording(path, table.set_column(0, ROWS.field("key"), turned), SIDECAR)
    assert verify(path) == [f"{path}: 2 keys are not their request's"]


def test_a_parquet_file_of_another_kind_is_one_line(path: Path) -> None:
    before = read_sidecar(path).sha256
    pq.write_table(pa.table({"x": [1]}), path)
    lie(path, before, hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(RecordingError, match="is no recording: it lacks 'image_id'"):
        read_rows(path)
    with pytest.raises(RecordingError, match="is no recording"):
        read_rows(path, ["key"])


def test_a_place_that_cannot_be_written_is_one_line(path: Path) -> None:
    target = path.parent / "taken.parquet"
    (target / "inside").mkdir(parents=True)
    with pytest.raises(RecordingError, match=r"cannot write .*taken\.parquet"):
        write_recording(target, rows(), SIDECAR)
    assert not list(path.parent.glob("*.part"))


@pytest.mark.parametrize(
    ("sampling", "words"),
    [
        ({}, "temperature left to the endpoint"),
        ({"temperature": 0, "max_tokens": 200}, "temperature 0, at most 200 tokens"),
        ({"top_p": 0.9, "seed": 7}, "top-p 0.9, seed 7"),
        (
            {"max_completion_tokens": 900, "reasoning_effort": "low", "logprobs": True},
            "temperature left to the endpoint, at most 900 tokens with the reasoning, "
            "reasoning effort low",
        ),
    ],
)
def test_how_answers_were_drawn_is_read_from_the_requests(
    sampling: dict[str, object], words: str
) -> None:
    request = {"model": "m", "response_format": {"sampling": {"seed": 1}}, "sampling": sampling}
    texts = [orjson.dumps(request).decode()]
    assert sampling_of(texts * 2) == words
    assert set(sampling_of(["{}", *texts]).split("; or ")) == {words, sampling_of(["{}"])}


def test_a_sidecar_that_tells_another_sampling_is_found_out(recordings: Path) -> None:
    path = recordings / "a.parquet"
    measured = write_recording(path, rows(count=2), SIDECAR)
    write_sidecar(path, measured.model_copy(update={"sampling": "temperature 9"}))
    (complaint,) = verify(path)
    assert "says sampling = temperature 9, found " in complaint
    write_sidecar(path, measured.model_copy(update={"sampling": None}))  # of an older version
    assert verify(path) == []
