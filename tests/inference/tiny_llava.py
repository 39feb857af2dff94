"""Make a LLaVA-NeXT of random weights that answers in small letters: `tiny_llava.py FOLDER`.

It has every part of the real one, only smaller: a CLIP that sees, a Mistral that speaks, a
processor that cuts an image into tiles, and a chat template. A token is a byte.
"""

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    LlavaNextImageProcessorPil,
    LlavaNextProcessor,
    MistralConfig,
    PreTrainedTokenizerFast,
)

START, END, PAD, IMAGE = "<s>", "</s>", "<pad>", "<image>"
SPECIAL = [START, END, PAD, IMAGE]
VOCABULARY = {
    token: number
    for number, token in enumerate([*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())])
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDE, PATCH = 28, 14
TILES = [[SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]
TEMPLATE = """\
{% for message in messages %}{% for part in message['content'] %}\
{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}\
{% endfor %}{% endfor %}"""


def tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer with a token for each byte."""
    core = Tokenizer(models.BPE(VOCABULARY, []))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=START,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[IMAGE],
    )


def processor() -> LlavaNextProcessor:
    """Return a processor that cuts an image into tiles of `SIDE` pixels."""
    images = LlavaNextImageProcessorPil(
        size={"shortest_edge": SIDE},
        crop_size={"height": SIDE, "width": SIDE},
        image_grid_pinpoints=TILES,
    )
    return LlavaNextProcessor(
        images,
        tokenizer(),
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        chat_template=TEMPLATE,
        num_additional_image_tokens=1,
    )


def model() -> LlavaNextForConditionalGeneration:
    """Return a model of random weights that never stops by itself."""
    size = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    size |= {"initializer_range": 1.0}  # so large that another image gives another answer
    torch.manual_seed(1)
    made = LlavaNextForConditionalGeneration(
        LlavaNextConfig(
            vision_config=CLIPVisionConfig(
                **size, num_hidden_layers=2, image_size=SIDE, patch_size=PATCH
            ),
            text_config=MistralConfig(
                **size,
                num_hidden_layers=1,
                num_key_value_heads=1,
                vocab_size=len(VOCABULARY),
                max_position_embeddings=4096,
            ),
            image_token_index=VOCABULARY[IMAGE],
            image_grid_pinpoints=TILES,
        )
    )
    made.generation_config.eos_token_id = None
    made.generation_config.pad_token_id = VOCABULARY[PAD]
    made.generation_config.suppress_tokens = [
        number for token, number in VOCABULARY.items() if token not in LETTERS
    ]
    return made


def main() -> None:
    folder = Path(sys.argv[1])
    model().save_pretrained(folder)
    processor().save_pretrained(folder)


if __name__ == "__main__":
    main()
