"""One run of the experiment: an arm from a seed, measured before, between and after the stages."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import LlamaForCausalLM

from secondsight.alignment.towers import load_pair
from secondsight.datasets import Dataset
from secondsight.finetune.captions import any_caption
from secondsight.finetune.conversations import conversations
from secondsight.finetune.data import HELD_OUT, SKIES, held_out, pairs
from secondsight.finetune.dialogue import DESCRIBE
from secondsight.finetune.evaluation import (
    Outcomes,
    of_descriptions,
    of_losses,
    others,
    reference_texts,
)
from secondsight.finetune.eye import make_eye
from secondsight.finetune.llava import answers, look, make_llava
from secondsight.finetune.recipe import Material, described, first_stage, second_stage
from secondsight.finetune.results import MOMENTS
from secondsight.finetune.settings import ARMS, BASE, Arm, Settings, Speaker
from secondsight.finetune.speaker import make_speaker, make_tokenizer
from secondsight.finetune.stages import Point, Talks, talk_losses, train_stage
from secondsight.minivlm.phrases import SKIES as WORDED
from secondsight.minivlm.picture import fitted, planes
from secondsight.minivlm.training.sentences import embed_in_full
from secondsight.simulate.seed import generator

TEXTS = 20_000
"""Captions, with key words, from which the language model learns to speak."""
DESCRIBED = 200
"""Pictures of Galaxy10's classes that are described."""


@dataclass(frozen=True)
class Sizes:
    """How much there is of everything.

    Attributes
    ----------
    pairs, held_out : dict
        From each sky to how many pairs are learnt from, and how many are not.
    texts, described : int
    """

    pairs: dict[str, int]
    held_out: dict[str, int]
    texts: int = TEXTS
    described: int = DESCRIBED


USUAL = Sizes(SKIES, HELD_OUT)


class Experiment:
    """What is the same in every run.

    Parameters
    ----------
    start : str
        As for `secondsight.alignment.towers.load_pair`.
    folder : Path
        Where checkpoints are kept.
    settings : Settings
        Its seed is that of the language model; each run has its own.
    asked : Dataset
        Pictures of Galaxy10's classes.
    sizes : Sizes
    """

    def __init__(
        self, start: str, folder: Path, settings: Settings, asked: Dataset, sizes: Sizes = USUAL
    ) -> None:
        self.folder, self.settings, self.sizes = folder, settings, sizes
        self.encoder = load_pair(start).image
        self.learnt, self.held = pairs(sizes.pairs), held_out(sizes.held_out)
        asked = asked.head(sizes.described)
        self.image_ids = asked.table["image_id"].tolist()
        self.labels = asked.table["label"].to_numpy(dtype=np.int64)
        self.asked = np.stack([fitted(asked.pixels(image_id)) for image_id in self.image_ids])
        self.texts = texts_without_pictures(sizes.texts, settings.seed)
        self.talks = {
            prompt: conversations(self.learnt.captions, prompt).turns
            for prompt in dict.fromkeys(arm.prompt for arm in ARMS.values())
        }
        spoken = [turn for talk in self.talks.values() for turns in talk for turn in turns]
        self.tokenizer = make_tokenizer(
            [
                *map(" ".join, self.texts),
                DESCRIBE,
                *(f"{turn.question} {turn.answer}" for turn in spoken),
            ]
        )
        self.speakers: dict[Speaker, tuple[LlamaForCausalLM, list[Point]]] = {}
        self.references = reference_texts()
        self.reference_rows = {
            name: embed_in_full(some).astype(np.float64) for name, some in self.references.items()
        }

    @property
    def pad(self) -> int:
        """The token that fills up."""
        return int(self.tokenizer.pad_token_id)

    def speaker(self, size: Speaker) -> tuple[LlamaForCausalLM, list[Point]]:
        """Return a language model that makes captions of key words, and its loss curve."""
        if size not in self.speakers:
            model = make_speaker(size, self.tokenizer, self.settings.seed).to(self.settings.device)
            talks = [described(text, self.tokenizer, 0, words) for words, text in self.texts]
            apart = len(talks) // 40
            curve = train_stage(
                model,
                dict(model.named_parameters()),
                Talks(talks[apart:]),
                Talks(talks[:apart]),
                self.settings.words,
                self.settings,
                f"words {size.width}",
                self.pad,
                self.folder,
            )
            self.speakers[size] = model.eval(), curve
        return self.speakers[size]


def texts_without_pictures(count: int, seed: int) -> list[tuple[str, str]]:
    """Return key words with captions of no picture, in the wordings of every sky."""
    chance = generator(seed, "finetune", "texts")
    return [any_caption(str(chance.choice(WORDED)), chance) for _ in range(count)]


class Run:
    """One arm from one seed: trained through its stages and measured in between.

    Attributes
    ----------
    curves : dict
        From a stage to its loss curve.
    outcomes : dict
        From a moment to the metrics' values by picture.
    said : dict
        From a moment to a description a picture.
    weights : dict
        From a stage to how many weights it trained.
    """

    def __init__(self, of: Experiment, name: str, arm: Arm, seed: int) -> None:
        self.of, self.settings = of, replace(of.settings, seed=seed)
        speaker, _ = of.speaker(arm.speaker)
        eye = make_eye(arm.eye, of.encoder)
        self.model: Any = make_llava(eye, copy.deepcopy(speaker), of.tokenizer, seed)
        self.model.to(self.settings.device)
        self.material = Material(
            of.tokenizer,
            self._look(of.learnt.pictures),
            of.learnt.captions,
            of.talks[arm.prompt],
            self._look(of.held.pictures),
            of.held.captions,
        )
        self.asked = self._look(of.asked)
        self.curves: dict[str, list[Point]] = {}
        self.outcomes: dict[str, Outcomes] = {}
        self.said: dict[str, list[str]] = {}
        self.weights: dict[str, int] = {}
        if name == BASE:
            self._measure(MOMENTS[0])
        if arm.first:
            self._stage("stage 1", first_stage, name)
            self._measure(MOMENTS[1])
        self._stage("stage 2", second_stage, name)
        self._measure(MOMENTS[2])

    def _look(self, pictures: npt.NDArray[np.uint8]) -> torch.Tensor:
        return look(self.model, torch.from_numpy(planes(pictures)))

    def _stage(self, stage: str, train: Callable[..., tuple[list[Point], int]], name: str) -> None:
        self.curves[stage], self.weights[stage] = train(
            self.model, self.material, self.settings, name, self.of.folder
        )

    def _measure(self, moment: str) -> None:
        held = self.material.held_out
        swapped = Talks(held.talks, self.material.held_seen[others(self.of.sizes.held_out)])
        own, other = (
            talk_losses(self.model, talks, self.of.pad, self.settings) for talks in (held, swapped)
        )
        said = answers(self.model, self.of.tokenizer, self.asked, DESCRIBE)
        rows = embed_in_full(said).astype(np.float64)
        cosines = {name: rows @ one.T for name, one in self.of.reference_rows.items()}
        self.said[moment] = said
        self.outcomes[moment] = of_losses(own, other) | of_descriptions(
            said, self.of.labels, cosines
        )
