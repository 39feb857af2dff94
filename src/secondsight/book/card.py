"""The card of a figure: what drew it, from what, and when."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from secondsight import __version__, paths
from secondsight.book.citation import citation, from_git
from secondsight.datasets.dataset import sha256
from secondsight.inference.recording import read_sidecar

LICENCE = "CC BY 4.0"
_FILE = re.compile(r"\bdata/[\w./-]+\.\w+")


@dataclass(frozen=True)
class Card:
    """Where a figure comes from."""

    draw: Callable[..., Any]  # the function that drew it
    data: tuple[str, ...]  # what it rests on, a line each; files of the project are named in them
    notebook: str = ""  # by its name; empty where none showed it
    cell: int = 0  # which of the notebook's cells of code did, as counted there; 0 if none
    parameters: Mapping[str, object] = field(default_factory=dict)

    def lines(self) -> dict[str, str]:
        """Return what the card says, line by line; what is empty is left out."""
        files = [paths.ROOT / name for name in self._files()]
        lines = {
            "notebook": self._place(),
            "drawn by": f"{self.draw.__module__}.{self.draw.__name__}",
            "code": ", line ".join(map(str, _where(self.draw))),
            "commit": commit(),
            "data": "\n".join(line.rstrip(".") for line in self.data),
            "SHA-256": "\n".join(f"{paths.shown(at)} {sha256(at.read_bytes())}" for at in files),
            "recording": "\n".join(filter(None, map(_recording, files))),
            "parameters": ", ".join(f"{k} = {_shown(v)!r}" for k, v in self.parameters.items()),
            "package": f"secondsight {__version__}",
        }
        return {name: line for name, line in lines.items() if line}

    def links(self) -> dict[str, str]:
        """Return where lines of the card lead, from a page of the book."""
        links = {}
        package, *rooms = self.draw.__module__.split(".")
        if package == "secondsight":
            name = self.draw.__name__.replace("_", "-")
            folder = ".".join(rooms[:-1] or rooms)
            links["drawn by"] = f"../book/reference/{folder}.html#{name}"
        if self.notebook:
            at = f"#cell-{self.cell}" if self.cell else ""
            links["notebook"] = f"../notebooks/{self.notebook}.html{at}"
        if repository := citation().repository:
            file, line = _where(self.draw)
            rev = commit().partition(",")[0] or "HEAD"
            links["code"] = f"{repository}/blob/{rev}/{file}#L{line}"
        return links

    def html(self) -> str:
        """Return the card as a list of terms."""
        links = self.links()
        return "".join(
            f"<dt>{escape(name)}</dt><dd>{_linked(line, links.get(name))}</dd>"
            for name, line in self.lines().items()
        )

    def metadata(self, title: str, words: str) -> dict[str, str]:
        """Return what a file of the figure says of itself, in terms of Dublin Core."""
        source = "; ".join(f"{name}: {line}" for name, line in self.lines().items())
        return {
            "Title": title,
            "Description": words,
            "Creator": citation().byline,
            "Rights": LICENCE,
            "Source": source.replace("\n", ", "),
        }

    def _place(self) -> str:
        counted = f", cell {self.cell}" if self.cell else ""
        return f"notebooks/{self.notebook}.ipynb{counted}" if self.notebook else ""

    def _files(self) -> Iterable[str]:
        named = dict.fromkeys(name for line in self.data for name in _FILE.findall(line))
        return [name for name in named if (paths.ROOT / name).is_file()]


def current_cell() -> int:
    """Return which of the notebook's cells of code runs now; 0 outside a notebook."""
    if not InteractiveShell.initialized():
        return 0
    return len(InteractiveShell.instance().user_ns["In"]) - 1


@cache
def commit() -> str:
    """Return the commit that this tree is at, and whether it was changed; empty without git."""
    told = from_git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
    return told.replace("-dirty", ", with changes that were not committed")


def _where(draw: Callable[..., Any]) -> tuple[str, int]:
    """Return a function's file, from the project's root, and its first line."""
    return paths.shown(Path(inspect.getfile(draw))), inspect.getsourcelines(draw)[1]


def _recording(path: Path) -> str:
    """Return whose answers a recording holds, to which prompt and of which day; else nothing."""
    if path.suffix != ".parquet" or not path.is_relative_to(paths.RECORDINGS):
        return ""
    beside = read_sidecar(path)
    prompt = path.stem.removeprefix(f"{beside.dataset}.").partition(".")[0]
    days = {f"{day:%Y-%m-%d}": None for day in (beside.first_recorded, beside.last_recorded) if day}
    asked = f"{', '.join(beside.models)} asked with {prompt} about {beside.dataset}"
    return f"{asked}, {' to '.join(days)}" if days else asked


def _shown(value: object) -> object:
    """Return a parameter, of a folder its name alone: where it lies is nobody else's business."""
    is_path = isinstance(value, str) and Path(value).is_absolute()
    return Path(str(value)).name if is_path else value


def _linked(line: str, address: str | None) -> str:
    return f'<a href="{escape(address)}">{escape(line)}</a>' if address else escape(line)
