"""A small LLaVA, fine-tuned in two stages on captions and on conversations made from them."""
