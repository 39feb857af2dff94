"""LLaVA as `transformers` has it: put together small, or loaded by name; what it sees and answers.

The image encoder stays as it is in both stages, as in LLaVA's own recipe. So it encodes each
picture once, and the features are kept.

References
----------
Liu et al. 2023, "Visual instruction tuning" (LLaVA); Liu et al. 2024, "Improved baselines with
visual instruction tuning" (LLaVA 1.5).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import (
    AutoProcessor,
    LlamaForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
)
from transformers.modeling_outputs import BaseModelOutputWithPooling

from secondsight.dtypes import Pixels
from secondsight.training.llava.chat_tokens import IMAGE, question_ids
from secondsight.training.llava.vision_tower import SIDE, VisionTower
from secondsight.training.loop import in_portions
from secondsight.training.pretrained import from_hub

NAME = "llava-hf/llava-1.5-7b-hf"
AT_A_TIME = 64


@dataclass(frozen=True)
class Llava:
    """A model, its tokenizer, and what makes its image encoder's input of pictures."""

    model: LlavaForConditionalGeneration
    tokenizer: Any  # with `<image>` among its tokens
    pixel_values: Callable[[Pixels], Tensor]  # of pictures of shape (n, height, width, 3)


def make_llava(
    tower: VisionTower, language_model: LlamaForCausalLM, tokenizer: Any, seed: int
) -> LlavaForConditionalGeneration:
    """Return a LLaVA of a vision tower and a language model; its projector is new."""
    torch.manual_seed(seed)
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=tower.config,
            text_config=language_model.config,
            image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
            image_seq_length=SIDE * SIDE,
            vision_feature_layer=-1,
            vision_feature_select_strategy="full",
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    model.model.vision_tower.load_state_dict(tower.state_dict())
    model.model.language_model.load_state_dict(language_model.model.state_dict())
    model.lm_head.load_state_dict(language_model.lm_head.state_dict())
    return model


def load_llava(name: str = NAME, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Llava:
    """Return a LLaVA 1.5 of `transformers`, its weights in safetensors; raises as `from_hub`."""

    def load(name: str) -> tuple[Any, Any]:
        processor = AutoProcessor.from_pretrained(name)
        llava = LlavaForConditionalGeneration
        return processor, llava.from_pretrained(name, dtype=dtype, use_safetensors=True)

    processor, model = from_hub(name, ("llava",), load)

    def pixel_values(pictures: Pixels) -> Tensor:
        processed = processor.image_processor(list(np.asarray(pictures)), return_tensors="pt")
        pixels: Tensor = processed["pixel_values"]
        return pixels

    tokenizer = processor.tokenizer
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return Llava(model.to(device), tokenizer, pixel_values)


def encode_images(llava: Llava, pictures: Pixels) -> Tensor:
    """Return what an image encoder makes of pictures (n, height, width, 3): (n, tokens, width)."""
    model = llava.model
    first = 0 if model.config.vision_feature_select_strategy == "full" else 1

    def encoded(some: Pixels) -> Tensor:
        pixels = llava.pixel_values(some).to(model.device, model.dtype)
        layers = model.model.vision_tower(pixels, output_hidden_states=True).hidden_states
        features: Tensor = layers[model.config.vision_feature_layer][:, first:]
        return features

    return in_portions(encoded, AT_A_TIME, pictures)


def projected(model: LlavaForConditionalGeneration, features: Tensor) -> BaseModelOutputWithPooling:
    """Return features in the language model's terms, as the model's `forward` takes them."""
    rows = list(model.model.multi_modal_projector(features))
    return BaseModelOutputWithPooling(pooler_output=rows)


@torch.no_grad()
def answers(
    llava: Llava,
    features: Tensor,
    question: str,
    longest: int = 80,
    drawn: int | None = None,
) -> list[str]:
    """Return a model's answer to one question about each picture, all white space as blanks.

    The features are `encode_images`'s, shape (n, tokens, width). An answer has `longest` tokens at
    most. With a seed, `drawn`, each token is drawn by its probability; else it is the likeliest.
    """
    llava.model.eval()
    if drawn is not None:
        torch.manual_seed(drawn)
    options = {"max_new_tokens": longest, "do_sample": drawn is not None, "top_k": 0}
    ids = question_ids(question, llava.tokenizer, features.shape[1])
    written = [_generated(llava, some, ids, options) for some in features.split(AT_A_TIME)]
    return [" ".join(text.split()) for texts in written for text in texts]


def _generated(
    llava: Llava, features: Tensor, question: list[int], options: dict[str, Any]
) -> list[str]:
    model = llava.model
    ids = torch.tensor([question], device=model.device).expand(len(features), -1)
    half = features.dtype == torch.bfloat16
    with torch.autocast(model.device.type, torch.bfloat16, enabled=half):
        written = model.generate(
            inputs_embeds=_embedded(model, ids, features),
            attention_mask=torch.ones(ids.shape, device=model.device),
            **options,
        )
    texts: list[str] = llava.tokenizer.batch_decode(written, skip_special_tokens=True)
    return texts


def _embedded(model: LlavaForConditionalGeneration, ids: Tensor, features: Tensor) -> Tensor:
    """Return the tokens' embeddings with those of the image in their places."""
    words = model.get_input_embeddings()(ids)
    image = torch.stack(projected(model, features).pooler_output).to(words.dtype)
    places = (ids == model.config.image_token_id)[:, :, None].expand_as(words)
    filled: Tensor = words.masked_scatter(places, image)
    return filled
