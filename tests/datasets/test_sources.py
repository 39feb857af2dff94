import hashlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli_w

from files import FileServer
from secondsight import paths
from secondsight.datasets import sources
from secondsight.errors import DataError, SourceError

CONTENT = random.Random(2).randbytes(200_000)
NAME = "cats-eye"


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer(CONTENT) as running:
        yield running


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for downloads, and no mirror."""
    monkeypatch.setattr(paths, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
    return tmp_path / "downloads"


@pytest.fixture
def copies(tmp_path: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty mirror folder."""
    folder = tmp_path / "copies"
    folder.mkdir()
    monkeypatch.setenv("SECONDSIGHT_MIRROR", str(folder))
    return folder


def entry(url: str, name: str = NAME, sha256: str = "") -> dict[str, str | int]:
    return {
        "name": name,
        "path": "nebulae/cats-eye.bin",
        "url": url,
        "sha256": sha256 or hashlib.sha256(CONTENT).hexdigest(),
        "bytes": len(CONTENT),
        "licence": "none",
        "citation": "none",
        "what": "a test",
    }


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, *entries: dict[str, str | int]) -> None:
    """Make `entries` the catalogue."""
    path = folder / "sources.toml"
    path.write_text(tomli_w.dumps({"source": list(entries)}))
    known = sources.catalogue(path)
    monkeypatch.setattr(sources, "catalogue", lambda: known)


