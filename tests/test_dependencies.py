import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from secondsight import dependencies, paths
from secondsight.dependencies import files_used_by, shown_files, used_by_modules

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))

FAKE = {
    "__init__.py": "VERSION = 1\n",
    "alone.py": "import math\n",
    "base.py": "from fake.alone import x\n",
    "far.py": "def g():\n    from fake import base\n",
    "numbers/__init__.py": (
        "from fake.numbers.one import first\n"
        "from fake.numbers.two import second as renamed\n"
        "from fake.words import spoken as said\n"
    ),
    "numbers/one.py": "from fake.base import y\n",
    "numbers/two.py": "",
    "words/__init__.py": "from fake.words.spoken import spoken\n",
    "words/spoken.py": "",
    "words/unused.py": "",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small package of this shape, in place of our own."""
    root = tmp_path / "fake"
    for name, content in FAKE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    monkeypatch.setattr(dependencies, "PACKAGE", root)
    monkeypatch.setattr(dependencies, "NAME", "fake")
    dependencies._needs.cache_clear()
    yield root
    dependencies._needs.cache_clear()


def used(package: Path, *cells: str) -> set[str]:
    """What a notebook of these cells uses."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    page.cells.append(nbformat.v4.new_markdown_cell("from fake import alone"))
    nbformat.write(page, package.parent / "n.ipynb")
    found = files_used_by(package.parent / "n.ipynb")
    return {path.relative_to(package).as_posix() for path in found}


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("from fake.alone import x", {"alone.py"}),
        ("import fake.alone", {"alone.py"}),
        ("from fake.base import y", {"base.py", "alone.py"}),
        ("from fake import base", {"base.py", "alone.py"}),
        ("from fake import VERSION", {"__init__.py"}),
        ("from fake.far import g", {"far.py", "base.py", "alone.py"}),
        ("import math\nfrom numpy import array\nimport fakery", set()),
        ("%matplotlib inline\n!ls\n\nfrom fake.alone import x", {"alone.py"}),
        ("if True:\n    from fake.alone import x", {"alone.py"}),
    ],
)
def test_modules_are_followed(package: Path, code: str, files: set[str]) -> None:
    assert used(package, code) == files


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("first", {"numbers/one.py", "base.py", "alone.py"}),
        ("renamed", {"numbers/two.py"}),
        ("said", {"words/__init__.py", "words/spoken.py"}),
        ("two", {"numbers/two.py"}),
    ],
)
def test_a_name_is_followed_through_a_thin_init(package: Path, name: str, files: set[str]) -> None:
    found = used(package, f"from fake.numbers import {name}")
    assert found - {"numbers/__init__.py"} == files


@pytest.mark.parametrize(
    "code", ["import fake.numbers", "from fake import numbers", "from fake.numbers import *"]
)
def test_a_whole_package_brings_all_that_it_hands_on(package: Path, code: str) -> None:
    assert used(package, code) == {
        "numbers/__init__.py", "numbers/one.py", "numbers/two.py", "base.py", "alone.py",
        "words/__init__.py", "words/spoken.py",
    }  # fmt: skip


def test_the_init_that_hands_a_name_on_is_used_too(package: Path) -> None:
    assert "numbers/__init__.py" in used(package, "from fake.numbers import first")


def test_every_cell_of_code_counts_and_no_prose(package: Path) -> None:
    found = used(package, "from fake.numbers import two", "x = 1", "from fake.words import spoken")
    assert {"numbers/two.py", "words/spoken.py"} <= found
    assert "alone.py" not in found


def test_a_circle_of_imports_ends(package: Path) -> None:
    (package / "alone.py").write_text("from fake.base import y\n")
    assert used(package, "from fake.base import y") == {"base.py", "alone.py"}


@pytest.mark.parametrize("code", ["from . import base", "from .base import y"])
def test_a_relative_import_is_refused(package: Path, code: str) -> None:
    (package / "alone.py").write_text(code)
    with pytest.raises(ValueError, match=r"fake\.alone has a relative import"):
        used(package, "import fake.alone")


# --- The book's own notebooks -------------------------------------------------------------


@pytest.mark.parametrize(
    ("notebook", "file", "uses"),
    [
        ("01_zero_shot_lsbg", "metrics/pairs.py", False),
        ("01_zero_shot_lsbg", "figures/pairs.py", False),
        ("01_zero_shot_lsbg", "metrics/merging.py", False),
        ("02_zero_shot_morphology", "metrics/pairs.py", True),
        ("02_zero_shot_morphology", "figures/pairs.py", True),
        ("02_zero_shot_morphology", "metrics/merging.py", True),
        ("01_zero_shot_lsbg", "baseline.py", True),
        ("08_local_model", "baseline.py", False),
        ("01_zero_shot_lsbg", "metrics/intervals.py", True),
        ("02_zero_shot_morphology", "metrics/intervals.py", True),
        ("01_zero_shot_lsbg", "pages.py", False),
        ("01_zero_shot_lsbg", "cli/main.py", False),
    ],
)
def test_a_chapter_depends_on_what_it_uses_and_not_on_its_neighbours(
    notebook: str, file: str, uses: bool
) -> None:
    found = shown_files(paths.NOTEBOOKS / f"{notebook}.ipynb")
    assert (f"src/secondsight/{file}" in found) is uses


def names_used(notebook: Path) -> list[tuple[str, str]]:
    """The package's names that a notebook imports, with where from."""
    page = nbformat.read(notebook, as_version=4)
    code = "\n".join(cell.source for cell in page.cells if cell.cell_type == "code")
    return [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("secondsight")
        for alias in node.names
    ]


def home_of(module: str, name: str) -> str:
    """The module that defines a name; for a plain value, the one it is imported from."""
    try:
        value = getattr(importlib.import_module(module), name)
    except AttributeError:
        return f"{module}.{name}"
    if inspect.ismodule(value):
        return value.__name__
    return value.__module__ if inspect.isclass(value) or inspect.isfunction(value) else module


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_where_a_name_is_defined_is_among_the_files(notebook: Path) -> None:
    files = set(files_used_by(notebook))
    names = names_used(notebook)
    assert len(names) > 10
    for module, name in names:
        home = Path(str(importlib.import_module(home_of(module, name)).__file__))
        assert home in files, (module, name)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_file_is_there_and_imports_nothing_that_is_not_listed(notebook: Path) -> None:
    files = set(files_used_by(notebook))
    for path in files:
        module = ".".join(path.relative_to(paths.ROOT / "src").with_suffix("").parts)
        if path.name != "__init__.py":
            assert set(dependencies.files_used(frozenset([module]))) <= files


def test_the_pages_depend_on_the_ledger_and_not_on_the_figures() -> None:
    found = used_by_modules("secondsight.pages")
    assert {"src/secondsight/pages.py", "src/secondsight/claims.py"} <= set(found)
    assert not [path for path in found if "/figures/" in path]
    assert found == sorted(found)
