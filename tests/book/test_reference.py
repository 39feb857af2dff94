"""The pages made from docstrings."""

import re
from pathlib import Path

import pytest

from secondsight.book import reference
from secondsight.errors import ParameterError


def test_every_room_and_folder_has_a_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reference.write_reference(tmp_path)
    assert caplog.messages == [], "a docstring names what is no parameter"
    src = Path(reference.__file__).parents[1]
    folders = {path.parent.relative_to(src).as_posix() for path in src.rglob("__init__.py")} - {"."}
    modules = {path.stem for path in src.glob("*.py")} - {"__init__"}
    named = {folder.replace("/", ".") for folder in folders} | modules
    assert {path.name.removesuffix(".md") for path in tmp_path.iterdir()} == named


def test_each_module_stands_on_the_page_of_its_folder_alone() -> None:
    assert "## `papers.dwarfs.campaign`" not in reference.reference("papers")
    assert "## `papers.read_answers`" in reference.reference("papers")


def test_a_function_is_shown_with_its_parameters() -> None:
    page = reference.reference("metrics")
    part = page[page.index("### `bin_shares`") :].split("### ")[1]
    assert "bin_shares(quantity: Numbers, edges: Sequence[float], successes: Numbers" in part
    assert "`quantity` : `array of float, shape (n,)`\n: What is binned" in part
    assert "**Parameters**" in part


def test_a_class_is_shown_with_what_stands_beside_its_fields() -> None:
    page = reference.reference("book")
    assert "`figure` : `str | None`\n: the figure's anchor in the chapter" in page


def test_what_is_private_is_not_shown() -> None:
    for room in ("book", "metrics"):
        assert not re.search(r"^#+ `_", reference.reference(room), re.MULTILINE)


def test_signs_of_markdown_in_words_stay_signs() -> None:
    assert reference._plain("a * b_c in ``d * e_f``") == r"a \* b\_c in ``d * e_f``"


def test_a_room_that_is_not_there_is_named() -> None:
    with pytest.raises(ParameterError, match=r"no room named 'attic'; known: book, cli"):
        reference.reference("attic")
