"""What every LLaVA learns from and is measured by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from secondsight.datasets.dataset import Dataset
from secondsight.descriptions.texts import references
from secondsight.dtypes import Floats, Ints
from secondsight.training.llava.captioned_pictures import HELD_OUT, SKIES, Pairs, held_out, pairs
from secondsight.training.llava.conversations import Turn, conversations
from secondsight.training.minivlm.sentence_encoder import embed_in_full
from secondsight.training.settings import VARIANTS


@dataclass(frozen=True)
class Sizes:
    """How much there is of everything."""

    pairs: Mapping[str, int] = field(default_factory=SKIES.copy)  # learnt from, of each sky
    held_out: Mapping[str, int] = field(default_factory=HELD_OUT.copy)
    texts: int = 20_000  # captions, with key words, from which the language model learns to speak
    described: int = 200  # pictures of Galaxy10's classes


@dataclass(frozen=True)
class Course:
    """What every model learns from and is measured by."""

    sizes: Sizes
    learnt: Pairs
    held_out: Pairs
    described: Dataset  # pictures of Galaxy10's classes
    conversations: Mapping[str, Sequence[Sequence[Turn]]]  # by prompt, about each pair learnt from
    references: Mapping[str, Floats]  # embeddings of the classes, by set; shape (classes, 384)

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
        {
            name: embed_in_full(list(texts.texts.values())).astype(float)
            for name, texts in references().items()
        },
    )
