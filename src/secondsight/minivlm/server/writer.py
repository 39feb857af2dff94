"""A model beside the small one: it writes a conversation about a caption, by rules.

It is no language model. It stands where GPT-4 stood in the papers, so that the door can be tried
without a key. The caption is what follows `Caption:` at the beginning of a line in the last user
message. If the words before it speak of what is "visible", the answers stay with that. Temperature
and seed are taken and have no bearing.
"""

import json
import re

from secondsight.minivlm.reply import cut, tokens_of
from secondsight.minivlm.server.conversation import Conversation
from secondsight.minivlm.server.errors import Refused
from secondsight.minivlm.server.exchange import completion, read_body
from secondsight.minivlm.server.requests import Body
from secondsight.minivlm.server.schema import NOTES, refused
from secondsight.minivlm.turns import WRITER, turns_of

TEXT = {"type": "string"}
TURN = {"type": "object", "properties": {"question": TEXT, "answer": TEXT}}
WRITTEN = {"type": "object", "properties": {"turns": {"type": "array", "items": TURN}}}
"""The only schema that is obeyed, without what is required and what may be added."""

_CAPTION = re.compile(r"^Caption:", re.M)
_VISIBLE = re.compile(r"\bvisible\b", re.I)


class Writer:
    """Answers requests about captions."""

    name = WRITER

    def answer(self, body: Body) -> Body:
        """Return the chat completion for a request's body: turns, as JSON.

        Raises Refused if there is no caption, an image, or a schema of anything but turns.
        """
        asked, conversation = read_body(body)
        if asked.by_schema is not None and _plain(asked.by_schema) != WRITTEN:
            raise refused(
                f"{WRITER} writes nothing but 'turns', a list of objects with a 'question' and an "
                "'answer'"
            )
        words, caption = _read(conversation)
        turns = turns_of(caption, visible_only=bool(_VISIBLE.search(words)))
        written = {"turns": [{"question": asks, "answer": tells} for asks, tells in turns]}
        text = json.dumps(written, ensure_ascii=False)
        reply = cut(tokens_of(text), most=asked.most, stops=asked.stop)
        return completion(self.name, [reply] * asked.n, (asked, conversation))


def _read(conversation: Conversation) -> tuple[str, str]:
    """Return the words before the caption, and the caption."""
    if conversation.pictures:
        raise _cannot("it writes about a caption and can't look at an image")
    before, *rest = _CAPTION.split(conversation.last, maxsplit=1)
    if not rest:
        raise _cannot("there is no line that begins with 'Caption:' in the last user message")
    caption = rest[0].strip()
    if not caption:
        raise _cannot("nothing follows 'Caption:'")
    return conversation.question.removesuffix(conversation.last) + before, caption


def _cannot(why: str) -> Refused:
    return Refused(f"{WRITER} can't answer: {why}.", param="messages", code="invalid_value")


def _plain(schema: object) -> object:
    """Return a schema without notes, and without what is true of every reply."""
    if not isinstance(schema, dict):
        return schema
    kept = {name: value for name, value in schema.items() if name not in NOTES}
    fields = kept.get("properties")
    if isinstance(fields, dict):
        kept["properties"] = {name: _plain(value) for name, value in fields.items()}
        required = kept.get("required", [])
        if isinstance(required, list) and all(name in list(fields) for name in required):
            kept.pop("required", None)
        if isinstance(kept.get("additionalProperties"), bool):
            del kept["additionalProperties"]
    if "items" in kept:
        kept["items"] = _plain(kept["items"])
    return kept
