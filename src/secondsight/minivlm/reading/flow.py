"""A text's paragraphs as running lines, each item of a list by itself."""

import re
from dataclasses import dataclass

from secondsight.minivlm.reading.sentences import is_instruction

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
