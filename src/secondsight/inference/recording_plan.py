"""What is recorded for the book, and how a chapter asks so that it finds it: `data/record.toml`."""

from dataclasses import replace
from pathlib import Path

from pydantic import Field

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.inference.options import Options
from secondsight.toml import Entry, read_toml

PLAN = paths.DATA / "record.toml"
TOKENS = 5
"""How many tokens' log-probabilities are asked for where answers are sampled."""


class Recording(Entry):
    """One call of `ask` whose responses become one recording."""

    dataset: str  # by name
    prompt: str  # by name
    title: str  # what it is, in a line
    images: int | None = None  # how many images, the first ones; None for all
    repeats: int = 1  # how often each image is asked about
    sampled: bool = False  # whether answers are drawn, not the most probable ones


class Conversation(Entry):
    """One call of `conversations` whose responses become one recording: about each caption."""

    prompt: str
    model: str
    title: str


class Manner(Entry):
    """How one model is asked in all its recordings."""

    effort: str | None = None  # how much it is to reason
    max_tokens: int | None = None  # the greatest length of an answer, with what is reasoned
    examples: int | None = None  # how many labelled images of each category it is shown before


AS_IT_IS = Manner()


class Plan(Entry):
    """Every recording, the model that answers about images, and how models are asked, by name.

    `licence` and `recorded_by` say how others may use what is recorded, and who records it.
    """

    model: str
    recording: tuple[Recording, ...]
    conversation: tuple[Conversation, ...] = ()
    asked: dict[str, Manner] = Field(default_factory=dict)
    licence: str | None = None
    recorded_by: str | None = None

    def manner(self, model: str = "") -> Manner:
        """Return how a model is asked, the plan's own if none is named."""
        return self.asked.get(model or self.model, AS_IT_IS)


def read_plan(path: Path = PLAN) -> Plan:
    """Read what is to be recorded.

    Raises DataError if the file is not right.
    """
    return read_toml(path, Plan)


def is_own(model: str) -> bool:
    """Whether a model is the book's own."""
    return model == read_plan().model


def settings(recording: Recording, manner: Manner = AS_IT_IS) -> Options:
    """Return how `ask` is to ask, so that a chapter finds what was recorded."""
    own = Options(
        effort=manner.effort,
        max_tokens=manner.max_tokens,
        repeats=recording.repeats,
        examples=manner.examples or 0,
    )
    return replace(own, temperature=None, logprobs=TOKENS) if recording.sampled else own


def first(dataset: Dataset, recording: Recording) -> Dataset:
    """Return the images of a data set that a recording asks about."""
    return dataset if recording.images is None else dataset.head(recording.images)
