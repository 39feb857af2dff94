"""Ask in two steps: first for an answer in free words, then which category those words choose.

The second request holds no image. It is put once for each distinct text, however many images got
that text, and is recorded and found by its key like any other.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from secondsight import paths
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.tasks import Task
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import (
    RecordMode,
    again,
    ask,
    check_mode,
    recorded_as,
    responses,
)
from secondsight.inference.client import Endpoint
from secondsight.inference.parse import ANSWERED, OUTCOMES, UNPARSEABLE
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.second_step import SecondStep, load_second_step
from secondsight.inference.texts import TextPlan, plan_texts


def ask_twice(
    dataset: Dataset,
    prompt: Prompt | str,
    model: str,
    *,
    parser_model: str,
    second_step: SecondStep | str = "second-step-1",
    parser_endpoint: Endpoint | None = None,
    parser_max_tokens: int | None = None,
    repeats: int = 1,
    record: RecordMode = "none",
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    seed: int | None = None,
    structured: bool | None = False,
    endpoint: Endpoint | None = None,
    folder: Path = paths.RECORDINGS,
    progress: bool = True,
) -> pd.DataFrame:
    """Return a model's answers on a data set, as a second model reads them.

    Parameters
    ----------
    dataset, prompt, model, repeats, temperature, max_tokens, seed, structured, endpoint
        The first step, as for `ask`; but no JSON is asked for unless `structured` says so.
    parser_model : str
        The model that is asked, at temperature 0, which category a text chooses.
    second_step : SecondStep or str
        What it is asked, or the name of a file in `data/prompts/second-step`.
    parser_endpoint : Endpoint or None
        Where it is asked.
    parser_max_tokens : int or None
        How long its answer may be; left to the endpoint when None.
    record : {"none", "new_episodes", "all"}
        As for `ask`, for both steps. ``"all"`` counts as recorded when both steps are whole.
    folder : Path
        Where recordings and journals are.
    progress : bool
        Whether to draw a progress bar.

    Returns
    -------
    DataFrame
        The columns of `ask`, and `first_answer`, `first_outcome`, `second_text`, `second_model`.
        `answer` and `outcome` are those of both steps together, `first_answer` and `first_outcome`
        what our own parser takes the first text to say. A first answer that is empty or a refusal
        is not sent on and stays what it is. A text in which the second model finds no single
        category is unparseable.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response of either step is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    check_mode(record)
    asked = load_prompt(prompt) if isinstance(prompt, str) else prompt
    step = load_second_step(second_step) if isinstance(second_step, str) else second_step
    name = recorded_as(dataset.name, asked.name, model, step.name, parser_model)
    command = (
        f"ask_twice(..., prompt={asked.name!r}, model={model!r}, parser_model={parser_model!r}, "
        'record="new_episodes")'
    )

    def both(mode: RecordMode, where: Path) -> pd.DataFrame:
        first = ask(
            dataset,
            asked,
            model,
            repeats=repeats,
            record=mode,
            temperature=temperature,
            max_tokens=max_tokens,
            seed=seed,
            structured=structured,
            endpoint=endpoint,
            folder=where,
            progress=progress,
        )
        texts = _texts(first)
        plan = plan_second(
            name, texts.dropna(), step, asked.categories, parser_model, parser_max_tokens
        )
        found = responses(plan, mode, parser_endpoint or Endpoint(), where, progress, command)
        return _both_answers(first, texts, plan, found, asked.categories)

    if record == "all":
        for asked_at in (endpoint, parser_endpoint):
            (asked_at or Endpoint()).client()  # a key that is missing is told before all else
        with again(folder, name) as unfinished:
            return both("new_episodes", unfinished)
    return both(record, folder)


def plan_second(
    name: str,
    texts: Iterable[str],
    step: SecondStep,
    task: Task,
    model: str,
    max_tokens: int | None = None,
) -> TextPlan:
    """Return the second requests about `texts`, each distinct one once, with their keys."""
    return plan_texts(
        name, texts, lambda text: step.about_answer(text, task), model, max_tokens=max_tokens
    )


def _texts(first: pd.DataFrame) -> pd.Series:
    """Return what each first answer says; missing where it says nothing or declines."""
    said = first["text"].astype("str").str.strip()
    return said.where(first["outcome"].isin([ANSWERED, UNPARSEABLE]))


def _both_answers(
    first: pd.DataFrame, texts: pd.Series, plan: TextPlan, found: pa.Table, task: Task
) -> pd.DataFrame:
    """Return the first answers with what the second step made of their texts."""
    count = len(plan.texts)
    second = answer_table(
        found,
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
