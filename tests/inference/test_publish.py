import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from killed import Killed, killed_at
from made import SIDECAR, rows

from secondsight.errors import RecordingError
from secondsight.inference.body import text_of
from secondsight.inference.cache import Cache
from secondsight.inference.journal import Journal, line_of
from secondsight.inference.publish import newest, publish
from secondsight.inference.recording import read_rows, sidecar_path, verify


@pytest.fixture
def path(recordings: Path) -> Path:
    return recordings / "tiny.lsbg-1.gpt-4.1.parquet"


def record(path: Path, table: pa.Table) -> Path:
    """Write rows into the journal beside `path`."""
    journal = path.with_suffix(".jsonl")
    with Journal(journal) as opened:
        for row in table.to_pylist():
            said = ("key", "image_id", "repeat", "request", "response")
            opened.append(line_of(**{name: row[name] for name in said}))
    return journal


def texts(path: Path) -> dict[str, str]:
    table = read_rows(path)
    return {
        image_id: orjson.loads(body)["choices"][0]["message"]["content"]
        for image_id, body in zip(
            table["image_id"].to_pylist(), table["response"].to_pylist(), strict=True
        )
    }


def test_a_journal_becomes_a_recording(path: Path) -> None:
    journal = record(path, rows(count=3))
    measured = publish(path, SIDECAR)
    assert measured.rows == 3
    assert measured.models == ["sky-1"]
    assert verify(path) == []
    assert not journal.exists()
    assert sidecar_path(path).name == "tiny.lsbg-1.gpt-4.1.toml"


def test_a_later_journal_is_merged_and_counts(path: Path) -> None:
    record(path, rows(count=3, answer="1"))
    publish(path, SIDECAR)
    record(path, rows(count=3, start=2, answer="0"))
    assert publish(path, SIDECAR).rows == 5
    assert texts(path) == {
        "img-000": "1",
        "img-001": "1",
        "img-002": "0",
        "img-003": "0",
        "img-004": "0",
    }
    assert verify(path) == []


def test_of_one_key_the_last_line_counts(path: Path) -> None:
    record(path, rows(count=1, answer="1"))
    record(path, rows(count=1, answer="0"))
    publish(path, SIDECAR)
    assert texts(path) == {"img-000": "0"}


def test_the_last_row_of_each_key_is_kept() -> None:
    parts = [rows(count=3, answer="1"), rows(count=2, answer="0"), rows(count=1, answer="x")]
    merged = newest(parts).sort_by("image_id")
    bodies = merged["response"].to_pylist()
    assert [orjson.loads(body)["choices"][0]["message"]["content"] for body in bodies] == [
        "x",
        "0",
        "1",
    ]


def test_nothing_to_publish_is_one_line(path: Path) -> None:
    with pytest.raises(RecordingError, match=r"there is no tiny\.lsbg-1\.gpt-4\.1\.jsonl"):
        publish(path, SIDECAR)
    assert not path.exists()


def test_a_journal_in_use_is_left_alone(path: Path) -> None:
    journal = record(path, rows())
    with Journal(journal), pytest.raises(RecordingError, match="by another process"):
        publish(path, SIDECAR)
    assert journal.exists()
    assert not path.exists()


def test_a_damaged_journal_is_kept(path: Path) -> None:
    journal = record(path, rows())
    content = journal.read_bytes()
    journal.write_bytes(b"x" + content)
    with pytest.raises(RecordingError, match="line 1, is damaged"):
        publish(path, SIDECAR)
    assert journal.read_bytes() == b"x" + content
    assert not path.exists()


@pytest.mark.parametrize("damage", ["sidecar", "recording"])
def test_published_responses_are_never_written_over_unread(path: Path, damage: str) -> None:
    record(path, rows(count=3))
    publish(path, SIDECAR)
    if damage == "sidecar":
        sidecar_path(path).unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    before = path.read_bytes()
    journal = record(path, rows(count=1, start=9))
    with pytest.raises(RecordingError):
        publish(path, SIDECAR)
    assert path.read_bytes() == before
    assert journal.exists()


def test_a_publication_that_was_cut_off_is_done_again(path: Path) -> None:
    record(path, rows(count=3))
    publish(path, SIDECAR)
    path.unlink()  # the sidecar is written first
    record(path, rows(count=3))
    assert publish(path, SIDECAR).rows == 3
    assert verify(path) == []


def test_a_publication_killed_at_any_step_is_readable_and_done_again(path: Path) -> None:
    record(path, rows(count=2, answer="1"))
    publish(path, SIDECAR)
    for step in range(99):
        record(path, rows(count=3, answer=str(step)))
        try:
            with pytest.MonkeyPatch.context() as patch:
                killed_at(step, patch)
                publish(path, SIDECAR)
        except Killed:
            assert verify(path) == []
            keys = rows(count=3)["key"].to_pylist()
            bodies = Cache(path.parent).find(keys)["response"].to_pylist()
            assert {text_of(body) for body in bodies} == {str(step)}
            if path.with_suffix(".jsonl").exists():
                publish(path, SIDECAR)
        else:
            break
        assert set(texts(path).values()) == {str(step)}
    assert 5 < step < 99
    assert not list(path.parent.glob("*.part"))


def test_all_is_synced_before_the_journal_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = record(path, rows(count=3))
    steps: list[str] = []

    def note(name: str, whole: Callable[..., Any], *said: Any, **named: Any) -> Any:
        if name == "fsync":
            said_of = Path(f"/proc/self/fd/{said[0]}")
            steps.append(f"sync {said_of.resolve().name if said_of.exists() else '?'}")
        else:
            steps.append(f"{name} {Path(said[0]).name}")
        return whole(*said, **named)

    for name in ("replace", "unlink", "fsync"):
        monkeypatch.setattr(os, name, partial(note, name, getattr(os, name)))
    publish(path, SIDECAR)
    if not Path("/proc/self/fd").exists():
        pytest.skip("no way to tell what is synced")
    steps = steps[: steps.index(f"unlink {journal.name}") + 2]
    parquet, sidecar, folder = f"{path.name}.part", f"{path.stem}.toml.part", path.parent.name
    assert steps[-8:] == [
        f"sync {sidecar}",
        f"replace {sidecar}",
        f"sync {folder}",
        f"sync {parquet}",
        f"replace {parquet}",
        f"sync {folder}",
        f"unlink {journal.name}",
        f"sync {folder}",
    ]
    assert f"sync {parquet}" in steps[: steps.index(f"replace {sidecar}")]


def test_whoever_answered_and_asked_is_named_once(path: Path) -> None:
    for endpoint, recorded_by, said in (
        ("a.org", None, ("a.org", None)),
        ("a.org", "B. Person", ("a.org", "not known, B. Person")),
        ("this machine", "B. Person", ("a.org, this machine", "not known, B. Person")),
    ):
        record(path, rows(count=3))
        words = {"endpoint": endpoint, "recorded_by": recorded_by}
        published = publish(path, SIDECAR.model_copy(update=words))
        assert (published.endpoint, published.recorded_by) == said
        assert verify(path) == []
