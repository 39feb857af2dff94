"""A request: what is asked of a model, and the key under which its response is kept.

The key is the SHA-256 of the request's canonical form (RFC 8785 JSON) and holds what was
asked and nothing else: model, messages with each image replaced by the SHA-256 of its
bytes, sampling, response format, and which repeat this is. A field that is not said is
not in the canonical form, so a field added later leaves every older key as it is.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Literal

import rfc8785

from secondsight.toml import Entry

IMAGE = "0" * 64
"""Stands for the image's SHA-256 in a request that is asked of many images.

Other images of such a request are examples, and stay the same whatever it is asked about.
"""


class Text(Entry):
    """A piece of text in a message."""

    type: Literal["text"] = "text"
    text: str


class Image(Entry):
    """An image in a message, named by the SHA-256 of its bytes.

    `stretch` says how measurements became its light, where it was made of measurements.
    """

    type: Literal["image"] = "image"
    sha256: str
    detail: Literal["low", "high", "auto"] | None = None
    stretch: str | None = None


class Message(Entry):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: tuple[Text | Image, ...]


class Sampling(Entry):
    """How the answer is drawn; what is None is left to the endpoint."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None


class Request(Entry):
    """One question put to a model."""

    model: str  # the model's name, as the endpoint knows it
    messages: tuple[Message, ...]  # what is said
    sampling: Sampling = Sampling()  # how the answer is drawn
    response_format: dict[str, Any] | None = None  # the JSON schema asked for, in OpenAI's form
    repeat: int = 0  # 0 the first time, 1 the second; each has its own response

    def canonical(self) -> bytes:
        """Return the request as canonical JSON, without what was not said."""
        fields = self.model_dump(exclude_none=True)
        if not fields["sampling"]:
            del fields["sampling"]
        return bytes(rfc8785.dumps(fields))

    @property
    def key(self) -> bytes:
        """The 32 bytes under which the response is kept."""
        return key_of(self.canonical())

    def about(self, image_sha256: str, repeat: int = 0) -> "Request":
        """Return this request about one image in the place of `IMAGE`, and another repeat."""
        messages = tuple(
            message.model_copy(
                update={
                    "content": tuple(
                        part.model_copy(update={"sha256": image_sha256})
                        if isinstance(part, Image) and part.sha256 == IMAGE
                        else part
                        for part in message.content
                    )
                }
            )
            for message in self.messages
        )
        return self.model_copy(update={"messages": messages, "repeat": repeat})


def key_of(canonical: bytes) -> bytes:
    """Return the key of a request's canonical form."""
    return hashlib.sha256(canonical).digest()


class Template:
    """A request asked of many images: the canonical form is made once, then filled in.

    Raises ValueError if the request holds `IMAGE` nowhere, or more than once.

    Parameters
    ----------
    request : Request
        A request about the one image `IMAGE`, repeat 0.

    Notes
    -----
    RFC 8785 writes object members in the order of their names, and "messages" stands
    before "repeat"; so the image's hash and the repeat are two gaps in fixed bytes, and
    what stands before the first gap needs hashing only once. Quotes inside a prompt are
    escaped, so neither gap's mark can occur in one.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        images = sum(
            isinstance(part, Image) and part.sha256 == IMAGE
            for message in request.messages
            for part in message.content
        )
        if images != 1:
            raise ValueError(f"a template asks about one image, this one about {images}")
        mark = b'"sha256":"'
        before, after = request.canonical().split(mark + IMAGE.encode(), 1)
        before += mark
        between, self._end = after.split(b'"repeat":0', 1)
        self._between = between + b'"repeat":'
        self._before = before
        self._started = hashlib.sha256(before)

    def key(self, image_sha256: str, repeat: int) -> bytes:
        """Return the key of this request about one image, for one repeat."""
        digest = self._started.copy()
        digest.update(self._filled(image_sha256, repeat))
        return digest.digest()

    def keys(self, images: Iterable[str], repeats: int) -> list[bytes]:
        """Return the keys of this request about each image, for each of so many repeats."""
        ends = [b"%b%d%b" % (self._between, repeat, self._end) for repeat in range(repeats)]
        keys = []
        for image_sha256 in images:
            started = self._started.copy()
            started.update(image_sha256.encode())
            for end in ends:
                digest = started.copy()
                digest.update(end)
                keys.append(digest.digest())
        return keys

    def canonical(self, image_sha256: str, repeat: int) -> bytes:
        """Return the canonical form of this request about one image, for one repeat."""
        return self._before + self._filled(image_sha256, repeat)

    def _filled(self, image_sha256: str, repeat: int) -> bytes:
        return b"%b%b%d%b" % (image_sha256.encode(), self._between, repeat, self._end)
