"""The reference of the package: a page a folder, made from docstrings, importing no code."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import cast

import griffe

from secondsight.errors import ParameterError
from secondsight.paths import ROOT

_WORDS = re.compile(r"(``.+?``|`[^`]+`)|([\\*_<>\[\]{}$|#])")
"""Code, which stays as it is, and signs that Markdown would read."""


def rooms() -> list[str]:
    """Return the names at the top of the package and of the folders within, in order."""
    return sorted(_rooms(_package()))


def reference(room: str) -> str:
    """Return one room's page as Markdown: its modules, and what each of them offers.

    A folder within, as in ``papers.dwarfs``, has a page of its own.

    Raises a ParameterError if the package has no such room.
    """
    if room not in rooms():
        raise ParameterError(f"no room named {room!r}; known: {', '.join(rooms())}")
    top = _package()[room]
    parts = [f"# `{room}`", _text(top)]
    for module in _modules(top):
        if module is not top:
            parts += [f"## `{module.path.removeprefix('secondsight.')}`", _text(module)]
        mark = "##" if module is top else "###"
        parts += [line for thing in _public(module) for line in _entry(thing, mark)]
    return "\n\n".join(filter(None, parts)) + "\n"


def write_reference(folder: Path) -> None:
    """Write each room's page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for room in rooms():
        (folder / f"{room}.md").write_text(reference(room), encoding="utf-8")


@cache
def _package() -> griffe.Module:
    paths = [ROOT / "src"]
    package = griffe.load("secondsight", search_paths=paths, docstring_parser="numpy")
    return cast(griffe.Module, package)


def _rooms(top: griffe.Module) -> Iterator[str]:
    for module in top.modules.values():
        if top.is_package or module.is_subpackage:
            yield module.path.removeprefix("secondsight.")
        yield from _rooms(module)


def _modules(room: griffe.Module) -> Iterator[griffe.Module]:
    yield room
    for name in sorted(room.modules):
        if not room.modules[name].is_subpackage:
            yield room.modules[name]


def _public(module: griffe.Module) -> list[griffe.Object]:
    own = [*module.functions.values(), *module.classes.values()]
    named = [thing for thing in own if not thing.is_alias and not thing.name.startswith("_")]
    return sorted(named, key=lambda thing: thing.lineno or 0)


def _entry(thing: griffe.Object, mark: str) -> list[str]:
    """Return the heading, the text and the methods of a function or a class."""
    called = re.sub(r"\s+", " ", thing.signature()) if isinstance(thing, griffe.Function) else ""
    shown = called or f"class {thing.name}({', '.join(map(str, getattr(thing, 'bases', [])))})"
    parts = [f"{mark} `{thing.name}`", f"```python\n{shown.removesuffix('()')}\n```", _text(thing)]
    parts += map(_field, _fields(thing))
    methods = thing.functions.values() if isinstance(thing, griffe.Class) else ()
    told = [method for method in methods if method.docstring and not method.name.startswith("_")]
    return parts + [f"`.{method.name}{_call(method)}`\n: {_first(method)}" for method in told]


def _fields(thing: griffe.Object) -> list[griffe.Attribute]:
    """Return a class's fields that have a type and are told of beside them, not above."""
    own = thing.attributes.values() if isinstance(thing, griffe.Class) else ()
    return [field for field in own if field.annotation and "  # " in field.source]


def _field(field: griffe.Attribute) -> str:
    told = field.source.rpartition("  # ")[2]
    return f"`{field.name}` : `{field.annotation}`\n: {_plain(told.strip())}"


def _call(method: griffe.Function) -> str:
    names = [parameter.name for parameter in method.parameters if parameter.name != "self"]
    return "" if "property" in method.labels else f"({', '.join(names)})"


def _first(thing: griffe.Object) -> str:
    return _plain(thing.docstring.value.split("\n\n")[0]) if thing.docstring else ""


def _text(thing: griffe.Object) -> str:
    """Return a docstring: its words, then its sections as lists of terms."""
    parsed = thing.docstring.parsed if thing.docstring else []
    return "\n\n".join(map(_section, parsed))


def _section(section: griffe.DocstringSection) -> str:
    if isinstance(section, griffe.DocstringSectionText):
        return _plain(section.value)
    if isinstance(section, griffe.DocstringSectionExamples):
        return "\n\n".join(f"```python\n{code}\n```" for _, code in section.value)
    if not isinstance(section.value, list):
        return ""
    head = f"**{section.kind.value.capitalize()}**"
    alike = groupby(section.value, key=lambda item: (item.description, item.annotation))
    return "\n\n".join([head, *(_term(list(items)) for _, items in alike)])


def _term(items: list[griffe.DocstringElement]) -> str:
    """Return one line of a list of terms: names that share a description stand together."""
    names = ", ".join(getattr(item, "name", "") for item in items)
    words = [f"`{part}`" for part in (names, str(items[0].annotation or "")) if part]
    told = _plain(items[0].description.strip()).replace("\n", "\n  ")
    return f"{' : '.join(words)}\n: {told}"


def _plain(text: str) -> str:
    """Return text in which nothing but code means something to Markdown."""
    return _WORDS.sub(lambda match: match[1] or f"\\{match[2]}", text)
