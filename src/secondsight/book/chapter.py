"""What every notebook does: check its parameters, show figures, hand its numbers on.

A notebook begins with `begin`, and ends with `end`. In between `say` names numbers for the prose
and the ledger, and `show` shows a figure. `given` says what this run has, such as the truth or the
tokens' probabilities: a cell with the tag ``if-truth`` stays on the page only where the truth is
given, one with ``if-no-truth`` only where it is not. So what can't be shown is not spoken of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure
from myst_nb import glue

from secondsight import paths
from secondsight.book import wording
from secondsight.book.card import Card, current_cell
from secondsight.book.drawings import draw_themed
from secondsight.book.figure_numbers import numbers_of
from secondsight.book.results import Result, result_of, write_results
from secondsight.book.show import Shown, ShownTable, ShownText
from secondsight.book.tags import FACTS, said_of
from secondsight.datasets.dataset import sha256
from secondsight.datasets.origins import Origin
from secondsight.errors import ParameterError
from secondsight.inference.modes import RECORD_MODES
from secondsight.metrics.intervals import Estimate


@dataclass(frozen=True)
class Between:
    """A number strictly between two others."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low < value < self.high  # type: ignore[operator]

    def __str__(self) -> str:
        return f"a number between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class Whole:
    """A whole number from one to another, both included; without an upper end if `high` is None."""

    low: int
    high: int | None = None

    def __contains__(self, value: object) -> bool:
        number = isinstance(value, int) and not isinstance(value, bool)
        return number and self.low <= value and (self.high is None or value <= self.high)  # type: ignore[operator]

    def __str__(self) -> str:
        return f"a whole number from {self.low} {'on' if self.high is None else f'to {self.high}'}"


ASKED_HERE = (Origin.SIMULATED_SKY, Origin.REAL_SKY)
Check = type | Between | Whole | Sequence[Any]
"""What a parameter may be: of a type, within bounds, or one of a list of values."""
SEEDED: dict[str, Check] = {"level": Between(0, 1), "seed": Whole(0), "results": str}
"""The parameters of a chapter that draws at random; chapters that ask a model have two more."""
ASKING: dict[str, Check] = {"model": str, "record": RECORD_MODES, **SEEDED}


class Chapter:
    """A running notebook. Made by `begin`."""

    def __init__(self, name: str, parameters: dict[str, Any]) -> None:
        self.name = name
        self.parameters = parameters
        self.results: dict[str, Result] = {}
        self.words: dict[str, str] = {}
        self.data: list[str] = []
        self.facts: dict[str, bool] = {}

    @property
    def other_model(self) -> str:
        """Whose answers are shown, where it is given that they are not the book's own model's."""
        return "" if self.facts.get("own", True) else str(self.parameters["model"])

    def given(self, **facts: bool) -> None:
        """Say what this run has and what not, for the cells whose tags ask for it."""
        self.facts |= facts

    def uses(self, *data: str) -> None:
        """Say what the figures from here on rest on, for their provenance."""
        self.data = list(data)

    def say(self, origin: Origin, /, **numbers: Estimate | float) -> None:
        """Name numbers: prose can glue each by its name, the ledger finds it as ``chapter.name``.

        Each has a name that is unique in the chapter, and is written as `wording.written` does.
        """
        model = self.other_model if origin in ASKED_HERE else ""
        for name, number in numbers.items():
            if name in self.results:
                raise ValueError(f"{name} is said twice in {self.name}")
            self.results[name] = result_of(number, origin, model, current_cell())
        self.write(**{name: self.results[name].text for name in numbers})

    def write(self, **words: str) -> None:
        """Make words available to the prose by their names, as they are."""
        self.words |= words
        for name, text in words.items():
            glue(name, text, display=False)

    def show(
        self,
        name: str,
        draw: Callable[..., Figure],
        *args: Any,
        caption: str,
        alt: str | None = None,
        look: str = "",
        **options: Any,
    ) -> None:
        """Show a figure.

        Parameters
        ----------
        name : str
            The anchor on the page: ``#fig-name``.
        draw : callable
            A function of `secondsight.figures`, called with the arguments that follow.
        caption : str
            What to see, whose answers these are, and how many.
        alt : str, optional
            The same for someone who can't see it; if left out, what the function's sister
            ``describe_`` says of the same things.
        look : str, optional
            What the page of galaxies to look at opens with, such as ``dataset=lsbg``; a link to
            it stands below the figure.
        """
        alt = _described(draw, *args) if alt is None else alt
        card = self._card(draw)
        drawn = draw_themed(draw, *args, metadata=card.metadata(caption, alt), **options)
        shown = Shown(name, caption, alt, card, drawn, numbers_of(draw, *args), look)
        display(shown)  # type: ignore[no-untyped-call]

    def table(self, name: str, table: pd.DataFrame, *, caption: str) -> None:
        """Show a table; estimates in it are written in their units, with their intervals."""
        shown = ShownTable(name, caption, table.map(_written))
        display(shown)  # type: ignore[no-untyped-call]

    def quote(self, name: str, words: str, *, caption: str) -> None:
        """Show a text word by word, in a block of its own."""
        display(ShownText(name, caption, words))  # type: ignore[no-untyped-call]

    def end(self) -> None:
        """Write the chapter's results, if its parameter `results` names a folder; else list them.

        The list is for whoever runs the notebook by hand, where the prose shows names alone. What
        is given goes into the executed notebook, where `secondsight.book.tags` finds it.
        """
        if self.facts:
            display({"text/plain": said_of(self.facts)}, raw=True, metadata={FACTS: self.facts})  # type: ignore[no-untyped-call]
        folder = self.parameters.get("results")
        if folder:
            write_results(paths.ROOT / folder / f"{self.name}.json", self.results)
        elif self.words:
            self.table("numbers", self.listed(), caption="What the text names, and whose it is.")

    def listed(self) -> pd.DataFrame:
        """Return what the prose names: `name`, `value` and `origin`, which words have none of."""
        origins = {name: str(result.origin) for name, result in self.results.items()}
        rows = [(name, text, origins.get(name, "")) for name, text in self.words.items()]
        return pd.DataFrame(rows, columns=["name", "value", "origin"])

    def _card(self, draw: Callable[..., Figure]) -> Card:
        parameters = {k: v for k, v in self.parameters.items() if k != "results"}
        return Card(draw, tuple(self.data), self.name, current_cell(), parameters)


