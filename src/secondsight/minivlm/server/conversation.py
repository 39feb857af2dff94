"""What a list of messages asks: the words, and the images they are about.

The last user message is the question; system messages stand before it. If it shows no image, the
images of the nearest earlier user message that does count, so a second request can be about an
answer to the first. Earlier user messages' words are at hand for a question that names no
categories itself.
"""

from dataclasses import dataclass

from secondsight.datasets.picture import MOST_PIXELS
from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.images import Picture, picture
from secondsight.minivlm.server.requests import Message

MOST_IMAGES = 50
MOST_TEXT = 20_000
"""How many characters all messages together may have, images aside."""


@dataclass(frozen=True)
class Conversation:
    """What is asked.

    Attributes
    ----------
    question, whole : str
        The system messages and the last user message; the same with every earlier user message.
    last : str
        The last user message alone, with which `question` ends.
    pictures : tuple of Picture
        The images that the question is about.
    texts, sizes : tuple
        Every message's words, and every image's width and height, for counting.
    """

    question: str
    whole: str
    last: str
    pictures: tuple[Picture, ...]
    texts: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]


def read_messages(messages: list[Message]) -> Conversation:
    """Return what a request's messages ask.

    Raises Refused if no user speaks, they are too long, or an image can't be taken.
    """
    texts = tuple(
        "\n".join(part.words for part in message.content or () if part.words is not None)
        for message in messages
    )
    characters = sum(map(len, texts))
    if characters > MOST_TEXT:
        text = f"Your messages have {characters:,} characters: {MOST_TEXT:,} is the most."
        raise Refused(text, param="messages", code="context_length_exceeded")
    spoken = [(message.role, text) for message, text in zip(messages, texts, strict=True)]
    users = [text for role, text in spoken if role == "user"]
    if not users:
        raise wrong("messages", "expected at least one message of the role 'user'")
    shown = _pictures(messages)
    system = [text for role, text in spoken if role in {"system", "developer"}]
    return Conversation(
        question="\n\n".join([*system, users[-1]]),
        whole="\n\n".join([*system, *users]),
        last=users[-1],
        pictures=next((tuple(pictures) for pictures in reversed(shown) if pictures), ()),
        texts=texts,
        sizes=tuple(picture.size for pictures in shown for picture in pictures),
    )


def _pictures(messages: list[Message]) -> list[list[Picture]]:
    """Return each message's images."""
    places = [
        [(f"messages[{at}].content[{number}].image_url", part.image_url.url)
         for number, part in enumerate(message.content or ())
         if part.type == "image_url" and part.image_url]
        for at, message in enumerate(messages)
    ]  # fmt: skip
    if sum(map(len, places)) > MOST_IMAGES:
        text = f"Too many images: a request may hold {MOST_IMAGES}."
        raise Refused(text, param="messages", code="too_many_images")
    shown = [[picture(url, param) for param, url in each] for each in places]
    pixels = sum(width * height for each in shown for width, height in (p.size for p in each))
    if pixels > MOST_PIXELS:
        text = f"The images have {pixels:,} pixels together, more than {MOST_PIXELS:,}."
        raise Refused(text, param="messages", code="invalid_image")
    return shown
