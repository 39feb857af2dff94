"""The server at work: on its own until it is stopped, or in a thread beside other code."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from secondsight.minivlm.server.app import DAY, create_app
from secondsight.minivlm.server.connections import Connection
from secondsight.minivlm.server.errors import ServerError
from secondsight.minivlm.server.guard import is_loopback
from secondsight.minivlm.server.model import Model
from secondsight.minivlm.server.store import opened

SIGNALS = (signal.SIGINT, signal.SIGTERM)
LAST_WORDS = 5
"""Seconds that connections get to end when the server is stopped."""


def serve(
    model: Model,
    *,
    host: str = "127.0.0.1",
    port: int = 8008,
    folder: Path | None = None,
    batch_seconds: float = DAY,
    log_requests: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Parameters
    ----------
    model : Model
        What answers.
    host, port
        Where; port 0 takes a free one.
    folder : Path, optional
        Where files and batches are kept; without one they are gone at the end.
    batch_seconds : float
        How long a batch may take before it expires.
    log_requests : bool
        Whether each request is printed: its path and status, never its headers.
    ready : callable, optional
        Called with the base URL once the server answers.

    Raises
    ------
    ServerError
        If the folder or the port can't be used.
    """
    with opened(folder) as kept:
        exposed = not is_loopback(host)
        app = create_app(model, kept, batch_seconds=batch_seconds, exposed=exposed)
        with bound(host, port) as listening:
            url = base_url(host, listening)
            say = (lambda: ready(url)) if ready else (lambda: None)
            _Server(_config(app, log_requests), say).run([listening])


@contextmanager
def running(
    model: Model | None = None,
    folder: Path | None = None,
    port: int = 0,
    *,
    batch_seconds: float = DAY,
) -> Iterator[str]:
    """Run the server in a thread of this process, and yield its base URL.

    Parameters
    ----------
    model : Model, optional
        What answers; the project's own model if not given.
    folder : Path, optional
        Where files and batches are kept; without one they are gone at the end.
    port : int
        0 takes a free one.
    batch_seconds : float
        How long a batch may take before it expires.

    Raises
    ------
    ServerError
        If the folder or the port can't be used.
    """
    started = threading.Event()
    with opened(folder) as kept, bound("127.0.0.1", port) as listening:
        app = create_app(model or own_model(), kept, batch_seconds=batch_seconds)
        server = _Server(_config(app, log_requests=False), started.set)

        def work() -> None:
            try:
                server.run([listening])
            finally:
                started.set()

        thread = threading.Thread(target=work, name="server")
        thread.start()
        try:
            started.wait()
            if not server.started:
                raise ServerError("the server did not start; what went wrong is printed above")
            yield base_url("127.0.0.1", listening)
        finally:
            server.should_exit = True
            thread.join()


def own_model() -> Model:
    """Return the project's own model."""
    from secondsight.minivlm.model import MiniVLM  # its libraries take a while to load

    return MiniVLM.load()


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that is bound to this address.

    Raises
    ------
    ServerError
        If it can't be.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            text = f"cannot listen on {host}:{port} ({why}): name another with --host or --port"
            raise ServerError(text) from None
        yield listening


def base_url(host: str, listening: socket.socket) -> str:
    """Return what a client is told."""
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{listening.getsockname()[1]}/v1"


def _config(app: Starlette, log_requests: bool) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="info" if log_requests else "warning",
        access_log=log_requests,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_WORDS,
    )


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready and ends quietly on a signal."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal; Uvicorn's own would raise it again once everything has ended."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)
