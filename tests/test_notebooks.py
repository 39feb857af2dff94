"""The notebooks as they are committed: bones of a lesson, short cells, no machinery."""

import ast
from itertools import groupby
from pathlib import Path
from statistics import median

import nbformat
import papermill
import pytest

from hygiene import ROOT
from secondsight.book.dependencies import files_of_notebook
from secondsight.book.tags import asked, stays
from secondsight.errors import ParameterError
from secondsight.inference.modes import RECORD_MODES
from secondsight.papers import your_galaxies
from secondsight.papers.replayed import TASKS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST, MOST = 25, 270
"""Lines of code of a cell and of a chapter; most cells have about ten."""
FOLDS = 2
"""Cells of code in a row: on the page each is folded away."""
HEADINGS = ["The data", "What it means", "What we can't say", "Exercises"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    return request.param


def code_cells(notebook: Path) -> list[str]:
    page = nbformat.read(notebook, as_version=4)
    return [cell.source for cell in page.cells if cell.cell_type == "code"]


def prose(notebook: Path) -> str:
    page = nbformat.read(notebook, as_version=4)
    return "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")


def test_it_is_valid(notebook: Path) -> None:
    nbformat.validate(nbformat.read(notebook, as_version=4))


def test_it_has_the_bones_of_a_lesson(notebook: Path) -> None:
    text = prose(notebook)
    assert "**What you will learn.**" in text
    for heading in HEADINGS:
        assert f"## {heading}" in text


def test_its_parameters_are_found_by_papermill(notebook: Path) -> None:
    assert {"level", "results"} <= set(papermill.inspect_notebook(str(notebook)))


def test_a_cell_holds_no_machinery(notebook: Path) -> None:
    machinery = (
        ast.FunctionDef,
        ast.ClassDef,
        ast.AsyncFunctionDef,
        ast.While,
        ast.Try,
        ast.Lambda,
    )
    for source in code_cells(notebook):
        assert len(source.splitlines()) <= LONGEST, source
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, machinery)]


def test_a_chapter_is_short_and_so_are_most_of_its_cells(notebook: Path) -> None:
    lines = [len(source.splitlines()) for source in code_cells(notebook)]
    assert sum(lines) <= MOST
    assert median(lines) <= 12


def test_folds_do_not_pile_up(notebook: Path) -> None:
    page = nbformat.read(notebook, as_version=4)
    kinds = [cell.cell_type for cell in page.cells]
    assert max(len(list(run)) for kind, run in groupby(kinds) if kind == "code") <= FOLDS


def test_how_a_number_is_written_is_its_own_matter(notebook: Path) -> None:
    calls = ast.walk(ast.parse("\n".join(code_cells(notebook))))
    said = [c for c in calls if isinstance(c, ast.Call) and ast.unparse(c.func) == "chapter.say"]
    assert said
    assert not [word for call in said for word in call.keywords if word.arg == "form"]


def test_the_record_modes_are_listed_elsewhere(notebook: Path) -> None:
    assert not [source for source in code_cells(notebook) if RECORD_MODES[1] in source]


def test_what_a_tag_asks_for_is_given_by_the_notebook(notebook: Path) -> None:
    page = nbformat.read(notebook, as_version=4)
    tags = [tag for cell in page.cells for tag in cell.metadata.get("tags", [])]
    wanted = {asked(tag) for tag in tags if tag.startswith("if-")}
    assert wanted <= given_by("\n".join(code_cells(notebook)))


def given_by(code: str) -> set[str]:
    """Return the names of what a notebook's code says is given."""
    names: set[str] = set()
    for call in ast.walk(ast.parse(code)):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "chapter.given":
            names |= {word.arg for word in call.keywords if word.arg}
            spread = [ast.unparse(word.value) for word in call.keywords if not word.arg]
            names |= {name for one in spread for name in spread_names(one)}
    return names


def spread_names(code: str) -> set[str]:
    """Return the names that a call or a comprehension, spread out, gives."""
    if code.startswith("phrases.facts("):
        return {"answers", "truth", "scores"}
    if code.startswith("vote_panels.clear_facts("):
        return {"clear", "clear_yes"}
    if code.startswith("your_galaxies.facts("):
        own = your_galaxies.find("lsbg", "lsbg-1", images=1)
        return set(your_galaxies.facts(own, your_galaxies.Manner("")))
    assert "replayed.TASKS" in code
    return {task.key for task in TASKS}


@pytest.mark.parametrize("name", ["03_dwarf_calibration", "04_confidence", "05_repeated_inference"])
def test_of_a_folder_nothing_is_said_that_holds_for_the_simulated_campaign_alone(name: str) -> None:
    page = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    facts = given_by("\n".join(code_cells(ROOT / "notebooks" / f"{name}.ipynb")))
    folder = dict.fromkeys(facts, True) | {"simulated": False, "whole": False, "default": False}
    folder["dwarfs"] = False
    prose = [cell for cell in page.cells if cell.cell_type == "markdown"]
    shown = [cell.source for cell in prose if stays(cell.metadata.get("tags", []), folder)]
    said = "\n".join(shown).split("## Exercises")[0]
    for words in ("simulated volunteers", "this sky", "our sky", "simulated by", "drawn sheets"):
        assert words not in said
    assert "any sheet" not in said


def test_its_last_cell_hands_its_numbers_on(notebook: Path) -> None:
    assert code_cells(notebook)[-1] == "chapter.end()"


def test_it_uses_the_package_and_the_files_exist(notebook: Path) -> None:
    files = files_of_notebook(notebook)
    assert "src/secondsight/book/chapter.py" in files
    assert all((ROOT / name).is_file() for name in files)


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("00_simulated_sky", "most", 0),
        ("00_simulated_sky", "most", -1),
        *((name, "seed", -1) for name in ("01_zero_shot_lsbg", "03_dwarf_calibration", "09_audit")),
        ("03_dwarf_calibration", "prompt", "lsbg-1"),
        ("04_confidence", "prompt", "dwarf-1-names"),
        ("05_repeated_inference", "prompt", "morphology-1"),
        ("05_repeated_inference", "repeats", 1),
        ("08_local_model", "results", "/proc/nope"),
        ("12_your_galaxies", "images", -1),
        ("12_your_galaxies", "repeats", 0),
        ("12_your_galaxies", "flips", 1),
    ],
)
def test_what_a_parameter_can_not_be_is_refused_by_its_name(
    name: str, parameter: str, value: object
) -> None:
    page = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    [first] = [cell for cell in code if "parameters" in cell.metadata["tags"]]
    [begins] = [cell for cell in code if "chapter = begin(" in cell.source]
    namespace: dict[str, object] = {}
    exec(first.source, namespace)
    namespace[parameter] = value
    with pytest.raises(ParameterError, match=f"^{name}: {parameter} must be "):
        exec(begins.source, namespace)
