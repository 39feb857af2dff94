import os
import random
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import image, request

from secondsight.errors import RecordingError
from secondsight.inference.journal import (
    Journal,
    drop_torn_line,
    is_written,
    line_of,
    read_journal,
    verify_journal,
)
from secondsight.inference.request import key_of
from secondsight.inference.schema import ROWS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "x.jsonl"


def write(journal: Journal, number: int = 0, response: str = "r") -> None:
    asked = request().about(image(number))
    journal.append(
        line_of(
            key=asked.key,
            image_id=f"img-{number}",
            repeat=0,
            request=asked.canonical().decode(),
            response=response,
        )
    )


def three_lines(path: Path) -> None:
    with Journal(path) as journal:
        for number in range(3):
            write(journal, number)


def ids(path: Path) -> list[str]:
    found: list[str] = read_journal(path)["image_id"].to_pylist()
    return found


@given(
    st.lists(
        st.tuples(st.text(), st.text(), st.text(), st.integers(0, 2**31 - 1)),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str, str, int]]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "x.jsonl"
    with Journal(path) as journal:
        for image_id, asked, response, repeat in said:
            journal.append(
                line_of(
                    key=key_of(asked.encode()),
                    image_id=image_id,
                    repeat=repeat,
                    request=asked,
                    response=response,
                )
            )
    found = read_journal(path)
    columns = [found[name].to_pylist() for name in ("image_id", "request", "response", "repeat")]
    assert list(zip(*columns, strict=True)) == said
    assert found["key"].to_pylist() == [key_of(asked.encode()) for _, asked, _, _ in said]


def test_the_rows_have_the_columns_of_a_recording(path: Path) -> None:
    three_lines(path)
    assert read_journal(path).schema.equals(ROWS)


def test_the_time_is_kept(path: Path) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    three_lines(path)
    for when in read_journal(path)["recorded_at"].to_pylist():
        assert before <= when <= datetime.now(UTC)


def test_a_line_is_on_disk_when_write_returns(path: Path) -> None:
    with Journal(path) as journal:
        write(journal)
        assert ids(path) == ["img-0"]


def test_a_journal_without_a_line_leaves_no_file(path: Path) -> None:
    with Journal(path):
        pass
    assert not path.exists()


