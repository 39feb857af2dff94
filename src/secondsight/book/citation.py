"""Who made the book, how it is cited and what changed, from CITATION.cff and CHANGELOG.md."""

import os
import re
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from subprocess import CalledProcessError, run
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, HttpUrl, ValidationError

from secondsight import paths
from secondsight.errors import DataError
from secondsight.toml import first_complaint

Entity = dict[str, Any]
"""A thing as JSON-LD has it."""
CITATION = paths.ROOT / "CITATION.cff"
ADDRESSES = {"url": "SECONDSIGHT_URL", "repository-code": "SECONDSIGHT_REPOSITORY"}
"""Variables of the environment that stand in for entries of CITATION.cff."""


class _Entry(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-")
    )


class Person(_Entry):
    """An author of a paper."""

    family_names: str
    given_names: str


class Group(_Entry):
    """Authors that go by one name."""

    name: str


class Paper(_Entry):
    """A paper that the book reproduces."""

    type: Literal["article", "slides"]
    title: str
    authors: list[Person]
    year: int
    doi: str | None = None
    url: HttpUrl | None = None
    journal: str | None = None
    volume: int | None = None
    issue: int | None = None
    start: int | None = None
    notes: str | None = None

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"https://doi.org/{self.doi}" if self.doi else str(self.url)

    @property
    def entity(self) -> Entity:
        """The paper as schema.org has it."""
        authors = [
            {"@type": "Person", "familyName": each.family_names, "givenName": each.given_names}
            for each in self.authors
        ]
        kind = "ScholarlyArticle" if self.type == "article" else "PresentationDigitalDocument"
        about: Entity = {"@id": self.address, "@type": kind, "name": self.title, "author": authors}
        return about | {"datePublished": str(self.year), "url": self.address}


class Citation(_Entry):
    """How the book wants to be cited: the file CITATION.cff."""

    cff_version: Literal["1.2.0"]
    message: str
    title: str
    type: Literal["software"]
    version: str
    license: str
    authors: list[Group]
    keywords: list[str]
    references: list[Paper]
    url: HttpUrl | None = None
    repository_code: HttpUrl | None = None

    @property
    def byline(self) -> str:
        """Its authors in one line."""
        return ", ".join(author.name for author in self.authors)

    @property
    def site(self) -> str:
        """The address of the published book, with a slash at its end; empty if it has none."""
        return f"{str(self.url).rstrip('/')}/" if self.url else ""

    @property
    def repository(self) -> str:
        """The address of the code; empty if it has none."""
        address = str(self.repository_code or "")
        return address.rstrip("/").removesuffix(".git")

    def bibtex(self, release: str) -> str:
        """Return the book's entry for a bibliography."""
        lines = [f"title  = {{{self.title}}}", f"year   = {{{modified()[:4]}}}"]
        lines += [
            f"note   = {{version {release}}}",
            *[f"url    = {{{self.site}}}"] * bool(self.site),
        ]
        entry = ",\n  ".join([f"author = {{{{{self.byline}}}}}", *lines])
        return f"@misc{{secondsight,\n  {entry}\n}}"


@cache
def citation(path: Path = CITATION) -> Citation:
    """Return what CITATION.cff says; variables of the environment may give the addresses.

    Raises a DataError if it is no such file; the text names the entry.
    """
    given = {entry: os.environ[name] for entry, name in ADDRESSES.items() if os.environ.get(name)}
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Citation.model_validate(entries | given)
    except (yaml.YAMLError, TypeError):
        raise DataError(f"{paths.shown(path)} is not valid YAML") from None
    except ValidationError as error:
        raise DataError(f"{paths.shown(path)}: {first_complaint(error)}") from None


@cache
def modified() -> str:
    """Return the day of the last commit, or today's where git knows none, as 2026-01-31."""
    return from_git("log", "-1", "--format=%cs") or date.today().isoformat()


def from_git(*command: str) -> str:
    """Return what git says of this tree; nothing without git, or where the tree is none of its own.

    A repository around the tree is another's.
    """
    asked = ["git", *command]
    around = {"GIT_CEILING_DIRECTORIES": str(paths.ROOT.parent), "GIT_OPTIONAL_LOCKS": "0"}
    with suppress(OSError, CalledProcessError):
        done = run(
            asked,
            cwd=paths.ROOT,
            env=os.environ | around,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()
    return ""


def released() -> dict[str, str]:
    """Return what changed in each version, the newest first, as CHANGELOG.md tells it."""
    text = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    names_and_texts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        name: changes.strip()
        for name, changes in zip(names_and_texts[::2], names_and_texts[1::2], strict=True)
    }
