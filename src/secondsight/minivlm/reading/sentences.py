"""A text's paragraphs and sentences, and which of them tell what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from secondsight.minivlm.reading.words import INSTRUCTION

_AFTER = r" +(?=[\"'(\[*]{0,2}[A-Z0-9])"
_BREAK = re.compile(
    rf"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bcf\.)(?<!^\d\.)(?<!^[A-Za-z]\.){_AFTER}"
    rf"|(?<=[.!?][\"')\]]){_AFTER}"
)
_MARK = re.compile(
    r"(?:[-*+\u2022\u2014] |\u2022|#{1,6} |\(?\w{1,3}[.)] |>"
    r"|[\"'(]?\w{1,2}[\"')]? ?(?:=|:|->|\u2014|- ))"
)
_STRIP = re.compile(r"^(?:(?:[-*+\u2022\u2014>]|#{1,6}) |\u2022)+")


@dataclass(frozen=True)
class Block:
    """A paragraph or an item of a list, in one line; `line` is where it begins."""

    line: int
    text: str


def flow(text: str) -> list[Block]:
    """Return the paragraphs and the items of lists in `text`, each in one line."""
    blocks: list[Block] = []
    parts: list[str] = []
    start = 0
    for number, row in enumerate([*text.split("\n"), ""]):
        row = row.strip()
        if parts and (not row or _MARK.match(row) or _begins(row, parts[-1])):
            blocks.append(Block(start, " ".join(parts)))
            parts = []
        if row:
            start = start if parts else number
            parts.append(_STRIP.sub("", row, count=1).replace("**", "").replace("`", ""))
    return blocks


def _begins(row: str, before: str) -> bool:
    """Whether a line tells what to do and the line before it is no unfinished sentence."""
    return before[-1:] not in {",", ";"} and row[0].isupper() and is_instruction(row)


def placed_sentences(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the sentences of a text's paragraphs, each with its line and how far into it it is."""
    for block in flow(text):
        offset = 0
        for sentence in sentences(block.text):
            yield sentence, (block.line, offset)
            offset += len(sentence)


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
