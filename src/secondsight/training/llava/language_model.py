"""The small language model: its tokens, and a Llama of `transformers` from a random start."""

from collections.abc import Iterable

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from secondsight.training.llava.chat_tokens import ASSISTANT, USER
from secondsight.training.settings import LanguageModelSize

VOCABULARY = 2_000
PAD, BEGIN, END, IMAGE = SPECIAL = ("<pad>", "<s>", "</s>", "<image>")
LONGEST = 512
"""Tokens that a language model has places for."""


def make_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Return a byte-pair tokenizer of these texts' language."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
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
