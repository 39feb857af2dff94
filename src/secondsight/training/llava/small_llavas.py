"""Small LLaVAs: the small model's image encoder joined to a language model that can speak."""

import copy
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from secondsight.dtypes import Pixels
from secondsight.minivlm.phrases import SKIES
from secondsight.minivlm.picture import fitted, planes
from secondsight.simulate.seed import generator
from secondsight.training.llava.chat_tokens import ASSISTANT, DESCRIBE, IMAGE, USER, described
from secondsight.training.llava.chat_training import Chats, NamedStage, Point, train_stage
from secondsight.training.llava.course import Course
from secondsight.training.llava.llava_model import Llava, make_llava
from secondsight.training.llava.outreach_captions import any_caption
from secondsight.training.llava.vision_tower import make_vision_tower
from secondsight.training.minivlm.network import ImageEncoder
from secondsight.training.settings import LanguageModelSize, LlavaSettings, Variant

VOCABULARY = 2_000
PAD, BEGIN, END = "<pad>", "<s>", "</s>"
LONGEST = 512
"""Tokens that a language model has places for."""


class SmallLlavas:
    """Makes the small LLaVAs of all variants.

    Parameters
    ----------
    encoder : ImageEncoder
        The small model's.
    settings : LlavaSettings
        Its seed is that of the language models; each run has its own.
    folder : Path
        Where checkpoints are kept.

    Attributes
    ----------
    curves : dict
        From the size of a language model that was trained to its loss curve.
    """

    def __init__(
        self, encoder: ImageEncoder, course: Course, settings: LlavaSettings, folder: Path
    ) -> None:
        self.encoder, self.course, self.settings, self.folder = encoder, course, settings, folder
        self.texts = texts_without_pictures(course.sizes.texts, settings.seed)
        self.tokenizer = _tokenizer(course, self.texts)
        self.curves: dict[LanguageModelSize, list[Point]] = {}
        self._trained: dict[LanguageModelSize, LlamaForCausalLM] = {}

    def make(self, variant: Variant, seed: int) -> Llava:
        """Return a variant's model, not yet fine-tuned."""
        language_model = copy.deepcopy(self.language_model(variant.language_model))
        tower = make_vision_tower(variant.vision_tower, self.encoder)
        model = make_llava(tower, language_model, self.tokenizer, seed)
        return Llava(model.to(self.settings.device), self.tokenizer, _pixel_values)

    def language_model(self, size: LanguageModelSize) -> LlamaForCausalLM:
        """Return a language model that makes captions of key words, trained when first wanted."""
        if size not in self._trained:
            model = make_language_model(size, self.tokenizer, self.settings.seed)
            model = model.to(self.settings.device)
            chats = [described(text, self.tokenizer, 0, words) for words, text in self.texts]
            self.curves[size] = train_stage(
                model,
                dict(model.named_parameters()),
                Chats(chats, self.tokenizer.pad_token_id),
                NamedStage(f"words {size.width}", self.settings.words),
                self.settings,
                self.folder,
            )
            self._trained[size] = model.eval()
        return self._trained[size]


def texts_without_pictures(count: int, seed: int) -> list[tuple[str, str]]:
    """Return key words with captions of no picture, in the wordings of every sky."""
    chance = generator(seed, "finetune", "texts")
    return [any_caption(str(chance.choice(SKIES)), chance) for _ in range(count)]


def _tokenizer(course: Course, texts: list[tuple[str, str]]) -> PreTrainedTokenizerFast:
    turns = [turn for each in course.conversations.values() for some in each for turn in some]
    spoken = [f"{turn.question} {turn.answer}" for turn in turns]
    return make_tokenizer([*map(" ".join, texts), DESCRIBE, *spoken])


def _pixel_values(pictures: Pixels) -> torch.Tensor:
    return torch.from_numpy(planes(np.stack([fitted(picture) for picture in pictures])))


def make_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Return a byte-pair tokenizer of these texts' language."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, BEGIN, END, IMAGE],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator([f"{USER} {ASSISTANT}", *texts], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token=PAD, bos_token=BEGIN, eos_token=END
    )


def make_language_model(
    size: LanguageModelSize, tokenizer: PreTrainedTokenizerFast, seed: int
) -> LlamaForCausalLM:
    """Return a language model of a size, with random weights."""
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=size.width,
            intermediate_size=3 * size.width,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            max_position_embeddings=LONGEST,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
