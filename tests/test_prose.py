"""No result is typed by hand: a number in a chapter's prose is glued, or it names something."""

import re
from pathlib import Path

import nbformat
import pytest

from glued import named_too_early
from secondsight import paths

CHAPTERS = sorted(paths.NOTEBOOKS.rglob("*.ipynb"))
EXEMPT = ("Exercises", "References")
"""Sections whose numbers are tasks for the reader, not results."""

_QUOTED = re.compile(r"`[^`]*`|\{[a-z:]+\}`[^`]*`|\]\([^)]*\)|<[^>]*>|^#+ .*$", re.M)
_NAMING = re.compile(
    r"(?:[Cc]lass(?:es)?|[Ff]igures?|[Pp]anels?|[Ss]ections?|Zoo|SigLIP|DELVE|version|Python|"
    r"LLaVA|Gemini)\s+\d[\w.]*(?:,? (?:and|to|or) \d\w*)?"
)
_NUMBER = re.compile(r"(?<![\w.\-–])[+\-−]?\d[\d.,]*\d?%?(?![\w\-])")  # noqa: RUF001


def typed_numbers(text: str) -> list[str]:
    """Return the numbers of a Markdown text that are neither glued nor part of a name."""
    bare = _NAMING.sub(" ", _QUOTED.sub(" ", text))
    return [found.group() for found in _NUMBER.finditer(bare)]


def results_prose(path: Path) -> list[str]:
    """Return a chapter's paragraphs, but for the exempt sections."""
    page = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    section, found = "", []
    for cell in page.cells:
        if cell.cell_type != "markdown" or "exercise" in cell.metadata.get("tags", []):
            continue
        for paragraph in cell.source.split("\n\n"):
            heading = re.match(r"#+ (.*)", paragraph)
            section = heading[1] if heading else section
            if section not in EXEMPT:
                found.append(paragraph)
    return found


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_number_in_a_chapter_is_computed(path: Path) -> None:
    typed = [(numbers, text) for text in results_prose(path) if (numbers := typed_numbers(text))]
    assert typed == []


@pytest.mark.parametrize(
    "text",
    [
        "Right for 57.4% of the images.",
        "The accuracy is 0.83.",
        "It called 12,599 of them a dwarf.",
        "- ahead by 5 points",
        "A rise of −3.2 points.",  # noqa: RUF001
    ],
)
def test_a_typed_result_is_found(text: str) -> None:
    assert typed_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "Right for {glue:text}`right` of {glue:text}`images_500`.",
        "GPT-4o and LLaVA 1.5 on Galaxy Zoo 2, as in figure 2a.",
        "An image of class 1, see [the page](../book/x.md#at-12).",
        "Run it with `level=0.5`.",
        "## The first 500 images",
    ],
)
def test_a_name_is_no_result(text: str) -> None:
    assert typed_numbers(text) == []


def test_a_number_that_is_named_too_early_is_found() -> None:
    given = {"output_type": "display_data", "data": {}, "metadata": {"scrapbook": {"name": "a"}}}
    cells = [
        nbformat.v4.new_markdown_cell("{glue:text}`a`, {glue:text}`b`"),
        nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(given)]),
        nbformat.v4.new_markdown_cell("{glue:text}`a`"),
    ]
    page = nbformat.v4.new_notebook(cells=cells)
    assert named_too_early(page) == ["a", "b"]