def put(folder: Path, content: bytes) -> Path:
    path = folder / "nebulae" / "cats-eye.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def known(
    server: FileServer, downloads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catalogue of one file, which the server serves."""
    use(monkeypatch, tmp_path, entry(server.url))


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_the_projects_catalogue_reads() -> None:
    catalogue = sources.catalogue()
    assert "astrosight-qwen-vl" in catalogue
    assert all(found.url.startswith("https://") for found in catalogue.values())


def test_an_unknown_name_lists_the_known(known: None) -> None:
    with pytest.raises(SourceError, match=f"'dogs-eye'; known: {NAME}"):
        sources.source("dogs-eye")


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(tomli_w.dumps({"source": [entry("http://a"), entry("http://b")]}))
    with pytest.raises(DataError, match=f"named twice: {NAME}"):
        sources.catalogue(path)


@pytest.mark.parametrize("sha256", ["abc", "G" * 64, "A" * 64])
def test_a_hash_that_is_none_is_refused(tmp_path: Path, sha256: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(tomli_w.dumps({"source": [entry("http://a", sha256=sha256)]}))
    with pytest.raises(DataError, match="sha256"):
        sources.catalogue(path)


def test_the_mirror_comes_first(copies: Path, known: None, server: FileServer) -> None:
    there = put(copies, CONTENT)
    assert sources.find(NAME) == there
    assert sources.fetch(NAME) == there
    assert server.requests == []


def test_without_a_copy_in_the_mirror_it_is_downloaded(
    copies: Path, known: None, downloads: Path
) -> None:
    assert sources.find(NAME) is None
    path = sources.fetch(NAME)
    assert path == downloads / "nebulae" / "cats-eye.bin"
    assert path.read_bytes() == CONTENT
    assert sources.find(NAME) == path


def test_a_download_is_used_again(known: None, server: FileServer) -> None:
    assert sources.fetch(NAME) == sources.fetch(NAME)
    assert len(server.requests) == 1


def test_a_wrong_file_in_the_mirror_is_an_error(
    copies: Path, known: None, server: FileServer
) -> None:
    wrong = put(copies, CONTENT[:-1])
    for look in (sources.find, sources.fetch):
        with pytest.raises(SourceError, match="SHA-256 differs") as caught:
            look(NAME)
        assert str(wrong) in str(caught.value)
    assert server.requests == []


def test_a_wrong_download_is_an_error(downloads: Path, known: None) -> None:
    put(downloads, b"something else")
    with pytest.raises(SourceError, match="delete it and run: secondsight data fetch cats-eye"):
        sources.fetch(NAME)


def test_a_cut_download_goes_on_where_it_stopped(
    known: None, server: FileServer, downloads: Path
) -> None:
    server.cuts = [150_000]
    with pytest.raises(SourceError, match="cannot reach"):
        sources.fetch(NAME)
    (part,) = kept(downloads)
    have = part.stat().st_size
    assert part.name == "cats-eye.bin.part"
    assert 0 < have <= 150_000
    assert sources.fetch(NAME).read_bytes() == CONTENT
    assert server.requests[1]["Range"] == f"bytes={have}-"
    assert kept(downloads) == [downloads / "nebulae" / "cats-eye.bin"]


def test_of_a_file_with_another_hash_nothing_is_kept(
    known: None, server: FileServer, downloads: Path
) -> None:
    server.content = CONTENT[::-1]
    with pytest.raises(SourceError, match="nothing was kept") as caught:
        sources.fetch(NAME)
    assert "\n" not in str(caught.value)
    assert kept(downloads) == []
    server.content = CONTENT
    assert sources.fetch(NAME).read_bytes() == CONTENT


def test_a_file_that_changed_during_a_break_is_no_trap(
    known: None, server: FileServer, downloads: Path
) -> None:
    server.cuts, server.content = [150_000], CONTENT[::-1]
    with pytest.raises(SourceError, match="cannot reach"):
        sources.fetch(NAME)
    server.content = CONTENT
    with pytest.raises(SourceError, match="nothing was kept"):
        sources.fetch(NAME)
    assert kept(downloads) == []
    assert sources.fetch(NAME).read_bytes() == CONTENT


def test_offline_is_one_line(
    downloads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port = plug.getsockname()[1]
    use(monkeypatch, tmp_path, entry(f"http://127.0.0.1:{port}/file.bin"))
    with pytest.raises(SourceError, match="go online and run the same again") as caught:
        sources.fetch(NAME)
    assert "\n" not in str(caught.value)
    assert kept(downloads) == []


@pytest.mark.mirror
def test_every_copy_in_the_mirror_is_the_file(mirror: Path) -> None:
    found = [name for name in sources.catalogue() if sources.find(name) is not None]
    assert found


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def hashed_by(url: str, **hashes: str) -> dict[str, str | int]:
    described = entry(url)
    del described["sha256"], described["bytes"]
    return {**described, **hashes}


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("md5", hashlib.md5(CONTENT).hexdigest(), "MD5"),
        ("git_blob", git_blob(CONTENT), "git blob id"),
        ("git_blob", git_blob(CONTENT)[:8], "git blob id"),
    ],
)
def test_other_hashes_decide_as_well(
    kind: str,
    value: str,
    said: str,
    server: FileServer,
    downloads: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, tmp_path, hashed_by(server.url, **{kind: value}))
    server.content = CONTENT[::-1]
    with pytest.raises(SourceError, match=f"its {said} is not .*; nothing was kept"):
        sources.fetch(NAME)
    assert kept(downloads) == []
    server.content = CONTENT
    assert sources.fetch(NAME) == sources.require(NAME)
    sources.require(NAME).write_bytes(b"else")
    with pytest.raises(SourceError, match=f"its {said} differs"):
        sources.find(NAME)


def test_the_blob_id_is_gits() -> None:
    assert git_blob(b"what is up, doc?") == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"  # Pro Git


@pytest.mark.parametrize(
    "hashes", [{}, {"md5": "0" * 32, "sha256": "0" * 64}, {"md5": "0" * 31}, {"git_blob": "0" * 7}]
)
def test_a_source_has_exactly_one_hash(tmp_path: Path, hashes: dict[str, str]) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(tomli_w.dumps({"source": [hashed_by("http://a", **hashes)]}))
    with pytest.raises(DataError):
        sources.catalogue(path)


def test_a_source_that_is_required_says_how_to_fetch_it(known: None) -> None:
    with pytest.raises(SourceError, match="run secondsight data fetch cats-eye"):
        sources.require(NAME)


def test_a_hash_that_is_known_in_part_is_said_to_verify_nothing() -> None:
    for name, source in sources.catalogue().items():
        partly = source.git_blob is not None and len(source.git_blob) < 40
        assert partly == name.startswith("lsbg-images-"), name
        doubtful = partly or source.counts is not None or source.begins is not None
        assert bool(source.doubt) == doubtful, name
    said = "not verified: only the first 8 digits of its hash are known"
    assert sources.source("lsbg-images-1").doubt == said


def test_a_folder_stands_for_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whose = {"licence": "none", "citation": "none", "what": "a test"}
    files = {name: {"bytes": 3_000_000, "sha256": "0" * 64} for name in ("a.png", "b.png")}
    folder = {"name": "cats", "path": "cats/all", "url": "https://x.org/y", "files": files, **whose}
    path = tmp_path / "sources.toml"
    path.write_text(tomli_w.dumps({"source": [entry("https://x.org/z")], "folder": [folder]}))
    known = sources.catalogue(path)
    monkeypatch.setattr(sources, "catalogue", lambda: known)
    assert list(known) == [NAME, "cats/a", "cats/b"]
    assert known["cats/b"].url == "https://x.org/y/b.png"
    assert known["cats/b"].path == "cats/all/b.png"
    assert sources.files_of("cats") == ["cats/a", "cats/b"]
    assert sources.files_of(NAME) == [NAME]
    assert sources.size_of(sources.groups()["cats"]) == "2 files, 6.00 MB"
    with pytest.raises(SourceError, match=r"no source named 'dogs'; known: cats-eye, cats$"):
        sources.source("dogs")
