"""Lists of files and batches, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from openai.types import Batch, FileObject

from secondsight.minivlm.server.errors import wrong

Thing = Batch | FileObject


def page(
    objects: Sequence[Thing], query: Mapping[str, str], *, most: int, default: int
) -> dict[str, Any]:
    """Return one page of `objects`, which come oldest first.

    Raises
    ------
    Refused
        If the query's `limit`, `order` or `after` is wrong.
    """
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise wrong("order", "expected 'asc' or 'desc'")
    text = query.get("limit", str(default))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= limit <= most:
        raise wrong("limit", f"expected a whole number from 1 to {most}")
    listed = objects if order == "asc" else objects[::-1]
    start = _after(listed, query.get("after"))
    shown = listed[start : start + limit]
    return {
        "object": "list",
        "data": [one.model_dump(mode="json") for one in shown],
        "first_id": shown[0].id if shown else None,
        "last_id": shown[-1].id if shown else None,
        "has_more": start + limit < len(listed),
    }


def _after(listed: Sequence[Thing], after: str | None) -> int:
    if not after:
        return 0
    for place, one in enumerate(listed):
        if one.id == after:
            return place + 1
    raise wrong("after", f"there is no '{after}' in this list")
