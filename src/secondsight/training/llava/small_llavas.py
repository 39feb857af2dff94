"""Small LLaVAs: the small model's image encoder joined to a language model that can speak."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from secondsight.dtypes import Pixels
from secondsight.minivlm.phrases import SKIES
from secondsight.minivlm.picture import planes, views
from secondsight.simulate.seed import generator
from secondsight.training.llava.captioned_pictures import any_caption
from secondsight.training.llava.chat_tokens import ASSISTANT, DESCRIBE, IMAGE, USER, described
from secondsight.training.llava.chat_training import Chats, NamedStage, Point, train_stage
from secondsight.training.llava.course import Course
from secondsight.training.llava.llava_model import Llava, make_llava
from secondsight.training.llava.vision_tower import make_vision_tower
from secondsight.training.minivlm.network import ImageEncoder
from secondsight.training.settings import VARIANTS, LanguageModelSize, LlavaSettings, Variant

VOCABULARY = 2_000
PAD, BEGIN, END = "<pad>", "<s>", "</s>"
LONGEST = 512
"""Tokens that a language model has places for."""


@dataclass(frozen=True)
class Speaker:
    """A language model that has learnt to make captions of key words, and its loss curve."""

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast
    curve: list[Point]


def train_speakers(
    course: Course, settings: LlavaSettings, folder: Path
) -> dict[LanguageModelSize, Speaker]:
    """Train a language model of each size that a variant has, on captions without pictures."""
    texts = texts_without_pictures(course.sizes.texts, settings.seed)
    turns = [turn for each in course.conversations.values() for some in each for turn in some]
    spoken = [f"{turn.question} {turn.answer}" for turn in turns]
    tokenizer = make_tokenizer([*map(" ".join, texts), DESCRIBE, *spoken])
    chats = [described(text, tokenizer, 0, words) for words, text in texts]
    learnt = Chats(chats, tokenizer.pad_token_id)
    speakers = {}
    for size in dict.fromkeys(variant.language_model for variant in VARIANTS.values()):
        model = make_language_model(size, tokenizer, settings.seed).to(settings.device)
        stage = NamedStage(f"words {size.width}", settings.words)
        weights = dict(model.named_parameters())
        curve = train_stage(model, weights, learnt, stage, settings, folder)
        speakers[size] = Speaker(model.eval(), tokenizer, curve)
    return speakers


def join(
    encoder: ImageEncoder, speaker: Speaker, variant: Variant, settings: LlavaSettings
) -> Llava:
    """Return a variant's model, not yet fine-tuned, of the small model's image encoder."""
    tower = make_vision_tower(variant.vision_tower, encoder)
    model = make_llava(tower, speaker.model, speaker.tokenizer, settings.seed)
    return Llava(model.to(settings.device), speaker.tokenizer, _pixel_values)


def texts_without_pictures(count: int, seed: int) -> list[tuple[str, str]]:
    """Return key words with captions of no picture, in the wordings of every sky."""
    chance = generator(seed, "finetune", "texts")
    return [any_caption(str(chance.choice(SKIES)), chance) for _ in range(count)]


def _pixel_values(pictures: Pixels) -> torch.Tensor:
    return torch.from_numpy(planes(np.stack([views(picture).whole for picture in pictures])))


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
