"""Prompts: the text sent with an image, kept in `data/prompts` with what it is for.

The front matter names a task of the papers, or holds the categories of a question of one's own.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from secondsight import paths
from secondsight.datasets.tasks import TASKS, Category, Task, plain_name
from secondsight.errors import DataError, ParameterError
from secondsight.inference.disk import writing
from secondsight.toml import Entry, first_complaint

Page = TypeVar("Page", bound=BaseModel)


CATEGORIES = "{categories}"
"""Where this stands in a prompt's text its categories are listed, with their descriptions."""
CODE = re.compile(r"[^\W_]{1,40}(?:[ -][^\W_]{1,40}){0,3}")

NO_FRONT_MATTER = (
    "has no front matter: above the text stand a line of ---, `about: ` and either `task: ` or "
    "`categories:`, and another line of ---"
)
KEPT_PROMPTS = "prompts"
"""The folder beside recordings where the prompts are kept by which they were asked."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class WrittenCategory(Entry):
    """A category as front matter holds it; a code that is a word, such as "yes", needs no name."""

    code: Words
    name: str = Field("", validate_default=True)
    aliases: tuple[Annotated[Words, StringConstraints(min_length=2)], ...] = ()
    description: str = ""

    @field_validator("code")
    @classmethod
    def _is_plain(cls, code: str) -> str:
        if not CODE.fullmatch(code):
            raise PydanticCustomError("code", "must be a few letters or digits")
        return code

    @field_validator("name")
    @classmethod
    def _is_word(cls, name: str, info: ValidationInfo) -> str:
        code = info.data.get("code", "")
        called = name.strip() or code
        if code and (len(called) < 2 or not any(map(str.isalpha, called))):
            raise PydanticCustomError("name", f"category {code} needs a name of letters")
        return called

    def category(self) -> Category:
        """Return the category."""
        described = " ".join(self.description.split())
        return Category(self.code, self.name, self.aliases, described)


class Prompt(Entry):
    """A prompt and its front matter. A changed text is a new file: old recordings keep theirs."""

    name: str  # the file's, without its ending, such as ``"lsbg-1"``
    task: str = ""  # whose categories it asks for; empty for a question of one's own
    written: tuple[WrittenCategory, ...] = Field(alias="categories")  # those of one's own
    about: str  # what it is for, in a sentence
    confidence: bool = False  # whether it asks for a stated confidence: High, Medium or Low
    text: Words  # what is sent; where `CATEGORIES` stands in what is given, they are listed

    @model_validator(mode="before")
    @classmethod
    def _may_lack_them(cls, fields: dict[str, Any]) -> dict[str, Any]:
        return {"categories": (), **fields}

    @field_validator("task")
    @classmethod
    def _is_known(cls, task: str) -> str:
        if task and task not in TASKS:
            raise PydanticCustomError("task", f"no task {task!r}; known: {', '.join(TASKS)}")
        return task

    @field_validator("written")
    @classmethod
    def _differ(
        cls, written: tuple[WrittenCategory, ...], info: ValidationInfo
    ) -> tuple[WrittenCategory, ...]:
        if "task" in info.data:
            complaint = wrong_with(written, info.data["task"])
            if complaint:
                raise PydanticCustomError("categories", complaint)
        return written

    @field_validator("text")
    @classmethod
    def _lists_them(cls, text: str, info: ValidationInfo) -> str:
        if {"task", "written"} <= set(info.data):
            task = info.data["task"]
            listed = TASKS[task] if task else own_task("", info.data["written"])
            return text.replace(CATEGORIES, listed.listed)
        return text

    @property
    def categories(self) -> Task:
        """The task whose categories the prompt asks for; of its own it has the prompt's name."""
        return TASKS[self.task] if self.task else own_task(self.name, self.written)

    @property
    def schema_asked(self) -> dict[str, Any]:
        """The answer's JSON schema, in the form of OpenAI's `response_format`."""
        fields: dict[str, Any] = {"category": {"type": "string", "enum": self.categories.codes}}
        if self.confidence:
            fields["confidence"] = {"type": "string", "enum": ["High", "Medium", "Low"]}
        return schema_asked("classification", fields)


