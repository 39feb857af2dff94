"""LLaVA as `transformers` has it: put together small, or loaded by name; looking and speaking.

The image encoder stays as it is in both stages, as in LLaVA's own recipe. So it looks at each
picture once, and what it saw is kept.

References
----------
Liu et al. 2023, "Visual instruction tuning" (LLaVA); Liu et al. 2024, "Improved baselines with
visual instruction tuning" (LLaVA 1.5).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, LlavaConfig, LlavaForConditionalGeneration
from transformers.modeling_outputs import BaseModelOutputWithPooling

from secondsight.dtypes import Pixels
from secondsight.finetune.dialogue import asked
from secondsight.finetune.eye import SIDE, Eye
from secondsight.finetune.speaker import IMAGE

AT_A_TIME = 64


@dataclass(frozen=True)
class Talker:
    """A model, its tokenizer, and what makes its image encoder's input of pictures.

    Attributes
    ----------
    model : LlavaForConditionalGeneration
    tokenizer : PreTrainedTokenizer
        With `<image>` among its tokens.
    pixel_values : callable
        From uint8, shape (n, height, width, 3), to a Tensor.
    """

    model: LlavaForConditionalGeneration
    tokenizer: Any
    pixel_values: Callable[[Pixels], Tensor]


def make_llava(
    eye: Eye, speaker: LlamaForCausalLM, tokenizer: Any, seed: int
) -> LlavaForConditionalGeneration:
    """Return a LLaVA of an eye and a language model with their weights; its projector is new."""
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=eye.config,
            text_config=speaker.config,
            image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
            image_seq_length=SIDE * SIDE,
            vision_feature_layer=-1,
            vision_feature_select_strategy="full",
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    model.model.vision_tower.load_state_dict(eye.state_dict())
    model.model.language_model.load_state_dict(speaker.model.state_dict())
    model.lm_head.load_state_dict(speaker.lm_head.state_dict())
    return model


@torch.no_grad()
def look(talker: Talker, pictures: Pixels) -> Tensor:
    """Return what a model's image encoder makes of pictures, shape (n, tokens, width).

    Parameters
    ----------
    talker : Talker
    pictures : array of uint8, shape (n, height, width, 3)
    """
    model, found = talker.model, []
    for start in range(0, len(pictures), AT_A_TIME):
        planes = talker.pixel_values(pictures[start : start + AT_A_TIME])
        planes = planes.to(model.device, model.dtype)
        layers = model.model.vision_tower(planes, output_hidden_states=True).hidden_states
        seen = layers[model.config.vision_feature_layer]
        whole = model.config.vision_feature_select_strategy == "full"
        found.append(seen if whole else seen[:, 1:])
    return torch.cat(found)


def projected(model: LlavaForConditionalGeneration, seen: Tensor) -> BaseModelOutputWithPooling:
    """Return what was seen in the language model's terms, as the model's `forward` takes it."""
    return BaseModelOutputWithPooling(pooler_output=list(model.model.multi_modal_projector(seen)))


@torch.no_grad()
def answers(
    model: LlavaForConditionalGeneration,
    tokenizer: Any,
    seen: Tensor,
    question: str,
    longest: int = 80,
    drawn: int | None = None,
) -> list[str]:
    """Return a model's answer to one question about each picture, all white space as blanks.

    Parameters
    ----------
    model : LlavaForConditionalGeneration
    tokenizer : PreTrainedTokenizer
    seen : Tensor, shape (n, tokens, width)
        What `look` gave.
    question : str
    longest : int
        Tokens that an answer may have.
    drawn : int, optional
        A seed, to draw each token by its probability; the likeliest is taken if not given.
    """
    model.eval()
    if drawn is not None:
        torch.manual_seed(drawn)
    ids = torch.tensor([asked(question, tokenizer, seen.shape[1])], device=model.device)
    half = seen.dtype == torch.bfloat16
    said: list[str] = []
    for start in range(0, len(seen), AT_A_TIME):
        some = seen[start : start + AT_A_TIME]
        with torch.autocast(model.device.type, torch.bfloat16, enabled=half):
            written = model.generate(
                inputs_embeds=_embedded(model, ids.expand(len(some), -1), some),
                attention_mask=torch.ones(len(some), ids.shape[1], device=model.device),
                max_new_tokens=longest,
                do_sample=drawn is not None,
                top_k=0,
            )
        said += [
            " ".join(text.split())
            for text in tokenizer.batch_decode(written, skip_special_tokens=True)
        ]
    return said


def _embedded(model: LlavaForConditionalGeneration, ids: Tensor, seen: Tensor) -> Tensor:
    """Return the tokens' embeddings with those of the image in their places."""
    words = model.get_input_embeddings()(ids)
    image = torch.stack(projected(model, seen).pooler_output).to(words.dtype)
    places = (ids == model.config.image_token_id)[:, :, None].expand_as(words)
    filled: Tensor = words.masked_scatter(places, image)
    return filled
