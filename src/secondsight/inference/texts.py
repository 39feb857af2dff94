"""The door without images: ask a model about every text of a list, or look up what it answered.

A request is put once for each distinct text, however often that text occurs, and is recorded and
found by its key like any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from secondsight import paths
from secondsight.datasets.dataset import sha256
from secondsight.inference.answers import text_table
from secondsight.inference.ask import (
    RecordMode,
    build_sampling,
    check_mode,
    recorded_as,
    responses,
)
from secondsight.inference.client import Ask, Endpoint
from secondsight.inference.models import family_of
from secondsight.inference.request import Message, Request, Text


class Page(Protocol):
    """A prompt with a gap for a text."""

    @property
    def name(self) -> str:
        """The prompt's name, which becomes part of the recording's."""

    def about_text(self, text: str) -> str:
        """Return what is asked about one text."""


@dataclass(frozen=True)
class TextPlan:
    """The requests of one call, one for each distinct text."""

    name: str
    texts: Sequence[str]
    requests: Sequence[Request]
    keys: Sequence[bytes]

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""
        return self.requests[place].canonical()

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put; it holds no image."""
        about = sha256(self.texts[place].encode())
        return Ask(self.keys[place], about, self.requests[place])


def plan_texts(
    name: str,
    texts: Iterable[str],
    write: Callable[[str], str],
    model: str,
    *,
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    response_format: dict[str, Any] | None = None,
) -> TextPlan:
    """Return the requests about `texts`, each distinct one once, with their keys.

    Parameters
    ----------
    name : str
        The name under which the responses are recorded.
    texts : iterable of str
        What is asked about.
    write : callable
        Returns what is asked about one text.
    model, temperature, max_tokens, response_format
        As for `ask_texts`; but the format is asked for whatever the model takes.
    """
    distinct = list(dict.fromkeys(texts))
    sampling = build_sampling(model, temperature, max_tokens)
    requests = [
        Request(
            model=model,
            messages=(Message(role="user", content=(Text(text=write(text)),)),),
            sampling=sampling,
            response_format=response_format,
        )
        for text in distinct
    ]
    return TextPlan(name, distinct, requests, [request.key for request in requests])


def ask_texts(
    name: str,
    texts: Sequence[str],
    page: Page,
    model: str,
    *,
    record: RecordMode = "none",
    temperature: float | None = 0.0,
    max_tokens: int | None = None,
    response_format: dict[str, Any] | None = None,
    structured: bool | None = None,
    endpoint: Endpoint | None = None,
    folder: Path = paths.RECORDINGS,
    progress: bool = True,
    command: str = "",
) -> pd.DataFrame:
    """Return what a model says of texts.

    Parameters
    ----------
    name : str
        What the texts are; the recording is named `name`, the page's name and the model's.
    texts : sequence of str
        What is asked about.
    page : Page
        What is asked, with a gap for the text.
    model : str
        The model's name, as the endpoint knows it.
    record : {"none", "new_episodes", "all"}
        As for `ask`.
    temperature : float or None
        Left out for models that refuse one.
    max_tokens : int or None
        Left to the endpoint when None.
    response_format : dict or None
        The form of the reply, as OpenAI writes it.
    structured : bool or None
        Whether that form is asked for; None for what `data/models.toml` says of the model.
    endpoint : Endpoint or None
        Where to ask; not used when nothing is asked.
    folder : Path
        Where recordings and journals are.
    progress : bool
        Whether to draw a progress bar.
    command : str
        What would record a missing response, for the error that says so; a call of this function
        if not given.

    Returns
    -------
    DataFrame
        One row a text, in their order: `text_in`, `text` (the reply's; missing if it is empty),
        `refused` (whether the model declined), `finish_reason`, `model`, `recorded_at`.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    check_mode(record)
    wanted = family_of(model).structured if structured is None else structured
    plan = plan_texts(
        recorded_as(name, page.name, model),
        texts,
        page.about_text,
        model,
        temperature=temperature,
        max_tokens=max_tokens,
        response_format=response_format if wanted else None,
    )
    tell = command or (
        f'ask_texts({name!r}, ..., page={page.name!r}, model={model!r}, record="new_episodes")'
    )
    found = responses(plan, record, endpoint or Endpoint(), folder, progress, tell)
    replies = text_table(found, plan.texts)
    return replies.set_index("text_in").loc[list(texts)].reset_index()
