"""A tiny LLaVA 1.5 with random weights, in the form in which the hub keeps the real ones."""

from collections.abc import Sequence
from pathlib import Path

import transformers

from secondsight.training.llava.chat_tokens import DESCRIBE
from secondsight.training.llava.small_llavas import make_language_model, make_tokenizer
from secondsight.training.settings import LanguageModelSize


def save_llava_of_the_hub(folder: Path, texts: Sequence[str]) -> None:
    """Write the model, its tokenizer and what prepares its images into a folder."""
    tokenizer = make_tokenizer([*texts, DESCRIBE])
    tokenizer.add_special_tokens({"unk_token": "<unk>"})
    model = transformers.LlavaForConditionalGeneration(
        transformers.LlavaConfig(
            vision_config=transformers.CLIPVisionConfig(
                hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
                image_size=28, patch_size=14, projection_dim=16,
            ),
            text_config=make_language_model(LanguageModelSize(16, 2, 2), tokenizer, 0).config,
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        )
    )  # fmt: skip
    size = {"height": 28, "width": 28}
    images = transformers.CLIPImageProcessor(size={"shortest_edge": 28}, crop_size=size)
    model.save_pretrained(folder)
    transformers.LlavaProcessor(
        images, tokenizer, patch_size=14, vision_feature_select_strategy="default"
    ).save_pretrained(folder)
