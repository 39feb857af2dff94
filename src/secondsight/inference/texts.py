"""The door without images: ask a model about every text of a list, or look up what it answered.

A request is put once for each distinct text, however often that text occurs, and is recorded and
found by its key like any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from secondsight.datasets.dataset import sha256
from secondsight.inference.answers import text_table
from secondsight.inference.options import Options
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.request import Message, Request, Text
from secondsight.inference.workers import Ask


class Page(Protocol):
    """A prompt with a gap for a text."""

    @property
    def name(self) -> str:
        """The prompt's name, which becomes part of the recording's."""

    @property
    def schema_asked(self) -> dict[str, Any] | None:
        """The form of a reply, as OpenAI's `response_format`; None for free words."""

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
    options: Options = Options(),
    response_format: dict[str, Any] | None = None,
) -> TextPlan:
    """Return the requests about `texts`, each distinct one once, with their keys.

    They are recorded under `name`; `write` returns what is asked about one text. The response
    format is asked for whatever the model takes; all else is as for `ask_texts`.
    """
    distinct = list(dict.fromkeys(texts))
    sampling = options.sampling(model)
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
    options: Options = Options(),
    recorder: Recorder = Recorder(),
) -> pd.DataFrame:
    """Return what a model says of texts; the options and the recorder are as for `ask`.

    What is asked, and the form of the reply, is a `page` with a gap for the text. The recording is
    named `name` (what the texts are), the page's name and the model's.

    Returns
    -------
    DataFrame
        One row a text, in their order: `text_in`, `text` (the reply's; missing if it is empty),
        `refused` (whether the model, or for good the endpoint, declined), `finish_reason`,
        `model`, `recorded_at`.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    form = page.schema_asked if options.wants_schema(model) else None
    title = recorded_as(name, page.name, model)
    plan = plan_texts(title, texts, page.about_text, model, options, form)
    call = (
        f"ask_texts({name!r}, ..., page={page.name!r}, model={model!r}, "
        'recorder=Recorder("new_episodes"))'
    )
    replies = text_table(recorder.responses(plan, call), plan.texts)
    return replies.set_index("text_in").loc[list(texts)].reset_index()
