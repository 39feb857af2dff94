"""A text's sentences, and which of them tell what to do."""

import re

from secondsight.minivlm.reading.words import INSTRUCTION

_AFTER = r" +(?=[\"'(\[*]{0,2}[A-Z0-9])"
_BREAK = re.compile(
    rf"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bcf\.)(?<!^\d\.)(?<!^[A-Za-z]\.){_AFTER}"
    rf"|(?<=[.!?][\"')\]]){_AFTER}"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, which is in one line."""
    return [part for part in _BREAK.split(text) if part]


def is_instruction(sentence: str) -> bool:
    """Whether a sentence begins as one that tells what to do."""
    return INSTRUCTION.match(sentence.lstrip("\"'(*# -\u2022")) is not None


def without_instructions(text: str) -> str:
    """Return `text` up to the first sentence that tells what to do."""
    kept = []
    for sentence in sentences(text):
        if is_instruction(sentence):
            break
        kept.append(sentence)
    return " ".join(kept)
