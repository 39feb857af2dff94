import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from files import FileServer
from secondsight.datasets import download
from secondsight.datasets.download import Downloader
from secondsight.errors import SourceError

CONTENT = random.Random(1).randbytes(200_000)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer(CONTENT) as running:
        yield running


@pytest.fixture
def partial(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "file.bin.part"


def bring(url: str, partial: Path, *, progress: bool = False) -> bytes:
    target = partial.parent.parent / "whole.bin"
    Downloader(partial, progress=progress)(url, str(target), None)
    return target.read_bytes()


@pytest.mark.parametrize("progress", [False, True])
def test_a_file_comes_whole(server: FileServer, partial: Path, progress: bool) -> None:
    assert bring(server.url, partial, progress=progress) == CONTENT
    assert not partial.exists()


def test_a_cut_off_download_is_taken_up_where_it_stopped(server: FileServer, partial: Path) -> None:
    server.cuts = [150_000]
    with pytest.raises(SourceError, match="run the same again"):
        bring(server.url, partial)
    assert partial.read_bytes() == CONTENT[: partial.stat().st_size]
    assert partial.stat().st_size > 0
    kept = partial.stat().st_size
    assert bring(server.url, partial) == CONTENT
    assert server.requests[1]["Range"] == f"bytes={kept}-"


def test_a_server_without_ranges_is_read_from_the_start(server: FileServer, partial: Path) -> None:
    server.cuts, server.ranges = [150_000], False
    with pytest.raises(SourceError):
        bring(server.url, partial)
    assert bring(server.url, partial) == CONTENT


def test_a_download_that_was_whole_already_is_not_brought_again(
    server: FileServer, partial: Path
) -> None:
    partial.parent.mkdir()
    partial.write_bytes(CONTENT)
    assert bring(server.url, partial) == CONTENT


def test_nothing_is_asked_for_packed(server: FileServer, partial: Path) -> None:
    bring(server.url, partial)
    assert server.requests[0]["Accept-Encoding"] == "identity"


def test_a_file_that_is_gone_is_said_to_be(server: FileServer, partial: Path) -> None:
    server.gone = True
    with pytest.raises(SourceError, match="HTTP 404"):
        bring(server.url, partial)
    assert not partial.exists()


def test_offline_is_one_line(partial: Path) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port = plug.getsockname()[1]
    with pytest.raises(SourceError, match="SECONDSIGHT_MIRROR") as caught:
        bring(f"http://127.0.0.1:{port}/file.bin", partial)
    assert "no connection" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_never_answers_does_not_hang_us(
    server: FileServer, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "READ_SECONDS", 0.2)
    server.hangs = True
    with pytest.raises(SourceError, match="no answer in time"):
        bring(server.url, partial)


def test_the_default_patience_is_bounded() -> None:
    assert 0 < download.CONNECT_SECONDS <= 30
    assert 0 < download.READ_SECONDS <= 60


def test_a_place_that_cannot_be_written_is_said(server: FileServer, partial: Path) -> None:
    partial.mkdir(parents=True)
    with pytest.raises(SourceError, match="cannot write"):
        bring(server.url, partial)
