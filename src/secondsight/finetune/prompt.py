"""The request for a conversation about a caption, kept in `data/prompts/conversation`."""

from pathlib import Path

from secondsight import paths
from secondsight.inference.prompt import PageWithGaps, read_page

FOLDER = paths.PROMPTS / "conversation"
CAPTION = "{caption}"


class ConversationPrompt(PageWithGaps):
    """What a writer of conversations is asked, such as ``"conversation-1"``."""

    GAPS = (CAPTION,)

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
