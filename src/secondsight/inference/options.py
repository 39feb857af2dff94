"""How a model is asked: what of a request is neither model, nor words, nor image."""

from dataclasses import dataclass

from secondsight.errors import ParameterError
from secondsight.inference.models import family_of
from secondsight.inference.request import Sampling

LARGEST_SEED = 2**53 - 1
"""The largest whole number that JSON carries exactly everywhere."""

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
"""How much a model may be told to reason; not every model takes each."""


@dataclass(frozen=True)
class Options:
    """How a model is asked, as far as its family takes it.

    Raises ParameterError if the seed is too large for canonical JSON, `effort` is not in `EFFORTS`,
    `max_tokens` or `repeats` is less than 1, or `examples` less than 0.
    """

    temperature: float | None = 0.0  # left out for models that refuse one; None: the endpoint's own
    max_tokens: int | None = None  # of an answer, at most; None: the endpoint's own
    seed: int | None = None  # None: none is sent
    effort: str | None = None  # how much a model is to reason, such as ``"low"``; None: its own
    logprobs: int | None = None  # how many tokens at each place, where the model gives theirs
    structured: bool | None = None  # whether as JSON by a schema; None: as `data/models.toml` says
    repeats: int = 1  # how often each image is asked about, each by its own request; a text once
    examples: int = 0  # labelled images of each category shown before, and not asked about
    examples_seed: int = 0  # which; a text has none

    def __post_init__(self) -> None:
        if abs(self.seed or 0) > LARGEST_SEED:
            raise ParameterError(f"seed must lie within {LARGEST_SEED} of zero, not {self.seed}")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise ParameterError(f"max_tokens must be 1 or more, not {self.max_tokens}")
        if self.effort is not None and self.effort not in EFFORTS:
            raise ParameterError(f"no effort {self.effort!r}; known: {', '.join(EFFORTS)}")
        if self.repeats < 1:
            raise ParameterError(f"repeats must be 1 or more, not {self.repeats}")
        if self.examples < 0:
            raise ParameterError(f"examples must be 0 or more, not {self.examples}")

    def asked_as(self, prompt: str) -> str:
        """Return what a prompt of this name is called in names of files, with its examples."""
        seed = self.examples_seed
        return f"{prompt}-examples-{self.examples}-seed-{seed}" if self.examples else prompt

    def sampling(self, model: str) -> Sampling:
        """Return how the model's answers are drawn, within what its family takes."""
        family = family_of(model)
        some = self.logprobs is not None and family.logprobs
        return Sampling(
            temperature=self.temperature if family.temperature else None,
            seed=self.seed,
            reasoning_effort=self.effort if family.effort else None,
            logprobs=True if some else None,
            top_logprobs=self.logprobs if some else None,
            **{family.max_tokens: self.max_tokens},
        )

    def wants_schema(self, model: str) -> bool:
        """Whether the model is asked for JSON by a schema."""
        return family_of(model).structured if self.structured is None else self.structured
