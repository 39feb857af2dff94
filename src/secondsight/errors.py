"""The few things that can go wrong for a user. Each text names the thing and the way out."""


class SecondSightError(Exception):
    """Something the user can mend. Shown as one line, never as a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to print this line alone."""
        return [f"{type(self).__name__}: {self}"]


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
