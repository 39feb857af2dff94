import ast
import importlib
import inspect
from pathlib import Path

import nbformat
import pytest

from secondsight import paths
from secondsight.book.dependencies import files_of_modules, files_of_notebook

NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
SCORES = "src/secondsight/metrics/scores.py"


def used(folder: Path, *cells: str) -> list[str]:
    """What a notebook of these cells uses."""
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    page.cells.append(nbformat.v4.new_markdown_cell("from secondsight.metrics import shapes"))
    nbformat.write(page, folder / "n.ipynb")
    return files_of_notebook(folder / "n.ipynb")


@pytest.mark.parametrize(
    "code",
    [
        "from secondsight.metrics.scores import accuracy",
        "from secondsight.metrics import scores as s",
        "import secondsight.metrics.scores",
        "%matplotlib inline\n!ls\n\nfrom secondsight.metrics.scores import accuracy",
        "if True:\n    from secondsight.metrics.scores import accuracy",
    ],
)
def test_an_import_is_followed_wherever_it_stands(tmp_path: Path, code: str) -> None:
    files = used(tmp_path, "x = 1", code)
    assert SCORES in files
    assert "src/secondsight/metrics/intervals.py" in files
    assert "src/secondsight/metrics/shapes.py" not in files
    assert files == sorted(files)


def test_what_is_not_ours_is_left_out(tmp_path: Path) -> None:
    assert used(tmp_path, "import math\nfrom numpy import array") == []


@pytest.mark.parametrize(
    ("notebook", "file", "uses"),
    [
        ("01_zero_shot_lsbg", "metrics/pairs.py", False),
        ("01_zero_shot_lsbg", "figures/pairs.py", False),
        ("01_zero_shot_lsbg", "metrics/merging.py", False),
        ("02_zero_shot_morphology", "metrics/pairs.py", True),
        ("02_zero_shot_morphology", "figures/pairs.py", True),
        ("02_zero_shot_morphology", "metrics/merging.py", True),
        ("01_zero_shot_lsbg", "papers/first_sight/supervised.py", True),
        ("08_local_model", "papers/first_sight/supervised.py", False),
        ("01_zero_shot_lsbg", "metrics/intervals.py", True),
        ("02_zero_shot_morphology", "metrics/intervals.py", True),
        ("01_zero_shot_lsbg", "book/pages.py", False),
        ("01_zero_shot_lsbg", "cli/main.py", False),
    ],
)
def test_a_chapter_depends_on_what_it_uses_and_not_on_its_neighbours(
    notebook: str, file: str, uses: bool
) -> None:
    files = files_of_notebook(paths.NOTEBOOKS / f"{notebook}.ipynb")
    assert (f"src/secondsight/{file}" in files) is uses


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
    files = set(files_of_notebook(notebook))
    names = names_used(notebook)
    assert len(names) >= (7 if notebook.stem == "14_your_class" else 10)
    for module, name in names:
        home = Path(str(importlib.import_module(home_of(module, name)).__file__))
        assert str(home.relative_to(paths.ROOT)) in files, (module, name)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_file_imports_is_listed_too(notebook: Path) -> None:
    files = set(files_of_notebook(notebook))
    for name in files:
        module = ".".join(Path(name).relative_to("src").with_suffix("").parts)
        assert set(files_of_modules(module.removesuffix(".__init__"))) <= files


def test_the_pages_depend_on_the_ledger_and_not_on_the_figures() -> None:
    files = files_of_modules("secondsight.book.pages")
    assert {"src/secondsight/book/pages.py", "src/secondsight/book/claims.py"} <= set(files)
    assert not [name for name in files if "/figures/" in name]
