"""The server at work: on its own until it is stopped, or in a thread beside other code."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from secondsight.inference.client import is_this_machine
from secondsight.minivlm.server.app import DAY, create_app
from secondsight.minivlm.server.chat import Model
from secondsight.minivlm.server.connections import Connection
from secondsight.minivlm.server.errors import ServerError
from secondsight.minivlm.server.store import opened

SIGNALS = (signal.SIGINT, signal.SIGTERM)
LAST_WORDS = 5
"""Seconds that connections get to end when the server is stopped."""
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Service:
    """How a server serves.

    Attributes
    ----------
    host, port
        Where; port 0 takes a free one.
    folder : Path or None
        Where files and batches are kept; without one they are gone at the end.
    batch_seconds : float
        How long a batch may take before it expires.
    log_requests : bool
        Whether each request is printed: its path and status, never its headers.
    """

    host: str = HERE
    port: int = 8008
    folder: Path | None = None
    batch_seconds: float = DAY
    log_requests: bool = False


def serve(model: Model, service: Service, ready: Callable[[str], None] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM; `ready` is called with the base URL once the server answers.

    Raises ServerError if the folder or the port can't be used.
    """
    with _server(model, service) as (server, listening, url):
        server.ready = lambda: ready(url) if ready else None
        server.run([listening])


@contextmanager
def running(
    model: Model | None = None,
    folder: Path | None = None,
    port: int = 0,
    *,
    batch_seconds: float = DAY,
) -> Iterator[str]:
    """Run the server in a thread of this process, and yield its base URL.

    Without a model the project's own answers; the rest is as for `Service`.

    Raises ServerError if the folder or the port can't be used.
    """
    started = threading.Event()
    service = Service(port=port, folder=folder, batch_seconds=batch_seconds)
    with _server(model, service) as (server, listening, url):
        server.ready = started.set

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
            yield url
        finally:
            server.should_exit = True
            thread.join()


def own_model() -> Model:
    """Return the project's own model; each thread that asks it computes by itself."""
    from secondsight.minivlm.model import MiniVLM  # its libraries take a while to load

    return MiniVLM.load(threads=1)


@contextmanager
def _server(
    model: Model | None, service: Service
) -> Iterator[tuple["_Server", socket.socket, str]]:
    """Yield a server, the socket that it is to answer on, and the base URL to ask it by."""
    host = service.host
    with opened(service.folder) as kept, _bound(host, service.port) as listening:
        exposed = not is_this_machine(host)
        app = create_app(
            model or own_model(), kept, batch_seconds=service.batch_seconds, exposed=exposed
        )
        named = f"[{host}]" if ":" in host else host
        url = f"http://{named}:{listening.getsockname()[1]}/v1"
        yield _Server(_config(app, service)), listening, url


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
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


def _config(app: Starlette, service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="info" if service.log_requests else "warning",
        access_log=service.log_requests,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=LAST_WORDS,
    )


class _Server(uvicorn.Server):
    """Uvicorn's server, which says when it is ready and ends quietly on a signal."""

    ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready()

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
