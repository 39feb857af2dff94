"""Captions become conversations: a model of text alone is asked for questions and answers.

The requests are kept in `data/prompts/conversation`. The model sees the caption and no image. The
default one is no language model: rules that stand where GPT-4 stood in the papers, so that the door
can be tried without a key.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pydantic
from pydantic import BaseModel, Field, StringConstraints

from secondsight import paths
from secondsight.errors import ParameterError
from secondsight.inference.answers import text_table
from secondsight.inference.prompt import PageWithGaps, read_page, schema_asked, whole_object
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.recording import read_rows
from secondsight.inference.texts import ask_texts
from secondsight.minivlm.turns import WRITER

NAME = "conversations"
"""What the names of the recordings begin with."""
FOLDER = paths.PROMPTS / "conversation"
CAPTION = "{caption}"

_TEXT = {"type": "string"}
_TURN = whole_object({"question": _TEXT, "answer": _TEXT})
SCHEMA = schema_asked("conversation", {"turns": {"type": "array", "items": _TURN}})
"""The form of a reply, as OpenAI's `response_format`."""

_FENCED = re.compile(r"\s*```\w*\s(.*)```\s*", re.S)


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@pydantic.dataclasses.dataclass(frozen=True)
class Turn:
    """One question and its answer; neither is blank."""

    question: _Text
    answer: _Text


class _Turns(BaseModel):
    turns: tuple[Turn, ...] = Field(min_length=1)


class ConversationPrompt(PageWithGaps):
    """What a writer of conversations is asked, such as ``"conversation-1"``."""

    GAPS = (CAPTION,)

    @property
    def schema_asked(self) -> dict[str, Any]:
        """The form of a reply."""
        return SCHEMA

    def about_text(self, text: str) -> str:
        """Return the request about one caption."""
        return self.text.replace(CAPTION, text)


def load_conversation_prompt(name: str, folder: Path = FOLDER) -> ConversationPrompt:
    """Read the request `name` from `folder`; raises `DataError` as `read_page`."""
    return read_page(name, folder, ConversationPrompt)


@dataclass(frozen=True)
class Conversations:
    """What was written about each caption."""

    turns: tuple[tuple[Turn, ...], ...]  # in their order; empty where the reply can't be read

    @property
    def unread(self) -> int:
        """How many captions got a reply that could not be read: refused, empty or malformed."""
        return sum(not turns for turns in self.turns)


def conversations(
    captions: Sequence[str],
    prompt: str = "conversation-1",
    model: str = WRITER,
    recorder: Recorder = Recorder(),
) -> Conversations:
    """Return a conversation about each caption, asked for at temperature 0, once of each text.

    The prompt is a file in `data/prompts/conversation`; the model the rules of `secondsight serve`
    or any model of text. All else is as for `ask`. Raises ParameterError if a caption is blank.
    """
    blank = next((place for place, text in enumerate(captions) if not text.strip()), None)
    if blank is not None:
        raise ParameterError(f"captions[{blank}] is blank: there is nothing to talk about")
    command = f'conversations(..., {prompt!r}, {model!r}, Recorder("new_episodes"))'
    page, told = load_conversation_prompt(prompt), replace(recorder, command=command)
    return _read(ask_texts(NAME, captions, page, model, recorder=told))


def recorded(prompt: str, model: str = WRITER, folder: Path = paths.RECORDINGS) -> Conversations:
    """Return every conversation of a published recording, in its order.

    Raises RecordingError if there is no such recording, or it is damaged.
    """
    path = folder / f"{recorded_as(NAME, prompt, model)}.parquet"
    rows = read_rows(path, ["response", "recorded_at"])
    return _read(text_table(rows, [""] * len(rows)))


def _read(replies: pd.DataFrame) -> Conversations:
    return Conversations(
        tuple(
            () if refused else read_turns(text)
            for text, refused in zip(replies["text"], replies["refused"], strict=True)
        )
    )


def read_turns(text: str | None) -> tuple[Turn, ...]:
    """Return the turns in a reply; none if it is anything but JSON of them.

    A fence of code around the JSON is allowed, and fields that were not asked for are passed over.
    Words before or after it, a blank question or answer, and a reply that was cut off are not read.
    """
    fenced = _FENCED.fullmatch(text or "")
    try:
        return _Turns.model_validate_json(fenced[1] if fenced else text or "").turns
    except ValueError:  # pydantic's too, and a text that is no Unicode
        return ()
