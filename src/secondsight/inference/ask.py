"""The one door: ask a model about every image of a data set, or look up what it answered."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.errors import DataError
from secondsight.inference.answers import answer_table
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.request import IMAGE, Image, Message, Request, Template, Text
from secondsight.inference.workers import Ask


@dataclass(frozen=True)
class Plan:
    """Every request of one call, in the order of the data set and then of the repeats."""

    dataset: Dataset
    prompt: Prompt
    template: Template
    image_ids: Sequence[str]
    images: Sequence[str]
    repeats: Sequence[int]
    keys: Sequence[bytes]

    @property
    def name(self) -> str:
        """The name under which a call's responses are recorded."""
        return recorded_as(self.dataset.name, self.prompt.name, self.template.request.model)

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""
        return self.template.canonical(self.images[place], self.repeats[place])

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put."""
        image_id = self.image_ids[place]
        request = self.template.request.about(self.images[place], self.repeats[place])
        return Ask(self.keys[place], image_id, request, lambda: self.png(place))

    def png(self, place: int) -> bytes:
        """Return the image at `place`; it must still be the one that the key names."""
        content = self.dataset.png(self.image_ids[place])
        if sha256(content) != self.images[place]:
            raise DataError(
                f"the image {self.image_ids[place]!r} of {self.dataset.name!r} is not the one that "
                "the data set's table describes: load the data set anew"
            )
        return content


def ask(
    dataset: Dataset,
    prompt: Prompt | str,
    model: str,
    options: Options = Options(),
    recorder: Recorder = Recorder(),
) -> pd.DataFrame:
    """Return a model's answers on a data set.

    Parameters
    ----------
    dataset : Dataset
        The images.
    prompt : Prompt or str
        What is asked, or the name of a prompt in `data/prompts`.
    model : str
        The model's name, as the endpoint knows it.
    options : Options
        How it is asked.
    recorder : Recorder
        Where its responses come from; only what is recorded, if not given.

    Returns
    -------
    DataFrame
        One row a request: `image_id`, `repeat`, `label` (the true one), `answer` (a category's
        code, or missing), `outcome`, `confidence`, `probability` (of the answer among all
        categories, by its token's; NaN where log-probabilities were not asked for), `text`,
        `finish_reason`, `model`, `prompt_tokens`, `completion_tokens`, `reason` (why the endpoint
        refused it for good; missing where it did not), `recorded_at`.

    Raises
    ------
    MissingResponses
        In mode ``"none"``, if a response is missing.
    EndpointError
        If requests failed; what was answered is recorded.
    """
    asked = load_prompt(prompt) if isinstance(prompt, str) else prompt
    check_labels(dataset, asked)
    plan = make_plan(dataset, asked, model, options)
    command = f'ask(..., prompt={asked.name!r}, model={model!r}, recorder=Recorder("new_episodes"))'
    return answer_table(
        recorder.responses(plan, command),
        categories=asked.categories,
        image_ids=plan.image_ids,
        repeats=plan.repeats,
        labels=dataset.table["label"].repeat(options.repeats).to_numpy(),
    )


def check_labels(dataset: Dataset, prompt: Prompt) -> None:
    """Refuse labels that no answer to the prompt can equal.

    Raises DataError if a label is neither missing nor a code of the prompt's categories.
    """
    codes = prompt.categories.codes
    strange = set(dataset.table["label"].dropna()) - set(codes)
    if strange:
        raise DataError(
            f"data set {dataset.name!r} has the label {min(strange)!r}, but {prompt.name} asks for "
            f"{', '.join(codes)}: use these codes as labels, or leave them empty"
        )


def build_request(prompt: Prompt, model: str, options: Options = Options()) -> Request:
    """Return what is asked of `model` about the image `IMAGE`."""
    return Request(
        model=model,
        messages=(Message(role="user", content=(Text(text=prompt.text), Image(sha256=IMAGE))),),
        sampling=options.sampling(model),
        response_format=prompt.schema_asked if options.wants_schema(model) else None,
    )


def make_plan(dataset: Dataset, prompt: Prompt, model: str, options: Options = Options()) -> Plan:
    """Return every request of a call, with its key."""
    template, repeats = Template(build_request(prompt, model, options)), options.repeats
    return Plan(
        dataset,
        prompt,
        template,
        image_ids=dataset.table["image_id"].repeat(repeats).array,
        images=dataset.table["image_sha256"].repeat(repeats).array,
        repeats=list(range(repeats)) * len(dataset),
        keys=template.keys(dataset.table["image_sha256"], repeats),
    )
