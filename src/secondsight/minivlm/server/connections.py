"""Connections that end: who says nothing, or takes nothing, is hung up on after a while."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0
"""Seconds that a client may take over the head of a request, between two pieces of its body, and
before it takes more of an answer."""
MOST = 512
"""How many connections stay open; for one more, that which was waited for longest is closed."""


class Connection(H11Protocol):
    """Uvicorn's connection, which otherwise waits for ever for the first byte and for a body."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request; if too many are waited for, no longer for the first of them."""
        super().connection_made(transport)
        self._wait()
        waited = [line for line in self.connections if isinstance(line, Connection)]
        since = {line: line._waiting.when() for line in waited if line._waiting}
        if len(self.connections) > MOST:
            min(since, key=since.__getitem__).hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait for what comes next."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request: Uvicorn's own wait ends with its first byte."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Wait until the client takes more."""
        super().pause_writing()
        self._wait()

    def resume_writing(self) -> None:
        """Wait no longer."""
        super().resume_writing()
        self._look()

    def hang_up(self) -> None:
        """Close the connection; what was being sent is lost."""
        self._wait_no_longer()
        self.transport.abort()

    def _lost_patience(self) -> None:
        """Hang up, unless it is the server that keeps the client waiting: it reads no more yet."""
        if self.flow.read_paused and not self.flow.write_paused:
            self._wait()
        else:
            self.hang_up()

    def _look(self) -> None:
        """Wait if something is to come: a head must be whole in time, a body need only go on."""
        idle = self.conn.their_state is h11.IDLE
        if idle and self._waiting:
            return
        if idle or (self.cycle and self.cycle.more_body):
            self._wait()
        else:
            self._wait_no_longer()

    def _wait(self) -> None:
        self._wait_no_longer()
        self._waiting = self.loop.call_later(PATIENCE, self._lost_patience)

    def _wait_no_longer(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
