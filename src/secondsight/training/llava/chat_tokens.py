"""From a conversation to the tokens of a model: the loss counts the answers alone.

The form is nearly that of LLaVA 1.5, which has a line break where this has a blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from secondsight.training.llava.conversations import Turn

USER, ASSISTANT, IMAGE = "USER:", "ASSISTANT:", "<image>"
IGNORED = -100
"""The label of a token that the loss leaves out."""
DESCRIBE = "Describe the galaxy in this image."
"""What is asked when a description is wanted, and in the first stage of training."""
FAR = "How far away is this galaxy?"
"""What no image tells; no conversation asks it in these words."""


@dataclass(frozen=True)
class Encoded:
    """One conversation as tokens."""

    ids: list[int]
    labels: list[int]  # as many; the token itself or `IGNORED`


def encoded(turns: Sequence[Turn], tokenizer: Any, image_tokens: int) -> Encoded:
    """Return a conversation of one turn or more about an image, for which so many tokens stand."""
    ids = question_ids(turns[0].question, tokenizer, image_tokens)
    labels = [IGNORED] * len(ids)
    for place, turn in enumerate(turns):
        if place:
            more = _ids(f" {USER} {turn.question} {ASSISTANT}", tokenizer)
            ids, labels = ids + more, labels + [IGNORED] * len(more)
        answer = [*_ids(f" {turn.answer}", tokenizer), tokenizer.eos_token_id]
        ids, labels = ids + answer, labels + answer
    return Encoded(ids, labels)


def described(text: str, tokenizer: Any, image_tokens: int, words: str = "") -> Encoded:
    """Return a text as the answer to the wish for a description, of an image or of words."""
    return encoded([Turn(f"{words} {DESCRIBE}".strip(), text)], tokenizer, image_tokens)


def question_ids(question: str, tokenizer: Any, image_tokens: int) -> list[int]:
    """Return the tokens of a question about an image, up to where the answer begins."""
    image = [tokenizer.convert_tokens_to_ids(IMAGE)] * image_tokens
    before, after = _ids(f"{USER} ", tokenizer), _ids(f" {question} {ASSISTANT}", tokenizer)
    return [tokenizer.bos_token_id, *before, *image, *after]


def collated(conversations: Sequence[Encoded], pad: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask and labels, each of shape (n, tokens), filled up on the right."""
    ids, mask, labels = (
        pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=filler)
        for rows, filler in (
            ([each.ids for each in conversations], pad),
            ([[1] * len(each.ids) for each in conversations], 0),
            ([each.labels for each in conversations], IGNORED),
        )
    )
    return ids, mask, labels


def _ids(text: str, tokenizer: Any) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids
