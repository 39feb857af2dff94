"""What a list of messages asks: the words, and the images they are about.

The last user message is the question; system messages stand before it. If it shows no image, the
images of the nearest earlier user message that does count, so a second request can be about an
answer to the first. Earlier user messages' words are at hand for a question that names no
categories itself.
"""

from dataclasses import dataclass, field
from typing import Any

from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.images import Picture, picture

MOST_IMAGES = 50
ROLES = {"system", "developer", "user", "assistant"}
DETAILS = {"low", "high", "auto", "original"}


@dataclass
class _Said:
    """What one message says."""

    role: str
    texts: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@dataclass(frozen=True)
class Conversation:
    """What is asked.

    Attributes
    ----------
    question : str
        The system messages and the last user message.
    whole : str
        The same with every earlier user message.
    last : str
        The last user message alone, with which `question` ends.
    pictures : tuple of Picture
        The images that the question is about.
    texts : tuple of str
        Every message's words, for counting.
    sizes : tuple of (int, int)
        Every image's width and height, for counting.
    """

    question: str
    whole: str
    last: str
    pictures: tuple[Picture, ...]
    texts: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]


def read_messages(messages: object) -> Conversation:
    """Return what a request's messages ask.

    Raises
    ------
    Refused
        If a message is not of OpenAI's form, or has anything but text and images.
    """
    if not isinstance(messages, list) or not messages:
        raise wrong("messages", "expected a list of at least one message")
    said = [_message(message, f"messages[{at}]") for at, message in enumerate(messages)]
    users = [one for one in said if one.role == "user"]
    if not users:
        raise wrong("messages", "expected at least one message of the role 'user'")
    if sum(len(one.pictures) for one in said) > MOST_IMAGES:
        text = f"Too many images: a request may hold {MOST_IMAGES}."
        raise Refused(text, param="messages", code="too_many_images")
    system = [one.text for one in said if one.role in {"system", "developer"}]
    shown = next((one.pictures for one in reversed(users) if one.pictures), [])
    return Conversation(
        question="\n\n".join([*system, users[-1].text]),
        whole="\n\n".join([*system, *(one.text for one in users)]),
        last=users[-1].text,
        pictures=tuple(shown),
        texts=tuple(one.text for one in said),
        sizes=tuple(image.size for one in said for image in one.pictures),
    )


def _message(message: object, param: str) -> _Said:
    if not isinstance(message, dict):
        raise wrong(param, "expected an object with 'role' and 'content'")
    role, content = message.get("role"), message.get("content")
    if role not in ROLES:
        known = ", ".join(sorted(ROLES))
        raise wrong(f"{param}.role", f"expected one of {known}")
    said = _Said(role)
    if isinstance(content, str):
        said.texts.append(content)
    elif isinstance(content, list):
        for at, part in enumerate(content):
            _part(part, f"{param}.content[{at}]", said)
    elif content is not None or role != "assistant":
        raise wrong(f"{param}.content", "expected a text, or a list of texts and images")
    return said


def _part(part: object, param: str, said: _Said) -> None:
    """Add one part of a message's content."""
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or kind not in {"text", "image_url", "refusal"}:
        raise wrong(f"{param}.type", "expected 'text' or 'image_url'")
    if kind != "image_url":
        if not isinstance(part.get(kind), str):
            raise wrong(f"{param}.{kind}", "expected a text")
        said.texts.append(part[kind])
        return
    if said.role != "user":
        raise wrong(param, "only a message of the role 'user' can show an image")
    said.pictures.append(picture(_url(part.get("image_url"), param), f"{param}.image_url"))


def _url(shown: Any, param: str) -> str:
    if not isinstance(shown, dict) or not isinstance(shown.get("url"), str):
        raise wrong(f"{param}.image_url", "expected an object with 'url'")
    if shown.get("detail") is not None and shown["detail"] not in DETAILS:
        known = ", ".join(sorted(DETAILS))
        raise wrong(f"{param}.image_url.detail", f"expected one of {known}")
    return str(shown["url"])
