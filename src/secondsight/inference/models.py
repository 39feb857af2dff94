"""What each family of models takes: `data/models.toml`."""

from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from secondsight import paths
from secondsight.toml import read_toml


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(_Entry):
    """What the models whose names match a shell pattern take.

    Attributes
    ----------
    temperature : bool
        Whether it takes a sampling temperature.
    logprobs : bool
        Whether it gives its tokens' log-probabilities; one that does not refuses to be asked.
    structured : bool
        Whether it takes a JSON schema for its answer.
    max_tokens : str
        The name under which it takes the answer's greatest length.
    """

    match: str
    temperature: bool = True
    logprobs: bool = True
    structured: bool = False
    max_tokens: str = "max_tokens"


class Price(_Entry):
    """A list price for a million tokens, of the models whose names match a shell pattern.

    Attributes
    ----------
    input_usd, output_usd : float
        US dollars for a million tokens in and out.
    listed : str
        When that was its maker's list price.
    image_tokens : int
        As how many tokens a small image counts; GPT-4o-mini counts it as far more than others.
    """

    match: str
    input_usd: float
    output_usd: float
    listed: str
    image_tokens: int = 255


class Families(_Entry):
    """All families and prices, of which the first that matches counts, and the models' titles."""

    family: list[Family]
    price: list[Price] = []
    title: dict[str, str]


@cache
def known(path: Path = paths.MODELS) -> Families:
    """Return what `data/models.toml` lists."""
    return read_toml(path, Families)


def title(model: str) -> str:
    """Return a model's name as its makers write it, or as given if it is not listed."""
    return known().title.get(model, model)


def family_of(model: str) -> Family:
    """Return what `model` takes; a model of no known family is taken to be plain."""
    plain = Family(match=model)
    return next((family for family in known().family if fnmatch(model, family.match)), plain)


def price_of(model: str) -> Price | None:
    """Return a model's list price; None where none is listed."""
    return next((price for price in known().price if fnmatch(model, price.match)), None)
