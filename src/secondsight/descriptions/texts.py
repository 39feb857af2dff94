"""Our own descriptions of the ten classes of Galaxy10, in several sets of different wording."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from secondsight import paths
from secondsight.datasets.tasks import GALAXY10
from secondsight.errors import DataError
from secondsight.toml import Entry, read_toml

Kind = Literal["reference", "paraphrase", "fixed", "example"]
OF_CLASSES = ("reference", "paraphrase")


class TextSet(Entry):
    """One file of texts."""

    kind: Kind  # a reference and a paraphrase hold one text for each class of Galaxy10
    rule: str  # by which rule the texts were worded
    of: str = ""  # the reference set that a paraphrase rewords
    texts: dict[str, str]  # by the class's code, or by a name of their own

    @model_validator(mode="after")
    def holds_every_class(self) -> "TextSet":
        """Refuse a set of classes that lacks one, and a paraphrase of nothing."""
        if self.kind in OF_CLASSES and list(self.texts) != GALAXY10.codes:
            raise ValueError(f"a {self.kind} has one text for each class, in the task's order")
        if (self.kind == "paraphrase") != bool(self.of):
            raise ValueError("a paraphrase, and nothing else, says what it rewords")
        return self


@cache
def text_sets(folder: Path = paths.DESCRIPTIONS) -> dict[str, TextSet]:
    """Return every set by its file's name.

    Raises DataError if a file is not right, or a paraphrase rewords a set that is no reference.
    """
    sets = {path.stem: read_toml(path, TextSet) for path in sorted(folder.glob("*.toml"))}
    for name, texts in sets.items():
        if texts.of and (texts.of not in sets or sets[texts.of].kind != "reference"):
            raise DataError(f"{name} rewords {texts.of!r}, which is no set of references")
    return sets


def text_set(name: str) -> TextSet:
    """Return the set in the file of this name.

    Raises DataError if there is none.
    """
    try:
        return text_sets()[name]
    except KeyError:
        known = ", ".join(text_sets())
        raise DataError(f"no descriptions named {name!r}; known: {known}") from None


def references() -> dict[str, TextSet]:
    """Return the sets of references, the one with the shortest texts first."""
    sets = {name: texts for name, texts in text_sets().items() if texts.kind == "reference"}
    return dict(sorted(sets.items(), key=lambda item: sum(map(len, item[1].texts.values()))))


def paraphrase_of(reference: str) -> str:
    """Return the name of the set that rewords this one.

    Raises DataError if there is none.
    """
    for name, texts in text_sets().items():
        if texts.of == reference:
            return name
    raise DataError(f"no descriptions reword {reference!r}")


def fixed() -> dict[str, str]:
    """Return the answers that are the same for every image, by their names."""
    return text_set("fixed").texts


def all_texts() -> dict[str, str]:
    """Return every text but the examples by ``"set/key"``, such as ``"sentence/3"``."""
    return {
        f"{name}/{key}": words
        for name, texts in text_sets().items()
        if texts.kind != "example"
        for key, words in texts.texts.items()
    }
