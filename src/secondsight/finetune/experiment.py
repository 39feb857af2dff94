"""What every run learns from and is measured by, and the small LLaVAs that are made for it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from secondsight.alignment.towers import load_pair
from secondsight.datasets import Dataset
from secondsight.dtypes import Floats, Pixels
from secondsight.finetune.captions import any_caption
from secondsight.finetune.conversations import Turn, conversations
from secondsight.finetune.data import HELD_OUT, SKIES, held_out, pairs
from secondsight.finetune.dialogue import DESCRIBE
from secondsight.finetune.evaluation import reference_texts
from secondsight.finetune.eye import make_eye
from secondsight.finetune.llava import Talker, make_llava
from secondsight.finetune.recipe import described
from secondsight.finetune.settings import ARMS, Arm, Settings, Speaker
from secondsight.finetune.speaker import make_speaker, make_tokenizer
from secondsight.finetune.stages import Point, Talks, train_stage
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

    pairs: Mapping[str, int] = field(default_factory=SKIES.copy)
    held_out: Mapping[str, int] = field(default_factory=HELD_OUT.copy)
    texts: int = TEXTS
    described: int = DESCRIBED


class Course:
    """What every model learns from and is measured by.

    Parameters
    ----------
    dataset : Dataset
        Pictures of Galaxy10's classes.
    sizes : Sizes
    """

    def __init__(self, dataset: Dataset, sizes: Sizes) -> None:
        self.sizes = sizes
        self.learnt, self.held = pairs(sizes.pairs), held_out(sizes.held_out)
        dataset = dataset.head(sizes.described)
        self.image_ids = dataset.table["image_id"].tolist()
        self.labels = dataset.table["label"].to_numpy(dtype=np.int64)
        self.asked = np.stack([dataset.pixels(image_id) for image_id in self.image_ids])
        self.talks: dict[str, tuple[tuple[Turn, ...], ...]] = {
            prompt: conversations(self.learnt.captions, prompt).turns
            for prompt in dict.fromkeys(arm.prompt for arm in ARMS.values())
        }
        self.references: dict[str, Floats] = {
            name: embed_in_full(texts).astype(np.float64)
            for name, texts in reference_texts().items()
        }


class Experiment:
    """Makes the small LLaVAs of all arms.

    Parameters
    ----------
    start : str
        As for `secondsight.alignment.towers.load_pair`.
    folder : Path
        Where checkpoints are kept.
    settings : Settings
        Its seed is that of the language models; each run has its own.
    course : Course
    """

    def __init__(self, start: str, folder: Path, settings: Settings, course: Course) -> None:
        self.folder, self.settings, self.course = folder, settings, course
        self.encoder = load_pair(start).image
        self.texts = texts_without_pictures(course.sizes.texts, settings.seed)
        self.tokenizer = self._tokenizer()
        self.speakers: dict[Speaker, tuple[LlamaForCausalLM, list[Point]]] = {}

    def make(self, arm: Arm, seed: int) -> Talker:
        """Return an arm's model, not yet fine-tuned."""
        speaker, _ = self.speaker(arm.speaker)
        eye = make_eye(arm.eye, self.encoder)
        model = make_llava(eye, copy.deepcopy(speaker), self.tokenizer, seed)
        return Talker(model.to(self.settings.device), self.tokenizer, _pixel_values)

    def speaker(self, size: Speaker) -> tuple[LlamaForCausalLM, list[Point]]:
        """Return a language model that makes captions of key words, and its loss curve."""
        if size not in self.speakers:
            model = make_speaker(size, self.tokenizer, self.settings.seed).to(self.settings.device)
            talks = [described(text, self.tokenizer, 0, words) for words, text in self.texts]
            curve = train_stage(
                model,
                dict(model.named_parameters()),
                Talks(talks),
                self.settings.words,
                self.settings,
                f"words {size.width}",
                self.tokenizer.pad_token_id,
                self.folder,
            )
            self.speakers[size] = model.eval(), curve
        return self.speakers[size]

    def _tokenizer(self) -> PreTrainedTokenizerFast:
        talks = self.course.talks.values()
        spoken = [turn for some in talks for turns in some for turn in turns]
        return make_tokenizer(
            [
                *map(" ".join, self.texts),
                DESCRIBE,
                *(f"{turn.question} {turn.answer}" for turn in spoken),
            ]
        )


def texts_without_pictures(count: int, seed: int) -> list[tuple[str, str]]:
    """Return key words with captions of no picture, in the wordings of every sky."""
    chance = generator(seed, "finetune", "texts")
    return [any_caption(str(chance.choice(WORDED)), chance) for _ in range(count)]


def _pixel_values(pictures: Pixels) -> torch.Tensor:
    return torch.from_numpy(planes(np.stack([fitted(picture) for picture in pictures])))
