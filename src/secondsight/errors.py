"""The few things that can go wrong for a user. Each text names the thing and the way out."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return `text` without what a terminal would obey: escape codes and control characters."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def plain_line(text: str) -> str:
    """Return `text` as `plain` does, on one line."""
    return " ".join(plain(text).split())


def closest_first(name: str, known: Iterable[str]) -> str:
    """Return the names that there are, for a message: those most like `name` first."""
    likeness = {each: SequenceMatcher(None, name, each).ratio() for each in known}
    return ", ".join(sorted(likeness, key=lambda each: -likeness[each])) or "none"


class SecondSightError(Exception):
    """Something the user can mend. Shown as one line, never as a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to print this line alone."""
        return [f"{type(self).__name__}: {plain(str(self))}"]


class MissingProject(SecondSightError):
    """The package runs without the project's files."""


class SourceError(SecondSightError):
    """An outside file is absent, unreachable or not the file it should be."""


class DataError(SecondSightError):
    """A file of the user's or the project's does not hold what it should."""


class RecordingError(SecondSightError):
    """A recording is damaged, or its sidecar does not describe it."""


class MissingResponses(SecondSightError):
    """Requests have no recorded response and nothing may be asked."""


class EndpointError(SecondSightError):
    """The endpoint refused, failed, or answered with something that is no answer."""


class ParameterError(SecondSightError):
    """A notebook parameter is unknown or has a value that it can't take."""


class DerivedMismatch(SecondSightError):
    """A table in `data/derived` differs from what its sources give today."""


class NotebookError(SecondSightError):
    """A cell of a chapter failed."""


class BookError(SecondSightError):
    """The pages of the book are not there, or can't be printed."""
