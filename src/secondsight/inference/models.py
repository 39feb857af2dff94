"""What each family of models takes, and what it costs: `data/models.toml`."""

import re
from datetime import date
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from secondsight import paths
from secondsight.toml import Entry, read_toml


class Family(Entry):
    """What the models whose names match a shell pattern take."""

    match: str
    temperature: bool = True  # whether it takes one; a model that reasons does not
    effort: bool = True  # whether it can be told how much to reason
    logprobs: bool = True  # whether it gives its tokens' log-probabilities
    structured: bool = False  # whether it takes a JSON schema for its answer
    max_tokens: str = "max_tokens"  # the name under which it takes the answer's greatest length


class ImageRule(Entry):
    """As how many tokens an image counts with some models: by tiles, or by patches."""

    models: tuple[str, ...]  # the shell patterns of their names
    base: int = 0  # for the image
    tile: int = 0  # for each tile of 512 pixels
    patch: float = 0.0  # for each patch of 32 pixels; 0 if the image is counted by tiles
    read: date  # when the maker's page said so
    source: str  # that page's address


class Price(Entry):
    """A list price for a million tokens, of the models whose names match a shell pattern."""

    match: str
    input_usd: float  # US dollars for a million tokens in
    cached_usd: float | None = None  # the same for those kept from an earlier request
    output_usd: float  # the same for tokens out
    batch: float = 0.5  # what part of that they cost through the Batch API
    read: date  # when the maker's page said so
    source: str  # that page's address


class Families(Entry):
    """All families, rules and prices, of which the first that matches counts, and titles."""

    family: tuple[Family, ...]
    image: tuple[ImageRule, ...] = ()
    price: tuple[Price, ...] = ()
    title: dict[str, str]


@cache
def known(path: Path = paths.MODELS) -> Families:
    """Return what `data/models.toml` lists."""
    return read_toml(path, Families)


def title(model: str) -> str:
    """Return a model's name as its makers write it, or as given if it is not listed."""
    return known().title.get(model, model)


TUNED = "ft:"


def bare_name(model: str) -> str:
    """Return a model's name without whose it is, which revision, and what was tuned from it."""
    name = model.removeprefix(TUNED).partition(":")[0] if model.startswith(TUNED) else model
    return name.rpartition("/")[2].partition("@")[0]


_DAY = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def _names(name: str) -> tuple[str, str]:
    """Return under which names a model may be listed: its snapshot's, and its own."""
    return name, _DAY.sub("", name)


@cache
def family_of(model: str) -> Family:
    """Return what `model` takes; a model of no known family is taken to be plain."""
    plain, name = Family(match=model), bare_name(model)
    return next((family for family in known().family if fnmatch(name, family.match)), plain)


@cache
def image_rule(model: str) -> ImageRule | None:
    """Return as how many tokens `model` counts an image; None where no rule is listed."""
    names = _names(bare_name(model))
    for rule in known().image:
        if any(fnmatch(name, match) for name in names for match in rule.models):
            return rule
    return None


@cache
def price_of(model: str) -> Price | None:
    """Return a model's list price; None where none is listed.

    It may be listed by its full name. What was tuned from a model has a price of its own.
    """
    name = bare_name(model)
    listed = (model, *_names(f"{TUNED}{name}" if model.startswith(TUNED) else name))
    return next(
        (price for name in listed for price in known().price if fnmatch(name, price.match)), None
    )
