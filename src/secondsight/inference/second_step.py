"""The second question, about an answer in free words: which category it chooses."""

from pathlib import Path

from secondsight import paths
from secondsight.datasets.tasks import Task
from secondsight.inference.prompt import PageWithGaps, read_page

FOLDER = paths.PROMPTS / "second-step"
CATEGORIES, ANSWER = "{categories}", "{answer}"


class SecondStep(PageWithGaps):
    """The text of the second question, for any task, such as ``"second-step-1"``."""

    GAPS = (CATEGORIES, ANSWER)

    def about_answer(self, answer: str, task: Task) -> str:
        """Return the question about one answer to a task."""
        listed = "\n".join(
            f"Category {category.code}: {category.name}" for category in task.categories
        )
        before, after = self.text.split(ANSWER)  # what stands in an answer is never taken as a gap
        return before.replace(CATEGORIES, listed) + answer + after.replace(CATEGORIES, listed)


def load_second_step(name: str, folder: Path = FOLDER) -> SecondStep:
    """Read the second question `name` from `folder`; raises as `read_page`."""
    return read_page(name, folder, SecondStep)