def test_an_empty_journal_has_no_rows(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert read_journal(path).num_rows == 0
    assert read_journal(path).schema.equals(ROWS)


def test_a_later_process_goes_on_at_the_end(path: Path) -> None:
    three_lines(path)
    three_lines(path)
    assert ids(path) == ["img-0", "img-1", "img-2"] * 2


@pytest.mark.parametrize("cut", [2, 20, 300])
def test_a_torn_last_line_is_passed_over_then_dropped(path: Path, cut: int) -> None:
    three_lines(path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert ids(path) == ["img-0", "img-1"]
    with Journal(path) as journal:
        write(journal, 7)
    assert ids(path) == ["img-0", "img-1", "img-7"]


def test_a_torn_only_line_is_dropped(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"schema":1,"ke')
    drop_torn_line(path)
    assert path.read_bytes() == b""


def test_whole_lines_are_left_alone(path: Path) -> None:
    three_lines(path)
    before = path.read_bytes()
    drop_torn_line(path)
    drop_torn_line(path.with_name("absent.jsonl"))
    assert path.read_bytes() == before
    assert not path.with_name("absent.jsonl").exists()


DAMAGE = {
    "no JSON": lambda line: line[:-20] + b"\n",
    "empty": lambda line: b"\n",
    "nulls": lambda line: bytes(len(line) - 1) + b"\n",
    "a list": lambda line: b"[1]\n",
    "a number": lambda line: b"7\n",
    "no key": lambda line: line.replace(b'"key"', b'"kex"'),
    "a key that is no hex": lambda line: line.replace(b'"key":"', b'"key":"zz'),
    "a short key": lambda line: line.replace(b'"key":"', b'"key":"00'),
    "no schema": lambda line: line.replace(b'"schema":1', b'"schema":null'),
    "a schema of text": lambda line: line.replace(b'"schema":1', b'"schema":"1"'),
    "an id that is no text": lambda line: line.replace(b'"image_id":"img-1"', b'"image_id":5'),
    "no response": lambda line: line.replace(b'"response":"r"', b'"response":null'),
    "a repeat of text": lambda line: line.replace(b'"repeat":0,"req', b'"repeat":"0","req'),
    "no time": lambda line: line.replace(b'"recorded_at":"', b'"recorded_at":"soon '),
    "no UTF-8": lambda line: line.replace(b"img-1", b"img\xff"),
}


def older(line: bytes) -> bytes:
    """Return a line as older versions wrote it, without a checksum."""
    return re.sub(rb',"crc":"[0-9a-f]{8}"}', b"}", line)


@pytest.mark.parametrize("written", [lambda line: line, older], ids=["today", "older"])
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_middle_line_is_named(
    path: Path, kind: str, written: Callable[[bytes], bytes]
) -> None:
    three_lines(path)
    lines = [written(line) for line in path.read_bytes().splitlines(keepends=True)]
    damaged = DAMAGE[kind](lines[1])
    assert damaged != lines[1]
    path.write_bytes(lines[0] + damaged + lines[2])
    with pytest.raises(RecordingError, match=r"x\.jsonl, line 2, is damaged: remove the line"):
        read_journal(path)
    path.write_bytes(lines[0] + lines[2])
    assert ids(path) == ["img-0", "img-2"]


def test_the_lines_of_older_versions_are_read(path: Path) -> None:
    three_lines(path)
    new = read_journal(path)
    path.write_bytes(older(path.read_bytes()))
    assert b"crc" not in path.read_bytes()
    assert read_journal(path).equals(new)


def test_a_last_line_that_lacks_nothing_but_its_end_is_kept(path: Path) -> None:
    three_lines(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert len(ids(path)) == 3
    with Journal(path):
        pass
    assert path.read_bytes() == whole


def test_every_flipped_bit_is_found(path: Path) -> None:
    three_lines(path)
    whole, read = path.read_bytes(), read_journal(path)
    chance = random.Random(1)
    for _ in range(200):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(flipped(whole, place, bit))
        assert verify_journal(path), (place, bit)
    for bit in range(8):  # the last line's end
        path.write_bytes(flipped(whole, len(whole) - 1, 1 << bit))
        assert verify_journal(path)
        with pytest.raises(RecordingError, match="line 3, is damaged"), Journal(path):
            pass
    path.write_bytes(whole)
    assert read_journal(path).equals(read)
    three_lines(path)  # no lock is left behind


def flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


def test_a_key_of_another_request_is_found(path: Path) -> None:
    with Journal(path) as journal:
        journal.append(line_of(key=bytes(32), image_id="i", repeat=0, request="{}", response="r"))
    with pytest.raises(RecordingError, match="line 1, is damaged"):
        read_journal(path)


def test_a_line_is_synced_before_long_and_at_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secondsight.inference.journal.SECONDS", 0.0)
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: synced.append(os.fstat(opened).st_size))
    three_lines(path)
    size = path.stat().st_size
    assert synced[-4:] == [size // 3, 2 * (size // 3), size, size]


def python(code: str, *args: object) -> subprocess.Popen[str]:
    """Start another Python process."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
    )


def test_two_processes_do_not_write_to_one_journal(path: Path) -> None:
    other = python(
        """
        import sys
        from pathlib import Path
        from secondsight.inference.journal import Journal, line_of
        with Journal(Path(sys.argv[1])):
            print("open", flush=True)
            sys.stdin.read()
        """,
        path,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(RecordingError, match="being written by another process"), Journal(path):
            pytest.fail("both are in")
        assert is_written(path)
        other.communicate(timeout=3600)
    assert other.returncode == 0
    assert not is_written(path)
    three_lines(path)
    assert len(ids(path)) == 3


FULL_DISK = """
    import resource, signal, sys
    sys.path[:0] = ["..", "."]
    from pathlib import Path
    from secondsight.errors import RecordingError
    from secondsight.inference.journal import Journal, line_of, read_journal
    from test_journal import write

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path, room = Path(sys.argv[1]), 5000
    path.parent.mkdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    with Journal(path) as journal:
        written = 0
        try:
            while True:
                write(journal, written, "r" * 900)
                written += 1
        except RecordingError as error:
            print(error)
        print(written, read_journal(path).num_rows)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 * room, resource.RLIM_INFINITY))
        write(journal, written)  # there is room again
    print(read_journal(path).num_rows)
"""


def test_a_full_disk_is_one_line_and_keeps_what_was_written(path: Path) -> None:
    process = python(FULL_DISK, path)
    out, err = process.communicate(timeout=3600)
    assert process.returncode == 0, err
    said, counts, after = out.splitlines()
    assert said.startswith(f"cannot write {path}: ")
    assert "what is recorded so far is kept" in said
    written, kept = map(int, counts.split())
    assert written == kept >= 2
    assert int(after) == written + 1
    assert path.read_bytes().endswith(b"\n")


def test_a_folder_that_can_not_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(RecordingError, match="cannot write"),
        Journal(tmp_path / "file" / "j.jsonl"),
    ):
        pass


def test_a_long_journal_is_read_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal(path) as journal:
        for number in range(5):
            request = b'{"model":"sky-1","n":%d}' % number
            journal.append(line_of(key_of(request), f"img-{number}", 0, request.decode(), "{}"))
    whole = read_journal(path)
    monkeypatch.setattr("secondsight.inference.journal.PIECE", 2)
    pieces = read_journal(path)
    assert pieces.equals(whole)
    assert pieces["key"].num_chunks == 3
