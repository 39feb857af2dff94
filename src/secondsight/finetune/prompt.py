"""The request for a conversation about a caption, kept in `data/prompts/conversation`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from secondsight import paths
from secondsight.inference.prompt import read_page

FOLDER = paths.PROMPTS / "conversation"
CAPTION = "{caption}"


class ConversationPrompt(BaseModel):
    """What a writer of conversations is asked.

    Attributes
    ----------
    name : str
        The file's name without its ending, such as ``"conversation-1"``. A changed text is a new
        version, and so a new file.
    about : str
        What it is for, in a sentence.
    text : str
        What is sent, with a gap for the caption.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    text: str

    @field_validator("text")
    @classmethod
    def _has_gap(cls, text: str) -> str:
        if text.count(CAPTION) != 1:
            raise ValueError(f"must hold {CAPTION} once")
        return text

    def about_text(self, text: str) -> str:
        """Return the request about one caption."""
        return self.text.replace(CAPTION, text)


def load_conversation_prompt(name: str, folder: Path = FOLDER) -> ConversationPrompt:
    """Read the request `name` from `folder`.

    Raises
    ------
    DataError
        If there is none of this name (the text lists those that there are), or the file is not
        right.
    """
    return read_page(name, folder, ConversationPrompt)
