"""Networks of SigLIP-2, tiny and with random weights, and pictures that they take."""

import torch
import transformers

BOTH = {
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
TEXT = {
    **BOTH,
    "vocab_size": 40,
    "projection_size": 16,
    "max_position_embeddings": 8,
    "bos_token_id": 0,
    "eos_token_id": 1,
}


def siglip_model(kind: str) -> torch.nn.Module:
    """Return a network that takes pictures of one size (siglip) or of any shape (siglip2)."""
    if kind == "siglip":
        vision = {**BOTH, "image_size": 32, "patch_size": 16}
        config = transformers.SiglipConfig(text_config=TEXT, vision_config=vision)
        return transformers.SiglipModel(config).eval()
    vision = {**BOTH, "num_patches": 16, "patch_size": 4}
    config = transformers.Siglip2Config(text_config=TEXT, vision_config=vision)
    return transformers.Siglip2Model(config).eval()


def pictures_for(kind: str) -> tuple[torch.Tensor, ...]:
    """Return six random pictures as a network takes them; half of those of any shape are low."""
    if kind == "siglip":
        return (torch.randn(6, 3, 32, 32),)
    shapes = torch.tensor([[4, 4], [2, 6]] * 3)
    there = torch.arange(16) < shapes.prod(1, keepdim=True)
    patches = torch.randn(6, 16, 3 * 4 * 4) * there[:, :, None]
    return patches, there.int(), shapes
