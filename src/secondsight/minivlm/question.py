"""What a prompt asks for: categories to choose from, and how the answer is to be written."""

from dataclasses import dataclass

CATEGORY, CONFIDENCE = "\x00", "\x01"
"""What stands in a form for the category and for the confidence: no prompt holds these."""


@dataclass(frozen=True)
class Option:
    """One category that a prompt names."""

    code: str  # what the answer is to say, such as ``"1"``; without a code, the name
    name: str  # the category's name, such as ``"edge-on"``; empty where the prompt gives none
    description: str  # what the prompt says the category looks like; empty where it says nothing


@dataclass(frozen=True)
class Question:
    """What a prompt asks for.

    Attributes
    ----------
    options : tuple of Option
        The categories, in the prompt's order; empty if it names none.
    confidence : tuple of str
        The words in which a confidence is asked for, the highest first, such as
        ``("High", "Medium", "Low")``; empty if none is asked for.
    fields : tuple of str
        If JSON is asked for, the name of the category's field and, where a confidence is asked
        for, of the confidence's; empty for plain text.
    passage : str
        A text that the prompt quotes and asks about, where there is no image; empty if none.
    form : str
        How a plain text is to be written, with `CATEGORY` and perhaps `CONFIDENCE` in their
        places, such as ``"Answer: "`` and the category; the bare category if the prompt shows none.
    """

    options: tuple[Option, ...]
    confidence: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    passage: str = ""
    form: str = CATEGORY
