"""The runs: four settings, two kinds of captions, several seeds, and the tables of them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from torch import nn

from secondsight.dtypes import Floats
from secondsight.simulate.seed import generator
from secondsight.training.minivlm.starting_weights import load_pair
from secondsight.training.radio.contrastive import (
    DualEncoder,
    Inputs,
    adapt,
    embed_all,
    train_adapters,
    trained,
)
from secondsight.training.radio.embedding_scores import Features, outcomes
from secondsight.training.radio.frozen_layers import cut
from secondsight.training.radio.radio_captions import KINDS
from secondsight.training.radio.radio_galaxies import HELD_OUT, Galaxies, galaxies
from secondsight.training.results import LESS, RADIO, Name, Outcomes, Row, mean_rows, row, value
from secondsight.training.settings import SETTINGS, RadioSettings

SEEDS = (0, 1, 2)
FROZEN = SETTINGS[0]


@dataclass(frozen=True)
class Start:
    """What every run begins with; the encoder's inputs are of the training and of the test ones."""

    encoder: DualEncoder
    train: Galaxies
    test: Galaxies
    images: Sequence[Inputs]
    texts: Mapping[str, Sequence[Inputs]]  # from a kind of captions
    held_out: int  # how many of the training pairs decide when to stop


@dataclass(frozen=True)
class Run:
    """What one run made of the test galaxies."""

    test: Features
    outcomes: Outcomes
    epochs: int  # the best one
    weights: int  # how many were trained


def prepare(
    start: str, sizes: tuple[int | None, int | None, int] = (None, None, HELD_OUT)
) -> Start:
    """Return what every run begins with: weights as for `load_pair`, in `starting_weights`.

    Training, test and held-out pairs may be other than as many as usual.
    """
    lower, encoder = cut(load_pair(start))
    parts = galaxies("radio-train", sizes[0]), galaxies("radio", sizes[1])
    images = [lower.pictures(part.pictures) for part in parts]
    texts = {kind: [lower.captions(part.captions[kind]) for part in parts] for kind in KINDS}
    return Start(encoder, *parts, images, texts, sizes[2])


def run_once(start: Start, setting: str, kind: str, settings: RadioSettings, folder: Path) -> Run:
    """Adapt to captions of a kind and embed everything; the checkpoint is kept in a folder."""
    encoder = copy.deepcopy(start.encoder)
    adapt(encoder, setting, settings.seed)
    for network in (encoder.image, encoder.text):
        network.to(settings.device)
    epochs = 0
    if setting != FROZEN:
        chance = generator(settings.seed, "alignment", "held out")
        held_out = chance.permutation(len(start.train))[: start.held_out]
        pairs = (start.images[0], start.texts[kind][0], held_out)
        file = folder / f"{setting}.{kind}.{settings.seed}.safetensors"
        epochs = int(np.argmin(train_adapters(encoder, *pairs, settings, file)))
    return _measured(start, encoder, kind, settings, epochs)


def _measured(
    start: Start, encoder: DualEncoder, kind: str, settings: RadioSettings, epochs: int
) -> Run:
    other = next(name for name in KINDS if name != kind)

    def embedded(network: nn.Module, inputs: Inputs) -> Floats:
        numbers: Floats = embed_all(network, inputs, settings).cpu().double().numpy()
        return numbers

    images = [embedded(encoder.image, part) for part in start.images]
    texts = [embedded(encoder.text, part) for part in start.texts[kind]]
    other_texts = embedded(encoder.text, start.texts[other][1])
    train = Features(images[0], texts[0], start.train.labels)
    test = Features(images[1], texts[1], start.test.labels)
    weights = sum(weight.numel() for weight in trained(encoder).values())
    return Run(test, outcomes(train, test, other_texts), epochs, weights)


def adapt_and_measure(
    start: Start, settings: RadioSettings, folder: Path, seeds: Sequence[int] = SEEDS
) -> dict[str, pd.DataFrame]:
    """Do every run; return the tables that are committed, by the names of their files."""
    rows: list[Row] = []
    compared: dict[Name, list[Outcomes]] = {}
    for name in [(setting, kind) for setting in SETTINGS for kind in KINDS]:
        runs = [run_once(start, *name, replace(settings, seed=seed), folder) for seed in seeds]
        epochs = [run.epochs for run in runs]
        print(f"{name[0]}, {name[1]} captions: best epochs {epochs}", flush=True)  # noqa: T201
        for seed, run in zip(seeds, runs, strict=True):
            rows += _rows(name, seed, run)
        compared[name] = [run.outcomes for run in runs]
    rows += mean_rows(compared, _differences(), start.test.labels)
    table = pd.DataFrame(rows, columns=[*RADIO.columns["results.csv"], "pictures"])
    return {"results.csv": table}


def _differences() -> dict[Name, tuple[Name, Name]]:
    """Return what is compared: every setting with the frozen one, and both kinds of captions."""
    from_frozen = {
        (f"{setting}{LESS}{FROZEN}", kind): ((setting, kind), (FROZEN, kind))
        for setting in SETTINGS[1:]
        for kind in KINDS
    }
    first, second = KINDS
    pairs = {setting: ((setting, first), (setting, second)) for setting in SETTINGS}
    return from_frozen | {(setting, LESS.join(KINDS)): pair for setting, pair in pairs.items()}


def _rows(name: Name, seed: int, run: Run) -> list[Row]:
    """Return a run's metrics, its best epoch and how many weights it trained."""
    labels = run.test.labels
    numbers = {metric: value(metric, values, labels) for metric, values in run.outcomes.items()}
    numbers |= {"epochs": run.epochs, "trained_weights": run.weights}
    return [row(name, seed, metric, number) for metric, number in numbers.items()]
