"""Fine-tune models and measure them before, between and after the stages; tables of the runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from secondsight.datasets.dataset import Dataset
from secondsight.dtypes import Pixels
from secondsight.training.llava.chat_tokens import DESCRIBE, FAR
from secondsight.training.llava.chat_training import Chats, Point, losses_of
from secondsight.training.llava.course import Course
from secondsight.training.llava.description_scores import (
    beyond,
    of_descriptions,
    others,
)
from secondsight.training.llava.llava_model import Llava, answers, encode_images
from secondsight.training.llava.small_llavas import join, train_speakers
from secondsight.training.llava.two_stages import (
    Material,
    adapt_language_model,
    first_stage,
    second_stage,
)
from secondsight.training.minivlm.network import ImageEncoder
from secondsight.training.minivlm.sentence_encoder import embed_in_full
from secondsight.training.results import LESS, LLAVA, Name, Outcomes, Row, mean_rows, row
from secondsight.training.settings import BASE, MOMENTS, VARIANTS, WAYS, LlavaSettings, Variant

SEEDS = (0, 1)


@dataclass(frozen=True)
class Run:
    """What came of a run."""

    curves: dict[str, list[Point]] = field(default_factory=dict)  # of each stage
    weights: dict[str, int] = field(default_factory=dict)  # how many each stage trained
    outcomes: dict[str, Outcomes] = field(default_factory=dict)  # at each moment
    texts: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # and in each of `WAYS`


Runs = dict[tuple[str, int], Run]
"""From a name and a seed."""


def fine_tune(
    llava: Llava, course: Course, name: str, variant: Variant, settings: LlavaSettings, folder: Path
) -> Run:
    """Take a model through its stages, in place, and measure it at every moment.

    A model of the whole recipe is measured before its training, too. Checkpoints, by this name,
    are kept in a folder.
    """
    run, model, given = Run(), llava.model, (settings, name, folder)
    material = _material(llava, course, variant.prompt)
    asked = encode_images(llava, _pictures(course.described))

    def measure(moment: str) -> None:
        run.texts[moment] = texts = _texts(llava, asked, settings)
        own = _losses(llava, course, material.held_out, settings)
        run.outcomes[moment] = own | _scores(course, texts)

    if replace(variant, adapters=False) == VARIANTS[BASE]:
        measure(MOMENTS[0])
    if variant.first:
        run.curves["stage 1"], run.weights["stage 1"] = first_stage(model, material, *given)
        measure(MOMENTS[1])
    if variant.adapters:
        adapt_language_model(model, settings.seed)
    run.curves["stage 2"], run.weights["stage 2"] = second_stage(model, material, *given)
    measure(MOMENTS[2])
    return run


def _material(llava: Llava, course: Course, prompt: str) -> Material:
    return Material(
        llava.tokenizer,
        encode_images(llava, course.learnt.pictures),
        course.learnt.captions,
        course.conversations[prompt],
        encode_images(llava, course.held_out.pictures),
        course.held_out.captions,
    )


def _pictures(dataset: Dataset) -> Pixels:
    return np.stack([dataset.pixels(image_id) for image_id in dataset.table["image_id"]])


def _losses(llava: Llava, course: Course, held_out: Chats, settings: LlavaSettings) -> Outcomes:
    """Return the metrics of held-out captions, beside their own pictures and beside others."""
    swapped = held_out.of_others(others(course.sizes.held_out))
    own, other = (losses_of(llava.model, chats, settings) for chats in (held_out, swapped))
    return {"loss": own, "gain": other - own}


def _scores(course: Course, texts: dict[str, list[str]]) -> Outcomes:
    """Return the metrics of what was answered."""
    embedded = embed_in_full(texts["described"]).astype(np.float64)
    cosines = {name: embedded @ rows.T for name, rows in course.references.items()}
    scores = of_descriptions(texts["described"], course.labels, cosines)
    return scores | {f"beyond.{way}": beyond(some) for way, some in texts.items()}


def _texts(llava: Llava, asked: Tensor, settings: LlavaSettings) -> dict[str, list[str]]:
    """Return what the model says of each picture, in each of the ways of `WAYS`."""
    questions = ((DESCRIBE, None), (DESCRIBE, settings.seed), (FAR, None))
    return {
        way: answers(llava, asked, question, drawn=drawn)
        for way, (question, drawn) in zip(WAYS, questions, strict=True)
    }


def fine_tune_variants(
    encoder: ImageEncoder,
    course: Course,
    settings: LlavaSettings,
    folder: Path,
    seeds: Sequence[int] = SEEDS,
) -> dict[str, pd.DataFrame]:
    """Fine-tune every variant from each seed; return the tables that are committed.

    The language models are those of the settings' seed in all runs.
    """
    speakers = train_speakers(course, settings, folder)
    runs: Runs = {}
    for name, variant in VARIANTS.items():
        for seed in seeds:
            own = replace(settings, seed=seed)
            llava = join(encoder, speakers[variant.language_model], variant, own)
            runs[name, seed] = fine_tune(llava, course, name, variant, own, folder)
            print(f"{name}, seed {seed}", *_told(runs[name, seed]), flush=True)  # noqa: T201
    words = [
        (f"width {size.width}", "words", settings.seed, *point)
        for size, speaker in speakers.items()
        for point in speaker.curve
    ]
    return tables(runs, course, words)


def fine_tune_named(
    name: str, llava: Llava, course: Course, settings: LlavaSettings, folder: Path
) -> dict[str, pd.DataFrame]:
    """Fine-tune one model, with adapters."""
    run = fine_tune(llava, course, name, Variant(adapters=True), settings, folder)
    print(name, *_told(run), flush=True)  # noqa: T201
    return tables({(name, settings.seed): run}, course)


def _told(run: Run) -> list[str]:
    return [
        f"{moment}: loss {values['loss'].mean():.3f}, gain {values['gain'].mean():.3f}"
        for moment, values in run.outcomes.items()
    ]


# ------------------------------------------------------------------------------------ tables


def tables(runs: Runs, course: Course, curves: Sequence[Row] = ()) -> dict[str, pd.DataFrame]:
    """Return the tables that are committed, by their files' names; with more rows of curves."""
    parts = (_results(runs), [*_curves(runs), *curves], _answers(runs, course))
    files = zip(LLAVA.columns.items(), parts, strict=True)
    return {file: pd.DataFrame(rows, columns=list(columns)) for (file, columns), rows in files}


