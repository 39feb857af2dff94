"""A Sphinx extension: a quiz in the page, with an answer to each choice.

The question stands on the directive's first line. A choice is an item with a box, ``[x]`` if it is
right; the lines below it are what a reader who takes it is told::

    :::{quiz} One image in a hundred shows a dwarf. How often is "no dwarf" right?
    - [ ] Half of the time.
      That would be a guess between two equally frequent classes.
    - [x] Nearly always.
      All but one image in a hundred show none.
    :::

Each choice opens its answer and closes the others'. Nothing opens by being passed over, as radio
buttons do under the arrow keys.
"""

import re
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

CHOICE = re.compile(r"- \[([ x])\] +(.+)")


@dataclass(frozen=True)
class Choice:
    """What can be chosen, whether it is right, and what whoever chooses it is told."""

    text: str
    is_right: bool
    answer: str


def read_choices(lines: list[str]) -> list[Choice]:
    """Return the choices that the lines below a question hold.

    Raises a ValueError that says what is wrong with them.
    """
    parts: list[tuple[re.Match[str], list[str]]] = []
    for line in filter(None, map(str.strip, lines)):
        if begins := CHOICE.fullmatch(line):
            parts.append((begins, []))
        elif line.startswith("- ") or not parts:
            raise ValueError(f"{line!r} is no choice: it must begin with - [ ] or - [x]")
        else:
            parts[-1][1].append(line)
    choices = [Choice(begins[2], begins[1] == "x", " ".join(told)) for begins, told in parts]
    if len(choices) < 2:
        raise ValueError("it needs at least two choices, lines that begin with - [ ] or - [x]")
    for choice in choices:
        if not choice.answer:
            raise ValueError(f"the choice {choice.text!r} has no answer in the line below it")
    if not any(choice.is_right for choice in choices):
        raise ValueError("no choice is marked right by - [x]")
    return choices


class Part(nodes.Element):  # type: ignore[misc]
    """An element of HTML: its `tag`, and under `html` its attributes."""


class Words(nodes.TextElement, Part):  # type: ignore[misc]
    """A part that holds text: quotation marks in it are opened and closed by its text alone."""


HOLD_WORDS = ("legend", "summary", "p")


class Quiz(SphinxDirective):
    """The directive ``quiz``."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the quiz as a set of fields."""
        question = self.arguments[0] if self.arguments else ""
        where = f"{self.env.docname}: quiz {question!r}"
        if not question:
            raise self.error(f"{where}: it has no question on its first line")
        try:
            choices = read_choices(list(self.content))
        except ValueError as wrong:
            raise self.error(f"{where}: {wrong}") from None
        name = f"quiz-{self.env.new_serialno('quiz') + 1}"
        legend = part("legend", *self._read(question))
        rows = [self._row(name, choice) for choice in choices]
        return [part("fieldset", legend, *rows, classes=["ss-quiz"], ids=[name])]

    def _row(self, name: str, choice: Choice) -> Part:
        mark = nodes.strong("", "Right." if choice.is_right else "Not so.")
        answer = part("p", mark, nodes.Text(" "), *self._read(choice.answer))
        return part(
            "details", part("summary", *self._read(choice.text)), answer, html={"name": name}
        )

    def _read(self, text: str) -> list[nodes.Node]:
        read, messages = self.state.inline_text(text, self.lineno)
        return [*read, *messages]


def part(tag: str, *inside: nodes.Node, **attributes: Any) -> Part:
    """Return an element of HTML with what is inside it."""
    attributes = {"html": {}, **attributes}
    if tag in HOLD_WORDS:
        return Words("", "", *inside, tag=tag, **attributes)
    return Part("", *inside, tag=tag, **attributes)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("quiz", Quiz)
    for kind in (Part, Words):
        app.add_node(kind, html=(_begin, _end))
    app.add_css_file("quiz.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _begin(writer: Any, node: Part) -> None:
    writer.body.append(writer.starttag(node, node["tag"], "", **node["html"]))


def _end(writer: Any, node: Part) -> None:
    writer.body.append(f"</{node['tag']}>\n")
