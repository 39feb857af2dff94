"""Prompts: the text sent with an image, kept in `data/prompts` with what it is for."""

from pathlib import Path
from typing import Any, ClassVar, TypeVar

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from secondsight import paths
from secondsight.datasets.tasks import TASKS, Task
from secondsight.errors import DataError
from secondsight.toml import first_complaint

Page = TypeVar("Page", bound=BaseModel)


class Prompt(BaseModel):
    """A prompt and its front matter. A changed text is a new file: old recordings keep theirs.

    Attributes
    ----------
    name : str
        The file's name without its ending, such as ``"lsbg-1"``.
    task, about : str
        The task whose categories it asks for; what it is for, in a sentence.
    confidence : bool
        Whether it asks for a stated confidence: High, Medium or Low.
    text : str
        What is sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    task: str
    about: str
    confidence: bool = False
    text: str

    @property
    def categories(self) -> Task:
        """The task whose categories the prompt asks for."""
        return TASKS[self.task]

    @property
    def schema_asked(self) -> dict[str, Any]:
        """The answer's JSON schema, in the form of OpenAI's `response_format`."""
        fields: dict[str, Any] = {"category": {"type": "string", "enum": self.categories.codes}}
        if self.confidence:
            fields["confidence"] = {"type": "string", "enum": ["High", "Medium", "Low"]}
        return {
            "type": "json_schema",
            "json_schema": {
                "name": "classification",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": fields,
                    "required": list(fields),
                    "additionalProperties": False,
                },
            },
        }


class PageWithGaps(BaseModel):
    """A page whose text has gaps, each of `GAPS` once. A changed text is a new file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


def load_prompt(name: str, folder: Path = paths.PROMPTS) -> Prompt:
    """Read the prompt `name` from `folder`; raises as `read_page`, and if it names no task."""
    prompt = read_page(name, folder, Prompt)
    if prompt.task not in TASKS:
        raise DataError(
            f"{paths.shown(folder / f'{name}.md')}: no task {prompt.task!r}; "
            f"known: {', '.join(TASKS)}"
        )
    return prompt


def read_page(name: str, folder: Path, model: type[Page]) -> Page:
    """Read the page `name` of `folder`: its front matter and its text, as a `model`.

    Raises DataError if there is none of this name (the text lists those that there are), or it does
    not fit.
    """
    path = folder / f"{name}.md"
    if not path.is_file():
        known = ", ".join(sorted(page.stem for page in folder.glob("*.md")))
        raise DataError(f"no prompt named {name!r}; known: {known or 'none'}")
    try:
        page = frontmatter.loads(path.read_text(encoding="utf-8"))
        return model(name=name, text=page.content.strip(), **page.metadata)
    except UnicodeDecodeError as error:
        raise DataError(f"{paths.shown(path)} is no UTF-8 text: {error}") from None
    except yaml.YAMLError as error:
        raise DataError(f"{paths.shown(path)}: its front matter is no YAML: {error}") from None
    except (ValidationError, TypeError) as error:
        why = first_complaint(error) if isinstance(error, ValidationError) else str(error)
        raise DataError(f"{paths.shown(path)}: {why}") from None
