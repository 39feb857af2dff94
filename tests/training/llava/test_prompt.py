import re

import pytest
from pydantic import ValidationError

from secondsight.errors import DataError
from secondsight.training.llava.conversations import (
    FOLDER,
    ConversationPrompt,
    load_conversation_prompt,
)


def test_a_caption_is_filled_in_as_it_is() -> None:
    prompt = ConversationPrompt(name="x-1", about="A test.", text='{"a": 1}\nCaption:\n{caption}')
    for caption in ("{caption}", "{}", "%s", "\\1", "🔭"):
        assert prompt.about_text(caption) == f'{{"a": 1}}\nCaption:\n{caption}'


@pytest.mark.parametrize("text", ["", "{caption} {caption}"])
def test_a_text_without_its_gap_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"must hold \{caption\} once"):
        ConversationPrompt(name="x-1", about="A test.", text=text)


def test_the_control_differs_by_the_instruction_alone() -> None:
    paragraphs = load_conversation_prompt("conversation-1").text.split("\n\n")
    free = load_conversation_prompt("conversation-1-free").text.split("\n\n")
    (instruction,) = [one for one in paragraphs if one not in free]
    assert [one for one in paragraphs if one != instruction] == free
    assert instruction.startswith("Stay with what is visible")
    assert not re.search("visible", "".join(free), re.I)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_the_caption_stands_last_after_its_line(name: str) -> None:
    assert load_conversation_prompt(name).about_text("A glow.").endswith("\n\nCaption:\nA glow.")


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(DataError, match="known: conversation-1, conversation-1-free"):
        load_conversation_prompt("y")
