"""The second question, about an answer in free words: which category it chooses."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from secondsight import paths
from secondsight.datasets.tasks import Task
from secondsight.inference.prompt import read_page

FOLDER = paths.PROMPTS / "second-step"
CATEGORIES, ANSWER = "{categories}", "{answer}"


class SecondStep(BaseModel):
    """The text of the second question, for any task.

    Attributes
    ----------
    name : str
        The file's name without its ending, such as ``"second-step-1"``. A changed text is a new
        version, and so a new file.
    about : str
        What it is for, in a sentence.
    text : str
        What is sent, with a gap for the categories and one for the answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    text: str

    @field_validator("text")
    @classmethod
    def _has_gaps(cls, text: str) -> str:
        for gap in (CATEGORIES, ANSWER):
            if text.count(gap) != 1:
                raise ValueError(f"must hold {gap} once")
        return text

    def about_answer(self, answer: str, task: Task) -> str:
        """Return the question about one answer to a task."""
        listed = "\n".join(f"Category {one.code}: {one.name}" for one in task.categories)
        before, after = self.text.split(ANSWER)  # what stands in an answer is never taken as a gap
        return before.replace(CATEGORIES, listed) + answer + after.replace(CATEGORIES, listed)


def load_second_step(name: str, folder: Path = FOLDER) -> SecondStep:
    """Read the second question `name` from `folder`.

    Raises
    ------
    DataError
        If there is none of this name (the text lists those that there are), or the file is not
        right.
    """
    return read_page(name, folder, SecondStep)
