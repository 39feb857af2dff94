"""What an executed chapter's sentences name, and which cell computed it."""

import re
from typing import Any

GLUED = re.compile(r"\{(?:glue:\w+|number)\}`([^`.]+)`")
"""A name with a full stop is another chapter's, or the first screen's, which stands at the end."""


def computed_in(cell: Any) -> set[str]:
    """Return the names that an executed cell of code gave to the prose."""
    metadata = [output.get("metadata", {}) for output in cell.get("outputs", [])]
    return {entry["scrapbook"]["name"] for entry in metadata if "scrapbook" in entry}


def named_too_early(page: Any) -> list[str]:
    """Return what stands in a sentence above the cell that computes it. Nothing is let pass."""
    known: set[str] = set()
    early: list[str] = []
    for cell in page.cells:
        known |= computed_in(cell)
        if cell.cell_type == "markdown":
            early += [name for name in GLUED.findall(cell.source) if name not in known]
    return early
