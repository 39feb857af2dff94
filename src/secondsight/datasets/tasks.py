"""The classification tasks of the papers: their categories, in the field's words."""

import re
from dataclasses import dataclass


def plain_name(text: str) -> str:
    """Return `text` in lower case without marks around it, hyphens as spaces."""
    return re.sub(r"[-\s]+", " ", text).strip(" .,:;!\"'`*()[]").lower()


def _blank(text: str) -> str:
    return plain_name(text.replace("_", " "))


@dataclass(frozen=True)
class Category:
    """One category of a task."""

    code: str  # what a model is asked to answer with, such as ``"1"`` or ``"C"``
    name: str
    aliases: tuple[str, ...] = ()  # other names by which an answer may mean it
    description: str = ""  # in words, where a prompt is made of them

    @property
    def line(self) -> str:
        """The category as a prompt lists it: ``"Category 0 (round): smooth and circular."``."""
        name, described = f" ({self.name})" * (self.name != self.code), self.description
        if not described:
            return f"Category {self.code}" + f": {self.name}" * bool(name)
        return f"Category {self.code}{name}: {described}"


@dataclass(frozen=True)
class Task:
    """A question with a closed set of answers."""

    name: str
    categories: tuple[Category, ...]

    @property
    def codes(self) -> list[str]:
        """The categories' codes, in order."""
        return [category.code for category in self.categories]

    @property
    def names(self) -> list[str]:
        """The categories' names, in order."""
        return [category.name for category in self.categories]

    @property
    def name_of(self) -> dict[str, str]:
        """The categories' names by their codes."""
        return dict(zip(self.codes, self.names, strict=True))

    @property
    def spelt(self) -> dict[str, str]:
        """The codes by all that a category may be called, as `plain_name` writes it."""
        return {
            plain_name(word): category.code
            for category in self.categories
            for word in (category.code, category.name, *category.aliases)
        }

    def code_of(self, text: str) -> str | None:
        """Return the code of the category that a text calls; None if that is none, or several.

        Case does not matter, nor whether there is a blank, a hyphen or an underscore.
        """
        if plain_name(text) in self.spelt:
            return self.spelt[plain_name(text)]
        alike = {code for word, code in self.spelt.items() if _blank(word) == _blank(text)}
        return alike.pop() if len(alike) == 1 else None

    @property
    def called(self) -> str:
        """All that the categories may be called: ``"0 = round = smooth and round, 1 = cigar"``."""
        every = [(each.code, each.name, *each.aliases) for each in self.categories]
        return ", ".join(" = ".join(dict.fromkeys(words)) for words in every)

    @property
    def listed(self) -> str:
        """The categories as a prompt lists them, a paragraph each."""
        return "\n\n".join(category.line for category in self.categories)

    def only(self, codes: list[str]) -> "Task":
        """Return the task restricted to the categories with these codes, in this order."""
        by_code = {category.code: category for category in self.categories}
        return Task(self.name, tuple(by_code[code] for code in codes))


LSBG = Task(
    "lsbg",
    (
        Category("0", "artifact", ("non-LSBG", "not an LSBG")),
        Category("1", "LSBG", ("low-surface-brightness galaxy", "low surface brightness galaxy")),
    ),
)

MORPHOLOGY = Task(
    "morphology",
    (
        Category("0", "round", ("smooth and round", "smooth round")),
        Category("1", "cigar", ("cigar-shaped", "smooth and cigar-shaped", "smooth cigar-shaped")),
        Category("2", "edge-on", ("edge-on disk", "edge-on-disk", "edge-on disc")),
        Category("3", "spiral", ("unbarred spiral",)),
    ),
)

GALAXY_ZOO_2 = Task(
    "galaxy-zoo-2",
    (
        Category("A", "round elliptical"),
        Category("B", "in-between elliptical"),
        Category("C", "cigar-shaped elliptical"),
        Category("D", "edge-on"),
        Category("E", "barred spiral", ("barred spirals",)),
        Category("F", "unbarred spiral", ("unbarred spirals",)),
        Category("G", "irregular"),
        Category("H", "merger"),
    ),
)

FOUR_OF_GALAXY_ZOO_2 = GALAXY_ZOO_2.only(["A", "C", "D", "F"])
"""The categories of Galaxy Zoo 2 that stand for the four of GalaxyMNIST."""

GALAXY10 = Task(
    "galaxy10",
    (
        Category("0", "disturbed", ("disturbed galaxy", "disturbed galaxies")),
        Category("1", "merging", ("merging galaxy", "merging galaxies", "merger")),
        Category("2", "round smooth", ("round smooth galaxy", "smooth and round")),
        Category("3", "in-between round smooth", ("in-between smooth", "in between round smooth")),
        Category("4", "cigar-shaped smooth", ("cigar shaped smooth", "cigar", "cigar-shaped")),
        Category("5", "barred spiral", ("barred spirals",)),
        Category("6", "unbarred tight spiral", ("tight spiral", "unbarred tight spirals")),
        Category("7", "unbarred loose spiral", ("loose spiral", "unbarred loose spirals")),
        Category(
            "8", "edge-on without bulge", ("edge-on galaxy without bulge", "edge-on no bulge")
        ),
        Category("9", "edge-on with bulge", ("edge-on galaxy with bulge",)),
    ),
)

FANAROFF_RILEY = Task(
    "fanaroff-riley",
    (
        Category("0", "FR I", ("FRI", "FR1", "FR 1", "Fanaroff-Riley I", "Fanaroff-Riley type I")),
        Category(
            "1", "FR II", ("FRII", "FR2", "FR 2", "Fanaroff-Riley II", "Fanaroff-Riley type II")
        ),
    ),
)

RADIO_SHAPES = Task(
    "radio-shapes",
    (
        *FANAROFF_RILEY.categories,
        Category("2", "compact", ("compact source", "point source", "unresolved")),
        Category("3", "bent", ("bent-tail", "bent-tailed", "bent source")),
    ),
)
"""The four classes of the FIRST data set; the first two are Fanaroff and Riley's."""

SURVEY_SHAPES = Task(
    "survey-shapes",
    (
        Category("0", "elliptical", ("smooth", "elliptical galaxy")),
        Category("2", "edge-on", ("edge-on disc", "edge-on disk")),
        Category("3", "spiral", ("spiral galaxy",)),
    ),
)
"""Three shapes that volunteers of Galaxy Zoo 1 and of the Legacy Surveys tell apart."""

DWARF = Task(
    "dwarf",
    (
        Category("0", "not a dwarf", ("not dwarf", "no dwarf", "non-dwarf", "not a dwarf galaxy")),
        Category("1", "dwarf", ("dwarf galaxy", "a dwarf", "a dwarf galaxy")),
    ),
)

TASKS = {
    task.name: task
    for task in (
        LSBG,
        MORPHOLOGY,
        GALAXY_ZOO_2,
        FANAROFF_RILEY,
        RADIO_SHAPES,
        SURVEY_SHAPES,
        GALAXY10,
        DWARF,
    )
}
