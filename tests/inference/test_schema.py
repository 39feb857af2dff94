from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made import SIDECAR, image, request, rows

from secondsight.datasets.dataset import Dataset
from secondsight.errors import RecordingError
from secondsight.inference import journal, recording, schema
from secondsight.inference.ask import ask
from secondsight.inference.cache import Cache
from secondsight.inference.journal import line_of, read_journal
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import read_rows, sealed, sidecar_path, verify, write_recording
from secondsight.inference.request import Image, Message, Request, Sampling, Template, Text, key_of

FIRST = Path(__file__).parent / "recordings" / "schema-1.parquet"
"""Written by the first version of this package; never written again."""

FIRST_TEXT = 'Is it "an LSBG"? Écris 1 ou 0. 🔭'
FIRST_SHA256 = "adcd5fcad46f2b5966cb4f6aed5f2ae259c46e49ccd01ef1a48c2f40ab9d5154"


class LaterRequest(Request):
    """Tomorrow's request, with one field more."""

    tools: list[str] | None = None


def keys(kind: type[Request] = Request) -> list[bytes]:
    """Return the keys, made today, of what the first recording holds."""
    message = Message(role="user", content=(Text(text=FIRST_TEXT), Image(sha256="0" * 64)))
    asked = kind(
        model="sky-1",
        messages=(message,),
        sampling=Sampling(temperature=0.0, max_tokens=5),
        response_format=FIRST_PROMPT.schema_asked,
    )
    template = Template(asked)
    return [template.key(image(number), repeat) for number in range(4) for repeat in range(2)]


FIRST_PROMPT = Prompt(name="lsbg-first", task="lsbg", about="A test.", text=FIRST_TEXT)


def test_the_first_recording_is_as_it_was() -> None:
    assert recording.read_sidecar(FIRST).sha256 == FIRST_SHA256
    assert verify(FIRST) == []


def test_the_first_recording_is_written_alike_today(tmp_path: Path) -> None:
    told = recording.read_sidecar(FIRST)
    path = tmp_path / "again.parquet"
    write_recording(path, read_rows(FIRST), told)
    assert read_rows(path).equals(read_rows(FIRST))
    assert pq.read_schema(path).equals(pq.read_schema(FIRST))


@pytest.mark.parametrize("kind", [Request, LaterRequest])
def test_the_first_recording_is_found_by_keys_made_today(kind: type[Request]) -> None:
    found = Cache(FIRST.parent).find(keys(kind))
    texts = [
        orjson.loads(body)["choices"][0]["message"]["content"]
        for body in found["response"].to_pylist()
    ]
    assert texts == ["0", "1", "1", "0", "0", "1", "1", "0"]


def test_the_first_recording_answers_a_call_of_today() -> None:
    table = pd.DataFrame(
        {
            "image_id": [f"img-{number}" for number in range(4)],
            "label": ["0", "1", "0", "1"],
            "image_sha256": [image(number) for number in range(4)],
            "split": "test",
        }
    )
    dataset = Dataset("first", "simulated sky", table, str.encode)
    answers = ask(
        dataset,
        FIRST_PROMPT,
        "sky-1",
        Options(max_tokens=5, structured=True, repeats=2),
        Recorder(folder=FIRST.parent),
    )
    assert answers["answer"].tolist() == ["0", "1", "1", "0", "0", "1", "1", "0"]


def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make 2 the schema of today: a request says its language."""

    def add_language(stored: dict[str, Any]) -> dict[str, Any]:
        return stored | {"language": "en"}

    monkeypatch.setitem(schema.MIGRATIONS, 1, add_language)
    for module in (schema, recording, journal):
        monkeypatch.setattr(module, "SCHEMA", 2)


def test_an_older_recording_is_lifted_and_its_keys_are_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = read_rows(FIRST)
    tomorrow(monkeypatch)
    after = read_rows(FIRST)
    for text, key in zip(after["request"].to_pylist(), after["key"].to_pylist(), strict=True):
        assert orjson.loads(text)["language"] == "en"
        assert key == key_of(text.encode())
    assert set(after["key"].to_pylist()).isdisjoint(before["key"].to_pylist())
    assert after["response"].equals(before["response"])
    assert after.schema.equals(before.schema)


def test_an_older_recording_still_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow(monkeypatch)
    assert verify(FIRST) == []


def test_a_few_columns_of_an_older_recording_are_lifted_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tomorrow(monkeypatch)
    part = read_rows(FIRST, ["key", "response"])
    assert part.column_names == ["key", "response"]
    assert part["key"].equals(read_rows(FIRST)["key"])


def test_an_older_journal_is_lifted_beside_newer_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x.jsonl"
    said = {"image_id": "a", "repeat": 0, "response": "r"}
    with journal.Journal(path) as opened:
        opened.append(line_of(key=request().key, request=request().canonical().decode(), **said))
    tomorrow(monkeypatch)
    newer = b'{"language":"en","model":"sky-1"}'
    with journal.Journal(path) as opened:
        opened.append(line_of(key=key_of(newer), request=newer.decode(), **said))
    found = read_journal(path)
    assert [orjson.loads(text)["language"] for text in found["request"].to_pylist()] == ["en"] * 2
    assert found["key"].to_pylist() == [key_of(t.encode()) for t in found["request"].to_pylist()]


def with_schema(tmp_path: Path, number: int) -> Path:
    """Write a recording whose sidecar says that its schema is `number`."""
    path = tmp_path / "x.parquet"
    write_recording(path, rows(), SIDECAR)
    note = sidecar_path(path)
    words, _, _ = note.read_text().partition("checksum = ")
    words = words.replace("schema_number = 1", f"schema_number = {number}")
    note.write_bytes(sealed(words.encode()))
    return path


def test_a_newer_schema_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_schema(tmp_path, 3)
    with pytest.raises(RecordingError, match=r"schema 3 is newer than .* \(1\): update"):
        read_rows(path)
    tomorrow(monkeypatch)
    with pytest.raises(RecordingError, match=r"schema 3 is newer than .* \(2\): update"):
        read_rows(path)


@pytest.mark.parametrize("number", [0, -1])
def test_a_schema_that_never_was_is_one_clear_line(tmp_path: Path, number: int) -> None:
    path = with_schema(tmp_path, number)
    with pytest.raises(RecordingError, match=f"there is no schema {number}"):
        read_rows(path)
    assert len(verify(path)) == 1


def test_rows_of_todays_schema_are_left_alone() -> None:
    table: pa.Table = rows()
    assert schema.lift(table, schema.SCHEMA) is table
