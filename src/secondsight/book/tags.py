"""Which cells of an executed notebook stay on its page, by their tags and what the run had.

A cell with the tag ``if-truth`` stays only where the chapter said `given(truth=True)`, one with
``if-no-truth`` only where it said False. A cell with several such tags needs all of them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from secondsight.paths import shown

FACTS = "secondsight_given"
"""Under which name a chapter leaves what is given in the metadata of its last output."""
IF, IF_NO = "if-", "if-no-"
INJECTED, REMOVED = "injected-parameters", "remove-cell"


def said_of(facts: Mapping[str, bool]) -> str:
    """Return in words what is given and what not."""
    return ", ".join(name if given else f"no {name}" for name, given in facts.items())


def hide_cells(path: Path) -> None:
    """Tag the cells of an executed notebook that its page leaves out.

    These are the injected parameters, and what a tag asks for and the run has not. Where the
    project lies on this machine is left out too.
    """
    page = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    facts = _facts(page.cells)
    for cell in page.cells:
        tags = cell.metadata.get("tags", [])
        if INJECTED in tags or not stays(tags, facts):
            cell.metadata["tags"] = [*tags, REMOVED]
    ran = page.metadata.get("papermill", {})
    ran |= {name: shown(Path(ran[name])) for name in ("input_path", "output_path") if name in ran}
    nbformat.write(page, path)  # type: ignore[no-untyped-call]


def stays(tags: list[str], facts: Mapping[str, bool]) -> bool:
    """Whether a cell with these tags stays; a fact that nobody gave is not given."""
    return all(
        facts.get(asked(tag), False) is not tag.startswith(IF_NO)
        for tag in tags
        if tag.startswith(IF)
    )


def asked(tag: str) -> str:
    """Return the name of what a tag asks for."""
    return tag.removeprefix(IF_NO if tag.startswith(IF_NO) else IF)


def _facts(cells: list[Any]) -> dict[str, bool]:
    facts: dict[str, bool] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            facts |= output.get("metadata", {}).get(FACTS, {})
    return facts
