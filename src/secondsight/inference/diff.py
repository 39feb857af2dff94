"""What differs between two recordings."""

from dataclasses import dataclass
from pathlib import Path

import orjson

from secondsight.inference.recording import read_rows


@dataclass(frozen=True)
class Difference:
    """How two recordings differ.

    Attributes
    ----------
    only_left, only_right : int
        Keys that the other does not hold.
    same, changed : int
        Keys of both, with the same and with another text.
    examples : list of tuple
        Up to ten changed responses: image id, left text, right text.
    """

    only_left: int
    only_right: int
    same: int
    changed: int
    examples: list[tuple[str, str, str]]


def diff(left: Path, right: Path) -> Difference:
    """Compare two recordings key by key; bodies are compared by the text of their answers."""
    ours, theirs = _texts(left), _texts(right)
    both = ours.keys() & theirs.keys()
    changed = sorted(key for key in both if ours[key][1] != theirs[key][1])
    return Difference(
        only_left=len(ours.keys() - theirs.keys()),
        only_right=len(theirs.keys() - ours.keys()),
        same=len(both) - len(changed),
        changed=len(changed),
        examples=[(*ours[key], theirs[key][1]) for key in changed[:10]],
    )


def said(response: str) -> str:
    """Return the text that a response holds: a chat completion's, or the text itself."""
    try:
        return str(orjson.loads(response)["choices"][0]["message"]["content"])
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return response


def _texts(path: Path) -> dict[bytes, tuple[str, str]]:
    rows = read_rows(path, ["key", "image_id", "response"])
    columns = (rows[name].to_pylist() for name in ("key", "image_id", "response"))
    return {key: (image_id, said(text)) for key, image_id, text in zip(*columns, strict=True)}
