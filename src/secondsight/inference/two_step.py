"""Ask in two steps: first for an answer in free words, then which category those words choose.

The second request holds no image. It is put once for each distinct text, however many images got
that text, and is recorded and found by its key like any other.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import Task
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.options import Options
from secondsight.inference.parse import ANSWERED, OUTCOMES, UNPARSEABLE
from secondsight.inference.prompt import PageWithGaps, Prompt, load_prompt, read_page
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.texts import TextPlan, plan_texts

FOLDER = paths.PROMPTS / "second-step"
CATEGORIES, ANSWER = "{categories}", "{answer}"


class SecondStep(PageWithGaps):
    """The second question, for any task: which category an answer in free words chooses."""

    GAPS = (CATEGORIES, ANSWER)

    def about_answer(self, answer: str, task: Task) -> str:
        """Return the question about one answer to a task."""
        listed = "\n".join(f"Category {each.code}: {each.name}" for each in task.categories)
        before, after = self.text.split(ANSWER)  # what stands in an answer is never taken as a gap
        return before.replace(CATEGORIES, listed) + answer + after.replace(CATEGORIES, listed)


def load_second_step(name: str, folder: Path = FOLDER) -> SecondStep:
    """Read the second question `name` from `folder`; raises as `read_page`."""
    return read_page(name, folder, SecondStep)


@dataclass(frozen=True)
class Reader:
    """The second model, which is asked at temperature 0 which category a text chooses."""

    model: str  # its name, as its endpoint knows it
    page: SecondStep | str = "second-step-1"  # or the name of a file in `data/prompts/second-step`
    max_tokens: int | None = None  # how long its answer may be; left to the endpoint when None
    endpoint: Endpoint = Endpoint()  # where it is asked


def ask_twice(
    dataset: Dataset,
    prompt: Prompt | str,
    model: str,
    reader: Reader,
    options: Options = Options(),
    recorder: Recorder = Recorder(),
) -> pd.DataFrame:
    """Return a model's answers on a data set, as a second model, the reader, reads them.

    The first step is as for `ask`; but no JSON is asked for unless `structured` is True. In the
    recorder's mode ``"all"`` answers count as recorded when both steps are whole. Raises as `ask`,
    if a response of either step is missing.

    Returns
    -------
    DataFrame
        The columns of `ask`, and `first_answer`, `first_outcome`, `second_text`, `second_model`.
        `answer` and `outcome` are those of both steps together, `first_answer` and `first_outcome`
        what our own parser takes the first text to say. A first answer that is empty or a refusal
        is not sent on and stays what it is. A text in which the second model finds no single
        category is unparseable.
    """
    asked = load_prompt(prompt) if isinstance(prompt, str) else prompt
    page = load_second_step(reader.page) if isinstance(reader.page, str) else reader.page
    task, own = asked.categories, Options(max_tokens=reader.max_tokens)
    words = replace(options, structured=bool(options.structured))
    name = recorded_as(dataset.name, asked.name, model, page.name, reader.model)
    command = (
        f"ask_twice(..., prompt={asked.name!r}, model={model!r}, reader={reader.model!r}, "
        'recorder=Recorder("new_episodes"))'
    )
    with recorder.again(name, reader.endpoint) as both:
        first = ask(dataset, asked, model, words, both)
        texts = _texts(first)
        plan = plan_texts(
            name, texts.dropna(), lambda text: page.about_answer(text, task), reader.model, own
        )
        second = replace(both, endpoint=reader.endpoint).responses(plan, command)
        return _both_answers(first, texts, plan, second, task)


def _texts(first: pd.DataFrame) -> pd.Series:
    """Return what each first answer says; missing where it says nothing or declines."""
    stripped = first["text"].astype("str").str.strip()
    return stripped.where(first["outcome"].isin([ANSWERED, UNPARSEABLE]))


def _both_answers(
    first: pd.DataFrame, texts: pd.Series, plan: TextPlan, responses: pa.Table, task: Task
) -> pd.DataFrame:
    """Return the first answers with what the second step made of their texts."""
    count = len(plan.texts)
    second = answer_table(
        responses,
        categories=task,
        image_ids=plan.texts,
        repeats=[0] * count,
        labels=np.full(count, None),
    ).set_index("image_id")
    answer = texts.map(second["answer"].to_dict())
    read = np.where(answer.notna(), ANSWERED, UNPARSEABLE)
    outcome = np.where(texts.notna(), read, first["outcome"].astype(str))
    return first.assign(
        answer=answer,
        outcome=pd.Categorical(outcome, categories=OUTCOMES),
        first_answer=first["answer"],
        first_outcome=first["outcome"],
        second_text=texts.map(second["text"].to_dict()),
        second_model=texts.map(second["model"].astype(str).to_dict()),
    )
