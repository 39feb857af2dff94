"""The bodies of requests: JSON and uploads, within bounds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from secondsight.minivlm.server.errors import Refused, missing, unknown_parameter, wrong

MB = 1_000_000
LARGEST_JSON = 20 * MB
LARGEST_UPLOAD = 200 * MB
MOST_VALUES = 100_000
ROOM_FOR_FORM = 100_000
"""What an upload's other fields and marks may take beside the file."""

HEARD_OUT = 10
"""How many times the limit a body that is too large is still read: who sends it hears why."""


async def read_json(request: Request) -> dict[str, Any]:
    """Return a request's body.

    Raises Refused if it is too large, or no JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused("The body must be JSON, with the content type 'application/json'.")
    body = parsed(await _within(request, LARGEST_JSON).body())
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.", code="invalid_json")
    return body


def parsed(content: bytes) -> Any:
    """Return the value of a JSON text.

    Raises Refused if it is none, or so large or of so many values that it would take much memory.
    """
    if len(content) > LARGEST_JSON:
        raise _too_large(LARGEST_JSON)
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
        text = f"The request holds too many values: {MOST_VALUES:,} are the most."
        raise Refused(text, status=413, code="request_too_large")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        text = f"We could not parse the JSON body of your request: {error}."
        raise Refused(text, code="invalid_json") from None


@asynccontextmanager
async def uploaded(request: Request) -> AsyncIterator[UploadFile]:
    """Yield the file of an upload for a batch; its content lies on disk.

    Raises Refused if it is too large, no form with a file, or for another purpose.
    """
    try:
        limited = _within(request, LARGEST_UPLOAD + ROOM_FOR_FORM)
        form = await limited.form(max_files=1, max_fields=10)
    except (Refused, ClientDisconnect):
        raise
    except (MultiPartException, KeyError) as error:
        raise Refused(f"The upload can't be read: {error}.") from None
    except Exception:
        raise Refused("The upload can't be read: it is no form with a file.") from None
    try:
        yield _file(form)
    finally:
        await form.close()


def _file(form: FormData) -> UploadFile:
    for name in sorted(set(form) - {"file", "purpose"}):
        raise unknown_parameter(name)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise missing("file")
    if form.get("purpose") != "batch":
        raise wrong("purpose", "this server keeps files of the purpose 'batch' alone")
    if (file.size or 0) > LARGEST_UPLOAD:
        raise _too_large(LARGEST_UPLOAD)
    return file


def _within(request: Request, limit: int) -> Request:
    """Return the request, its body refused once it is larger than `limit` bytes."""
    sent = 0

    async def receive() -> Message:
        nonlocal sent
        message = await request.receive()
        sent += len(message.get("body", b""))
        if sent <= limit:
            return message
        while message.get("more_body") and sent <= limit * HEARD_OUT:
            message = await request.receive()
            sent += len(message.get("body", b""))
        raise _too_large(limit)

    return Request(request.scope, receive)


def _too_large(limit: int) -> Refused:
    text = f"The request is too large: {limit // MB} MB is the most."
    return Refused(text, status=413, code="request_too_large")