def _results(runs: Runs) -> list[Row]:
    rows = [part for (name, seed), run in runs.items() for part in _metrics(name, seed, run)]
    compared: dict[Name, list[Outcomes]] = {}
    for (name, _), run in runs.items():
        for moment, outcomes in run.outcomes.items():
            compared.setdefault((name, moment), []).append(outcomes)
    return rows + mean_rows(compared, _differences(compared))


def _curves(runs: Runs) -> list[Row]:
    return [
        (name, stage, seed, *point)
        for (name, seed), run in runs.items()
        for stage, curve in run.curves.items()
        for point in curve
    ]


def _differences(compared: Mapping[Name, Sequence[Outcomes]]) -> dict[Name, tuple[Name, Name]]:
    """Return what is compared: every variant with the first, at the same moment."""
    return {
        (f"{name}{LESS}{BASE}", moment): ((name, moment), (BASE, moment))
        for name, moment in compared
        if name != BASE and (BASE, moment) in compared
    }


def _metrics(name: str, seed: int, run: Run) -> list[Row]:
    """Return a run's metrics, how many descriptions differ, and how many weights were trained."""
    rows = [
        row((name, moment), seed, metric, float(values.mean()), len(values))
        for moment, outcomes in run.outcomes.items()
        for metric, values in outcomes.items()
    ]
    rows += [
        row((name, moment), seed, "distinct", len(set(texts["described"])), len(texts["described"]))
        for moment, texts in run.texts.items()
    ]
    return rows + [
        row((name, f"after {stage}"), seed, "trained_weights", count)
        for stage, count in run.weights.items()
    ]


def _answers(runs: Runs, course: Course) -> list[Row]:
    """Return what each first run answered at the end, and the first variant's at every moment."""
    firsts: dict[str, Run] = {}
    for (name, _), run in runs.items():
        firsts.setdefault(name, run)
    return [
        (name, moment, way, *answer)
        for name, run in firsts.items()
        for moment, texts in run.texts.items()
        if name == BASE or moment == MOMENTS[-1]
        for way, some in texts.items()
        for answer in zip(course.image_ids, course.labels, some, strict=True)
    ]