def schema_asked(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with these fields, in the form of `response_format`."""
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": whole_object(fields)},
    }


def whole_object(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of these fields and no other."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


class PageWithGaps(Entry):
    """A page whose text has gaps, each of `GAPS` once. A changed text is a new file."""

    GAPS: ClassVar[tuple[str, ...]] = ()

    name: str
    about: str
    text: str

    @field_validator("text")
    @classmethod
    def _has_gaps(cls, text: str) -> str:
        for gap in cls.GAPS:
            if text.count(gap) != 1:
                raise ValueError(f"must hold {gap} once")
        return text


def own_task(name: str, written: Sequence[WrittenCategory]) -> Task:
    """Return written categories as a task."""
    return Task(name, tuple(each.category() for each in written))


def wrong_with(written: Sequence[WrittenCategory], task: str) -> str:
    """Return what is wrong with a prompt's categories beside a task's name; empty if nothing is."""
    if bool(task) is bool(written):
        return f"either categories of its own, or a task: {', '.join(TASKS)}"
    if len(written) == 1:
        return "a question has two categories or more"
    holder: dict[str, int] = {}
    for place, each in enumerate(written):
        for word in (each.code, each.name, *each.aliases):
            if holder.setdefault(plain_name(word), place) != place:
                return f"two of them are called {word!r}"
    return ""


def load_prompt(name: str | Path, folder: Path = paths.PROMPTS) -> Prompt:
    """Read the prompt `name` from `folder`, or the file that a path ending in ``.md`` names.

    Raises as `read_page`, or if there is no such file, or it has neither a known task nor
    categories that can be told apart.
    """
    path = Path(name)
    if path.suffix == ".md":
        if not path.is_file():
            raise DataError(f"there is no file {paths.typed(path)}")
        return read_page(path.stem, path.parent, Prompt)
    return read_page(str(name), folder, Prompt)


def readable_prompts(folder: Path = paths.PROMPTS) -> Iterator[Prompt]:
    """Yield the prompts of a folder by name; a file that is none spoils nothing but itself."""
    for path in sorted(folder.glob("*.md")):
        with suppress(DataError):
            yield load_prompt(path)


def _kept(prompt: Prompt, recordings: Path) -> Path:
    return recordings / KEPT_PROMPTS / f"{prompt.name}.md"


def refuse_another(prompt: Prompt, recordings: Path) -> None:
    """Refuse a prompt where another of its name was asked: answers are read by what was asked.

    Raises a ParameterError if the prompt kept beside these recordings differs in its text or its
    categories.
    """
    path = _kept(prompt, recordings)
    if not path.is_file():
        return
    kept = load_prompt(path)
    if kept.model_copy(update={"about": prompt.about}) != prompt:
        raise ParameterError(
            f"{prompt.name} is not what it was when it was asked, as {paths.typed(path)} tells: "
            "give the changed prompt another name, or say with --output where its answers go"
        )


def keep_prompt(prompt: Prompt, recordings: Path) -> None:
    """Write a prompt beside the recordings that it makes, as it was sent."""
    fields = prompt.model_dump(mode="json", by_alias=True, exclude={"name", "text"})
    page = frontmatter.Post(prompt.text, **fields)
    path = _kept(prompt, recordings)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(frontmatter.dumps(page) + "\n", encoding="utf-8")


class _Texts(YAMLHandler):
    """Front matter in which all is text: `yes` and `1` are what was typed."""

    def load(self, fm: str, **_: object) -> Any:
        return yaml.load(fm, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts


def read_page(name: str, folder: Path, model: type[Page]) -> Page:
    """Read the page `name` of `folder`: its front matter and its text, as a `model`.

    Raises DataError if there is none of this name (the text lists those that there are), or it does
    not fit.
    """
    path = folder / f"{name}.md"
    if not path.is_file():
        known = ", ".join(sorted(page.stem for page in folder.glob("*.md")))
        raise DataError(
            f"no prompt named {name!r}; known: {known or 'none'}, or the path of a file that ends "
            "in .md"
        )
    try:
        page = frontmatter.loads(path.read_text(encoding="utf-8-sig"), handler=_Texts())
        if not page.metadata:
            raise TypeError(NO_FRONT_MATTER)
        return model(name=name, text=page.content.strip(), **page.metadata)
    except OSError as error:
        raise DataError(f"{paths.shown(path)} can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{paths.shown(path)} is no UTF-8 text: {error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DataError(f"{paths.shown(path)}: its front matter is no YAML: {error}") from None
    except (ValidationError, TypeError) as error:
        why = first_complaint(error) if isinstance(error, ValidationError) else str(error)
        raise DataError(f"{paths.shown(path)}: {why}") from None
