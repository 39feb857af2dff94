"""Which files of the package a notebook uses, read from the code without running it.

The workflow reruns a chapter when one of these files changes, and no other chapter.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import grimp
import nbformat

from secondsight import paths

PACKAGE = "secondsight"


def files_of_notebook(notebook: Path) -> list[str]:
    """Return the package's files that a notebook uses, as paths from the project's root."""
    page = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    code = "\n".join(
        "".join(line for line in cell.source.splitlines(keepends=True) if line[0] not in "%!")
        for cell in page.cells
        if cell.cell_type == "code"
    )
    imported = set(_named(ast.walk(ast.parse(code))))
    return files_of_modules(*imported & _graph().modules)


def files_of_modules(*modules: str) -> list[str]:
    """Return the files of these modules and of all they import, as paths from the root."""
    needed = set(modules).union(*map(_graph().find_upstream_modules, modules))
    return sorted(map(_file, needed))


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, cache_dir=None)


def _named(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield what is imported, and what it is imported from: either may be a module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(module: str) -> str:
    place = paths.ROOT.joinpath("src", *module.split("."))
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return str(path.relative_to(paths.ROOT))
