"""What every test gets: no network but this machine's own, and a few small fixtures."""

import os
import signal
import socket
import struct
import zlib
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from endpoint import EndpointServer
from hygiene import ROOT
from outside import OutsideNetwork
from project_copy import Project
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.folder import load_folder
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import Prompt

pytest_plugins = ["browsing"]

settings.register_profile("secondsight", deadline=None, max_examples=60, database=None)
settings.load_profile("secondsight")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell without job control starts what it puts in the background with Ctrl-C ignored, and
    # every process below inherits that: tests that press Ctrl-C would test nothing.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ENVIRONMENT = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    *(name + form for name in ("HTTP", "HTTPS", "ALL") for form in ("_PROXY",)),
    *(name + form for name in ("http", "https", "all") for form in ("_proxy",)),
)


BOOKS = {"test_workflow.py", "test_other_book.py"}
"""The files whose tests build books."""
LONG = {"test_ask.py", "test_rehearsal.py", "test_stress.py", "test_two_step.py"}
"""The files whose tests start many processes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: books, then browsers and processes that are killed."""
    items.sort(key=lambda item: (item.path.name not in BOOKS, not _is_long(item)))


def _is_long(item: pytest.Item) -> bool:
    return item.path.name in LONG or item.get_closest_marker("browser") is not None


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with the book that is built in the project itself."""
    if not (ROOT / "_build" / "html" / "index.html").is_file():
        pytest.skip("no book is built here: run make book first")
    project = Project(tmp_path_factory.mktemp("project"))
    project.begin_with_the_book("_build", ".snakemake/metadata")
    if mirror := os.environ.get("SECONDSIGHT_MIRROR"):
        project.environment["SECONDSIGHT_MIRROR"] = str(Path(mirror).expanduser().absolute())
    return project


def is_this_machine(host: object) -> bool:
    """Whether `host` is a name or an address of the loopback."""
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name == "localhost":
        return True  # no host at all, or a socket in the file system
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _no_outside_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine, and every look-up of a name."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(host: object) -> None:
        if not is_this_machine(host):
            raise OutsideNetwork(f"a test tried to reach {host!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address[0] if isinstance(address, tuple) else None)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address[0] if isinstance(address, tuple) else None)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what would lead a client elsewhere."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


def tiny_png(shade: int, side: int = 4) -> bytes:
    """Return a valid grey PNG; the same shade gives the same bytes with every zlib."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    pixels = (b"\0" + bytes([shade]) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(pixels, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def make_folder(folder: Path, count: int) -> Path:
    """Make a folder of `count` tiny images with labels 0, 1, 0, 1, …"""
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"img-{number:03d}.png").write_bytes(tiny_png(number))
    rows = [f"img-{number:03d},{number % 2}" for number in range(count)]
    (folder / "labels.csv").write_text("\n".join(["image_id,label", *rows]) + "\n")
    return folder


def make_campaign(folder: Path, *rows: str) -> Path:
    """Make a campaign's folder with a tiny image for each row, ``image_id,yes,votes``."""
    folder.mkdir()
    for shade, row in enumerate(rows):
        (folder / f"{row.partition(',')[0]}.png").write_bytes(tiny_png(shade))
    head = "image_id,dwarf_votes,total_votes"
    (folder / "votes.csv").write_text("\n".join([head, *rows]) + "\n")
    return folder


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    """A folder of five tiny images and their labels."""
    return make_folder(tmp_path / "tiny", 5)


@pytest.fixture
def dataset(image_folder: Path) -> Dataset:
    """A data set of five tiny images."""
    return load_folder(image_folder)


@pytest.fixture
def prompt() -> Prompt:
    """A short prompt."""
    return Prompt(name="lsbg-test", task="lsbg", about="A test.", text="Is it an LSBG? 1 or 0.")


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """An empty folder for recordings and journals."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    return folder


@pytest.fixture
def endpoint_server() -> Iterator[EndpointServer]:
    """A chat-completions endpoint on this machine."""
    with EndpointServer() as server:
        yield server


@pytest.fixture
def endpoint(endpoint_server: EndpointServer) -> Endpoint:
    """How to reach the endpoint: few at once, no retries."""
    return Endpoint(endpoint_server.base_url, concurrency=3, timeout=3600.0, retries=0)


@pytest.fixture
def mirror() -> Path:
    """The folder of local copies of outside files."""
    named = os.environ.get("SECONDSIGHT_MIRROR")
    if not named:
        pytest.skip("SECONDSIGHT_MIRROR names no folder of local copies of the outside files")
    return Path(named).expanduser()
