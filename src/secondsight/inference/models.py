"""What each family of models takes: `data/models.toml`."""

from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from secondsight import paths
from secondsight.toml import read_toml


class Family(BaseModel):
    """What the models whose names match a pattern take.

    Attributes
    ----------
    match : str
        A shell pattern on the model's name.
    temperature : bool
        Whether it takes a sampling temperature.
    structured : bool
        Whether it takes a JSON schema for its answer.
    max_tokens : str
        The name under which it takes the answer's greatest length.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: str
    temperature: bool = True
    structured: bool = False
    max_tokens: str = "max_tokens"


class Families(BaseModel):
    """All families; the first that matches counts."""

    model_config = ConfigDict(extra="forbid")

    family: list[Family]


@cache
def families(path: Path = paths.MODELS) -> list[Family]:
    """Return the families that `data/models.toml` lists."""
    return read_toml(path, Families).family


def family_of(model: str) -> Family:
    """Return what `model` takes; a model of no known family is taken to be plain."""
    plain = Family(match=model)
    return next((family for family in families() if fnmatch(model, family.match)), plain)
