"""From turns of talk to the tokens of a model: the loss counts the answers alone.

The form is nearly that of LLaVA 1.5, which has a line break where this has a blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from secondsight.finetune.conversations import Turn

USER, ASSISTANT = "USER:", "ASSISTANT:"
IGNORED = -100
"""The label of a token that the loss leaves out."""
DESCRIBE = "Describe the galaxy in this image."
"""What is asked when a description is wanted, and in the first stage of training."""
FAR = "How far away is this galaxy?"
"""What no image tells; no conversation asks it in these words."""


@dataclass(frozen=True)
class Encoded:
    """One talk as tokens.

    Attributes
    ----------
    ids, labels : list of int
        Of one length; a label is the token itself or `IGNORED`.
    """

    ids: list[int]
    labels: list[int]


def encoded(turns: Sequence[Turn], tokenizer: Any, looks: int) -> Encoded:
    """Return a talk about one image.

    Parameters
    ----------
    turns : sequence of Turn
        At least one.
    tokenizer : PreTrainedTokenizer
        With `<image>` among its tokens.
    looks : int
        Tokens that stand for the image; 0 for none.
    """
    ids = asked(turns[0].question, tokenizer, looks)
    labels = [IGNORED] * len(ids)
    for place, turn in enumerate(turns):
        if place:
            more = _ids(f" {USER} {turn.question} {ASSISTANT}", tokenizer)
            ids, labels = ids + more, labels + [IGNORED] * len(more)
        answer = [*_ids(f" {turn.answer}", tokenizer), tokenizer.eos_token_id]
        ids, labels = ids + answer, labels + answer
    return Encoded(ids, labels)


def asked(question: str, tokenizer: Any, looks: int) -> list[int]:
    """Return the tokens of a question about an image, up to where the answer begins."""
    image = [tokenizer.convert_tokens_to_ids("<image>")] * looks
    before, after = _ids(f"{USER} ", tokenizer), _ids(f" {question} {ASSISTANT}", tokenizer)
    return [tokenizer.bos_token_id, *before, *image, *after]


def collated(talks: Sequence[Encoded], pad: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask and labels, each of shape (n, tokens), filled up on the right."""
    longest = max(len(talk.ids) for talk in talks)
    ids = torch.full((len(talks), longest), pad)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for row, talk in enumerate(talks):
        count = len(talk.ids)
        ids[row, :count] = torch.tensor(talk.ids)
        labels[row, :count] = torch.tensor(talk.labels)
        mask[row, :count] = 1
    return ids, mask, labels


def _ids(text: str, tokenizer: Any) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return found
