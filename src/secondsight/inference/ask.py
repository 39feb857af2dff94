"""The one door: ask a model about every image of a data set, or look up what it answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

import pandas as pd

from secondsight.datasets.dataset import Dataset
from secondsight.errors import DataError
from secondsight.inference.answers import answer_table
from secondsight.inference.examples import Examples, choose, png_of
from secondsight.inference.options import Options
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.request import IMAGE, Image, Message, Request, Template, Text
from secondsight.inference.workers import Ask


@dataclass(frozen=True)
class Plan:
    """Every request of one call, in the order of the data set and then of the repeats."""

    dataset: Dataset  # the images asked about
    prompt: Prompt
    options: Options
    examples: Examples
    templates: Mapping[str | None, Template]  # by the images' stretch
    stretches: Sequence[str | None]
    image_ids: Sequence[str]
    images: Sequence[str]
    repeats: Sequence[int]
    keys: Sequence[bytes]

    @property
    def request(self) -> Request:
        """One of the requests, about the image `IMAGE`: the others are alike but for the image."""
        return next(iter(self.templates.values())).request

    @property
    def name(self) -> str:
        """The name under which a call's responses are recorded."""
        asked = self.options.asked_as(self.prompt.name)
        return recorded_as(self.dataset.name, asked, self.request.model)

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""
        template = self.templates[self.stretches[place]]
        return template.canonical(self.images[place], self.repeats[place])

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put."""
        image_id = self.image_ids[place]
        template, png = self.templates[self.stretches[place]], self.examples.png
        request = template.request.about(self.images[place], self.repeats[place])
        return Ask(self.keys[place], image_id, request, lambda: self.png(place), png)

    def png(self, place: int) -> bytes:
        """Return the image at `place`; it must still be the one that the key names."""
        return png_of(self.dataset, self.image_ids[place], self.images[place])


def ask(
    dataset: Dataset,
    prompt: Prompt | str,
    model: str,
    options: Options = Options(),
    recorder: Recorder = Recorder(),
) -> pd.DataFrame:
    """Return a model's answers on a data set; only what is recorded, without a `recorder`.

    The prompt may be the name of one in `data/prompts`; the model's name is the endpoint's.

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
        labels=plan.dataset.table["label"].repeat(options.repeats).to_numpy(),
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


def build_request(
    prompt: Prompt,
    model: str,
    options: Options = Options(),
    examples: Examples | None = None,
    stretch: str | None = None,
) -> Request:
    """Return what is asked of `model` about the image `IMAGE`, after the examples if any.

    `stretch` is what made the image's measurements light.
    """
    structured = options.wants_schema(model)
    earlier = examples.messages(prompt, structured=structured) if examples else ()
    image = Image(sha256=IMAGE, stretch=stretch)
    question = Message(role="user", content=(Text(text=prompt.text), image))
    return Request(
        model=model,
        messages=(*earlier, question),
        sampling=options.sampling(model),
        response_format=prompt.schema_asked if structured else None,
    )


def make_plan(dataset: Dataset, prompt: Prompt, model: str, options: Options = Options()) -> Plan:
    """Return every request of a call, with its key; images shown as examples are not asked about.

    Raises as `choose` does.
    """
    repeats = options.repeats
    examples = choose(dataset, prompt, options.examples, options.examples_seed)
    images = examples.asked.table["image_sha256"]
    stretches = stretches_of(examples.asked)
    templates = {
        stretch: Template(build_request(prompt, model, options, examples, stretch))
        for stretch in dict.fromkeys(stretches or [None])
    }
    alike = groupby(zip(stretches, images, strict=True), lambda pair: pair[0])
    keys = [
        templates[stretch].keys((image for _, image in pairs), repeats) for stretch, pairs in alike
    ]
    return Plan(
        examples.asked,
        prompt,
        options,
        examples,
        templates,
        [stretch for stretch in stretches for _ in range(repeats)],
        image_ids=examples.asked.table["image_id"].repeat(repeats).array,
        images=images.repeat(repeats).array,
        repeats=list(range(repeats)) * len(examples.asked),
        keys=list(chain.from_iterable(keys)),
    )


def stretches_of(dataset: Dataset) -> list[str | None]:
    """Return how the measurements of each image became light; None where it holds none."""
    if "stretch" not in dataset.table:
        return [None] * len(dataset)
    return [each if isinstance(each, str) else None for each in dataset.table["stretch"]]
