import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

import minivlm.fake_model
from minivlm.fake_model import FakeModel
from secondsight.cli import main
from secondsight.minivlm.server import guard, running
from secondsight.minivlm.server.errors import ServerError
from secondsight.minivlm.server.guard import Guard


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `secondsight serve` up to where it would serve; return what that was given."""

    def serve(*words: str) -> tuple[int, dict[str, Any], str, str]:
        given: dict[str, Any] = {}

        def instead(model: Any, service: running.Service, ready: Any) -> None:
            given.update(vars(service))
            ready("http://127.0.0.1:9/v1")

        monkeypatch.setattr(running, "own_model", FakeModel)
        monkeypatch.setattr(running, "serve", instead)
        monkeypatch.setattr(sys, "argv", ["secondsight", "serve", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), given, *capsys.readouterr()

    return serve


def test_the_command_says_where_it_answers(serve: Any) -> None:
    code, given, out, err = serve()
    assert (code, err) == (0, "")
    assert out == "answering at base_url=http://127.0.0.1:9/v1 as model fake-1; Ctrl-C stops\n"
    assert given == {"host": "127.0.0.1", "port": 8008, "folder": None,
                     "batch_seconds": 86_400, "log_requests": False}  # fmt: skip


def test_the_commands_options(serve: Any, tmp_path: Path) -> None:
    words = ("--port", "0", "--folder", str(tmp_path), "--batch-seconds", "7", "--log-requests")
    _, given, _, _ = serve(*words)
    assert given == {"host": "127.0.0.1", "port": 0, "folder": tmp_path,
                     "batch_seconds": 7, "log_requests": True}  # fmt: skip


def test_other_machines_are_let_in_only_if_wanted(serve: Any) -> None:
    code, given, out, err = serve("--host", "0.0.0.0")
    assert (code, given, out, err.count("\n")) == (1, {}, "", 1)
    assert "--expose" in err
    code, given, _, err = serve("--host", "0.0.0.0", "--expose")
    assert (code, given["host"]) == (0, "0.0.0.0")
    assert err.startswith("warning: ")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ServerError, match=f"cannot listen on 127.0.0.1:{port} .*in use"),
            running.running(FakeModel(), port=port),
        ):
            pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(tmp_path: Path, number: signal.Signals) -> None:
    program = minivlm.fake_model.__file__
    with subprocess.Popen([sys.executable, program, str(tmp_path / "kept"), "0"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:  # fmt: skip
        url = server.stdout.readline().strip()
        key = {"Authorization": "Bearer a-key"}
        assert requests.get(f"{url}/models", headers=key, timeout=3600).ok
        server.send_signal(number)
        out, err = server.communicate(timeout=3600)
    assert (server.returncode, out, err) == (0, "", "")
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"a-key" in content for content in kept)


def test_without_a_folder_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with running.running(FakeModel()) as url:
        files = {"file": ("a", b"{}"), "purpose": (None, "batch")}
        assert requests.post(f"{url}/files", files=files, timeout=3600).ok
        assert list(tmp_path.rglob("file-*"))
    assert not list(tmp_path.iterdir())


def test_who_is_known_to_an_exposed_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.socket, "gethostname", lambda: "Desk")
    exposed, own = Guard(None, exposed=True), Guard(None)
    for host in ("192.0.2.7:80", "desk", "[2001:db8::1]", "localhost"):
        assert exposed._refused(host, None) is None
    assert exposed._refused("evil.example", None).status == 421
    assert own._refused("192.0.2.7:80", None).status == 421
