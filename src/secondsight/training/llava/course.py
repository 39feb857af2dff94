"""What every LLaVA learns from and is measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from secondsight.datasets.dataset import Dataset
from secondsight.dtypes import Floats, Ints
from secondsight.training.llava.captioned_pictures import HELD_OUT, SKIES, Pairs, held_out, pairs
from secondsight.training.llava.conversations import Turn, conversations
from secondsight.training.llava.description_scores import reference_texts
from secondsight.training.minivlm.sentence_encoder import embed_in_full
from secondsight.training.settings import VARIANTS

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


@dataclass(frozen=True)
class Course:
    """What every model learns from and is measured by.

    Attributes
    ----------
    sizes : Sizes
    learnt, held_out : Pairs
    described : Dataset
        Pictures of Galaxy10's classes.
    conversations : dict
        From a prompt's name to a conversation about each pair that is learnt from.
    references : dict of array, shape (classes, 384)
        Embeddings of the references of Galaxy10's classes, by their set.
    """

    sizes: Sizes
    learnt: Pairs
    held_out: Pairs
    described: Dataset
    conversations: Mapping[str, Sequence[Sequence[Turn]]]
    references: Mapping[str, Floats]

    @property
    def image_ids(self) -> list[str]:
        """Of the pictures that are to be described."""
        ids: list[str] = self.described.table["image_id"].tolist()
        return ids

    @property
    def labels(self) -> Ints:
        """Their classes, shape (n,)."""
        return self.described.table["label"].to_numpy(dtype=np.int64)


def prepare(dataset: Dataset, sizes: Sizes) -> Course:
    """Return the course of which these are the pictures to describe."""
    learnt = pairs(sizes.pairs)
    prompts = dict.fromkeys(variant.prompt for variant in VARIANTS.values())
    return Course(
        sizes,
        learnt,
        held_out(sizes.held_out),
        dataset.head(sizes.described),
        {prompt: conversations(learnt.captions, prompt).turns for prompt in prompts},
        {name: embed_in_full(texts).astype(float) for name, texts in reference_texts().items()},
    )