def _described(draw: Callable[..., Figure], *things: Any) -> str:
    sister = draw.__name__.replace("draw_", "describe_")
    return str(getattr(import_module(draw.__module__), sister)(*things))


def _written(cell: object) -> str:
    return wording.written(cell) if isinstance(cell, Estimate | int) else str(cell)


def begin(name: str, namespace: Mapping[str, Any], **checks: Check) -> Chapter:
    """Check a notebook's parameters and return the running chapter.

    `namespace` is the notebook's `globals()`, in the first cell after its parameters: whatever
    plain value stands there is a parameter, and `checks` say what each may be.

    Raises ParameterError if the notebook was given a parameter that is not among `checks`, or a
    value that a parameter can't take (the text lists what it can), or if nothing can be written
    into the folder that `results` names.
    """
    given = {key: value for key, value in namespace.items() if _is_parameter(key, value)}
    for parameter in given:
        if parameter not in checks:
            raise ParameterError(
                f"{name} has no parameter {parameter!r}; known: {', '.join(checks)}"
            )
    for parameter, check in checks.items():
        _check(name, parameter, given.get(parameter), check)
    if given.get("results"):
        _check_folder(name, paths.ROOT / given["results"])
    return Chapter(name, given)


def _is_parameter(name: str, value: object) -> bool:
    """Whether a name of the notebook is a parameter: a plain value, no constant, not IPython's."""
    hidden = name.startswith("_") or name.isupper() or name in {"In", "Out"}
    return not hidden and (value is None or isinstance(value, str | int | float | list | dict))


def _check(chapter: str, name: str, value: object, check: Check) -> None:
    if isinstance(check, type):
        fits, wanted = type(value) is check, check.__name__
    elif isinstance(check, Between | Whole):
        fits, wanted = value in check, str(check)
    else:
        fits, wanted = value in check, " or ".join(map(repr, check))
    if not fits:
        raise ParameterError(f"{chapter}: {name} must be {wanted}, not {value!r}")


def _check_folder(chapter: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ParameterError(
            f"{chapter}: results must be a folder that can be written, not {str(folder)!r} "
            f"({error.strerror})"
        ) from None


def file_line(path: Path) -> str:
    """Return a file's name and the first letters of its SHA-256, for a provenance line."""
    return f"{paths.shown(path)} (SHA-256 {sha256(path.read_bytes())[:12]})"
