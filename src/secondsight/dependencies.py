"""Which files of the package a notebook uses, read from the code without running it.

The workflow reruns a chapter when one of these files changes, and no other chapter. A name that a
thin ``__init__`` hands on is followed to the module that defines it, so a chapter depends on the
modules whose names it uses and not on their neighbours.
"""

import ast
from functools import cache
from pathlib import Path

import nbformat

from secondsight import paths

PACKAGE = Path(__file__).parent
NAME = PACKAGE.name


def files_used_by(notebook: Path) -> list[Path]:
    """Return the package's files that a notebook uses, directly or through others, by name."""
    page = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    code = "\n".join(
        "".join(line for line in cell.source.splitlines(keepends=True) if line[0] not in "%!")
        for cell in page.cells
        if cell.cell_type == "code"
    )
    return files_used(frozenset(_imports(ast.parse(code), NAME)))


def files_used(modules: frozenset[str]) -> list[Path]:
    """Return the files of these modules and of all that they import, by name."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(_needs(module))
    return sorted(_file(module) for module in found)


@cache
def _needs(module: str) -> frozenset[str]:
    """Return the modules of the package that a module imports.

    A package's ``__init__`` hands names on; who imports one of them is followed to where it is
    defined, so the ``__init__`` itself needs nothing.
    """
    path = _file(module)
    if path.name == "__init__.py":
        return frozenset()
    return frozenset(_imports(ast.parse(path.read_text(encoding="utf-8")), module))


def _imports(tree: ast.AST, module: str) -> set[str]:
    """Return the package's modules that the statements of `tree` import."""
    needed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                needed |= _whole(alias.name) if _is_ours(alias.name) else set()
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"{module} has a relative import, which is not followed")
        elif isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            for alias in node.names:
                needed |= _definers(str(node.module), alias.name)
    return needed


def _definers(module: str, name: str) -> set[str]:
    """Return the modules that ``from module import name`` needs."""
    if name == "*":
        return _whole(module)
    for source, alias in _handed_on(module):
        if _bound(alias) == name and source != module:
            return {module} | _definers(source, alias.name)
    return _whole(f"{module}.{name}") if _exists(f"{module}.{name}") else {module}


def _handed_on(module: str) -> list[tuple[str, ast.alias]]:
    """Return what a package's ``__init__`` imports from where; nothing for a plain module."""
    path = _file(module)
    if path.name != "__init__.py":
        return []
    body = ast.parse(path.read_text(encoding="utf-8")).body
    froms = [node for node in body if isinstance(node, ast.ImportFrom)]
    return [(str(node.module), alias) for node in froms for alias in node.names]


def _whole(module: str) -> set[str]:
    """Return a module and, if it is a package, all that its ``__init__`` hands on."""
    path = _file(module)
    if path.name != "__init__.py":
        return {module}
    return {module} | _imports(ast.parse(path.read_text(encoding="utf-8")), module)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name


def _is_ours(module: str) -> bool:
    return module == NAME or module.startswith(f"{NAME}.")


def _exists(module: str) -> bool:
    base = _base(module)
    return base.with_suffix(".py").is_file() or (base / "__init__.py").is_file()


def _file(module: str) -> Path:
    base = _base(module)
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def _base(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")[1:])


def shown_files(notebook: Path) -> list[str]:
    """Return the files a notebook uses as paths from the project's root."""
    return _from_root(files_used_by(notebook))


def used_by_modules(*modules: str) -> list[str]:
    """Return the files of these modules and of all they import, as paths from the root."""
    return _from_root(files_used(frozenset(modules)))


def _from_root(files: list[Path]) -> list[str]:
    return [str(path.relative_to(paths.ROOT)) for path in files]
