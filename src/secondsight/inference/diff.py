"""What differs between two recordings."""

from dataclasses import dataclass
from pathlib import Path

from secondsight.inference.body import text_of
from secondsight.inference.recording import read_rows


@dataclass(frozen=True)
class Difference:
    """How two recordings differ.

    Attributes
    ----------
    by : str
        What was compared: ``"request"``, or ``"image"`` where no request is in both, as between
        two models.
    only_left, only_right, same, changed : int
        Those that the other does not hold; those of both, with the same and with another text.
    examples : list of tuple
        Up to ten changed responses: image id, left text, right text.
    """

    by: str
    only_left: int
    only_right: int
    same: int
    changed: int
    examples: list[tuple[str, str, str]]


def diff(left: Path, right: Path) -> Difference:
    """Compare two recordings by the texts of their answers.

    Request by request; or image by image and repeat by repeat, where no request is in both.
    """
    ours, theirs = _texts(left, "key"), _texts(right, "key")
    by = "request" if ours.keys() & theirs.keys() else "image"
    if by == "image":
        ours, theirs = _texts(left, "image_id"), _texts(right, "image_id")
    both = ours.keys() & theirs.keys()
    changed = sorted(key for key in both if ours[key][1] != theirs[key][1])
    return Difference(
        by=by,
        only_left=len(ours.keys() - theirs.keys()),
        only_right=len(theirs.keys() - ours.keys()),
        same=len(both) - len(changed),
        changed=len(changed),
        examples=[(*ours[key], theirs[key][1]) for key in changed[:10]],
    )


def _texts(path: Path, column: str) -> dict[tuple[bytes | str, int], tuple[str, str]]:
    """Return image id and text by `column` and repeat."""
    rows = read_rows(path, ["key", "image_id", "repeat", "response"]).to_pylist()
    return {
        (row[column], row["repeat"]): (row["image_id"], text_of(row["response"])) for row in rows
    }
