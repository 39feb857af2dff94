"""What should not leave this machine with a recording: keys, addresses, names of folders."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

KEY, ADDRESS, HOME = "key", "e-mail", "path"
PATTERNS = {
    KEY: "|".join(
        (
            r"\bsk-[A-Za-z0-9_-]{0,40}[A-Za-z0-9]{20}",  # OpenAI, Anthropic and others
            r"\bhf_[A-Za-z0-9]{20}",
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",  # Amazon
            r"\bAIza[0-9A-Za-z_-]{35}",  # Google
            r"\bgh[pousr]_[A-Za-z0-9]{30}",
            r"(?i:\bbearer)\s+[A-Za-z0-9._~+/-]{16}",
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY",
        )
    ),
    ADDRESS: r"\b[A-Za-z0-9][\w.+-]{0,60}@(?:[A-Za-z0-9-]{1,60}\.){1,5}[A-Za-z]{2,24}\b",
    HOME: r"(?:^|[^\w./])/(?:home|Users|root)/[\w.-]+|\b[A-Za-z]:\\{1,4}Users\\{1,4}\w+",
}
COLUMNS = ("image_id", "request", "response", "label", "parsed_elsewhere")
LETTERS = 6
"""Of a key, how many letters a message shows."""


class Secret(NamedTuple):
    """Something that should not leave this machine."""

    kind: str
    place: str
    shown: str


def in_text(text: str, place: str) -> Iterator[Secret]:
    """Yield the first secret of each kind in a text."""
    for kind, pattern in PATTERNS.items():
        match = re.search(pattern, text)
        if match:
            words = match[0].strip("\"' =:(")
            yield Secret(kind, place, words[:LETTERS] + "…" if kind == KEY else words[:80])


def in_rows(rows: pa.Table) -> Iterator[Secret]:
    """Yield the secrets in a recording's rows, each with its column, image and repeat."""
    for column in COLUMNS:
        hits = pc.match_substring_regex(rows[column], "|".join(PATTERNS.values()))
        for row in rows.filter(hits).to_pylist():
            place = f"the {column} of {row['image_id']!r} #{row['repeat']}"
            yield from in_text(row[column], place)
