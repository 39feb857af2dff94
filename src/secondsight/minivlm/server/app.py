"""The application: which path leads where, and how errors look."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from openai.types import Batch, FileObject
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from secondsight.minivlm.server.answerers import Answerers
from secondsight.minivlm.server.batch_run import Runner
from secondsight.minivlm.server.batches import Batches
from secondsight.minivlm.server.body import read_json, uploaded
from secondsight.minivlm.server.chat import Chat, Model
from secondsight.minivlm.server.errors import Refused, fault
from secondsight.minivlm.server.exchange import events
from secondsight.minivlm.server.guard import Guard
from secondsight.minivlm.server.store import Store, page
from secondsight.minivlm.server.writer import Writer

DAY = 86_400.0
RELEASED = 1_793_491_200
"""When the models are said to have been made: 1 November 2026."""

LARGE, MOST_LARGE = 250_000, 6
"""From how many bytes on a request is large, and how many such are read and answered at once."""

WORKERS = min(max(os.cpu_count() or 1, 2), 4)
"""How many requests are answered side by side; more would wait for one another's Python."""

CLIENT_CLOSED = 499
SHOWN = 60
"""How much of a path is repeated in an error."""

log = logging.getLogger("uvicorn.error")


class Server:
    """What the paths lead to."""

    def __init__(self, model: Model, folder: Path, batch_seconds: float) -> None:
        self.answerers = Answerers(Chat(model), Writer())
        self.store = Store(folder)
        self.batches = Batches(self.store, batch_seconds)
        self._workers = ThreadPoolExecutor(WORKERS, "model")
        self._large = asyncio.Semaphore(MOST_LARGE)
        self._runner: Runner | None = None

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Go on with unfinished batches; at the end, let what is under way be finished."""
        self._runner = Runner(self.batches, self.answerers, self._in_worker)
        self._runner.resume()
        try:
            yield
        finally:
            await self._runner.stop()
            self._workers.shutdown()
            self.store.close()

    async def models(self, _: Request) -> Response:
        """List the models."""
        listed = list(map(_model, self.answerers.names))
        return JSONResponse({"object": "list", "data": listed})

    async def model(self, request: Request) -> Response:
        """Tell of a model."""
        return JSONResponse(_model(self.answerers.check(request.path_params["id"])))

    async def complete(self, request: Request) -> Response:
        """Answer a chat completion."""
        async with self._room(request):
            body = await read_json(request)
            try:
                completion = await self._in_worker(self.answerers.answer, body)
            except Refused:
                raise
            except Exception:
                log.exception("a chat completion failed")
                raise fault() from None
        if not body.get("stream"):
            return JSONResponse(completion)
        usage = (body.get("stream_options") or {}).get("include_usage", False)
        return StreamingResponse(
            events(completion, usage=bool(usage)), media_type="text/event-stream"
        )

    def _room(self, request: Request) -> AbstractAsyncContextManager[Any]:
        """Return what a request waits for: of the large ones few are held in memory at once."""
        size = int(request.headers.get("content-length", LARGE))
        return self._large if size >= LARGE else nullcontext()

    async def add_file(self, request: Request) -> Response:
        """Keep an uploaded file."""
        async with uploaded(request) as file:
            name = file.filename or "upload.jsonl"
            return _thing(await asyncio.to_thread(self.store.add_upload, file.file, name))

    async def list_files(self, request: Request) -> Response:
        """List files."""
        purpose = request.query_params.get("purpose")
        listed = [kept for kept in self.store.all(FileObject) if purpose in (None, kept.purpose)]
        return JSONResponse(page(listed, request.query_params, most=10_000, default=10_000))

    async def file(self, request: Request) -> Response:
        """Tell of a file."""
        return _thing(self.store.get(FileObject, request.path_params["id"]))

    async def delete_file(self, request: Request) -> Response:
        """Remove a file, unless a batch still reads it."""
        file_id = request.path_params["id"]
        self.batches.check_unread(file_id)
        self.store.delete_file(file_id)
        return JSONResponse({"id": file_id, "object": "file", "deleted": True})

    async def content(self, request: Request) -> Response:
        """Send a file's content."""
        path = self.store.content(request.path_params["id"])
        return FileResponse(path, media_type="application/octet-stream")

    async def add_batch(self, request: Request) -> Response:
        """Make a batch and begin to work on it."""
        batch = self.batches.create(await read_json(request))
        if self._runner is not None:
            self._runner.start(batch)
        return _thing(batch)

    async def list_batches(self, request: Request) -> Response:
        """List batches."""
        return JSONResponse(page(self.batches.all(), request.query_params, most=100, default=20))

    async def batch(self, request: Request) -> Response:
        """Tell of a batch."""
        return _thing(self.batches.get(request.path_params["id"]))

    async def cancel_batch(self, request: Request) -> Response:
        """Ask a batch to stop."""
        return _thing(self.batches.cancel(request.path_params["id"]))

    async def _in_worker(self, work: Callable[..., Any], *given: Any) -> Any:
        """Run `work` in one of the model's threads; what was asked first begins first."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, partial(work, *given))


def create_app(
    model: Model, folder: Path, *, batch_seconds: float = DAY, exposed: bool = False
) -> Starlette:
    """Return the application.

    Raises ServerError if the folder holds something damaged.

    Parameters
    ----------
    model : Model
        What answers beside the rules of `Writer`.
    folder : Path
        Where files and batches are kept, as `store.opened` yields it.
    batch_seconds : float
        How long a batch may take before it expires.
    exposed : bool
        Whether other machines may ask too.
    """
    server = Server(model, folder, batch_seconds)
    return Starlette(
        routes=_routes(server),
        middleware=[Middleware(Guard, exposed=exposed)],
        exception_handlers={
            Refused: _refused,
            HTTPException: _no_such_path,
            ClientDisconnect: _gone,
            Exception: _fault,
        },
        lifespan=server.lifespan,
    )


def _routes(server: Server) -> list[Route]:
    return [
        Route("/v1/models", server.models),
        Route("/v1/models/{id:path}", server.model),
        Route("/v1/chat/completions", server.complete, methods=["POST"]),
        Route("/v1/files", server.add_file, methods=["POST"]),
        Route("/v1/files", server.list_files),
        Route("/v1/files/{id}", server.file),
        Route("/v1/files/{id}", server.delete_file, methods=["DELETE"]),
        Route("/v1/files/{id}/content", server.content),
        Route("/v1/batches", server.add_batch, methods=["POST"]),
        Route("/v1/batches", server.list_batches),
        Route("/v1/batches/{id}", server.batch),
        Route("/v1/batches/{id}/cancel", server.cancel_batch, methods=["POST"]),
    ]


def _thing(thing: Batch | FileObject) -> Response:
    return JSONResponse(thing.model_dump(mode="json"))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": RELEASED, "owned_by": "secondsight"}


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return JSONResponse(error.body, error.status)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED)  # nobody hears it


async def _no_such_path(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    asked = f"{request.method} {request.url.path[:SHOWN]}"
    text = f"Not allowed here ({asked})." if error.status_code == 405 else f"Invalid URL ({asked})."
    body = Refused(text, status=error.status_code).body
    return JSONResponse(body, error.status_code, headers=error.headers)


async def _fault(_: Request, __: Exception) -> Response:
    return JSONResponse(fault().body, 500)
