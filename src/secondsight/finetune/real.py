"""A LLaVA by its name on the hub or from a folder, for the functions that train the small one."""

from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoConfig, AutoProcessor, LlavaForConditionalGeneration

from secondsight.dtypes import Pixels
from secondsight.errors import DataError
from secondsight.finetune.llava import Talker

NAME = "llava-hf/llava-1.5-7b-hf"


def load_llava(name: str = NAME, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Talker:
    """Return a LLaVA 1.5 of `transformers`, its weights in safetensors.

    Raises
    ------
    DataError
        If the weights can't be had, or are of another network.
    """
    try:
        kind = AutoConfig.from_pretrained(name).model_type
        if kind != "llava":
            raise DataError(f"{name} is a network of the kind {kind}, not llava")
        processor: Any = AutoProcessor.from_pretrained(name)
        model = LlavaForConditionalGeneration.from_pretrained(
            name, dtype=dtype, use_safetensors=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0]
        raise DataError(
            f"no weights of {name} ({why}): go online once, or name a folder that holds them"
        ) from None

    def pixel_values(pictures: Pixels) -> Tensor:
        found: Tensor = processor.image_processor(list(np.asarray(pictures)), return_tensors="pt")[
            "pixel_values"
        ]
        return found

    tokenizer = processor.tokenizer
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return Talker(model.to(device), tokenizer, pixel_values)  # type: ignore[arg-type]
