"""A small LLaVA, fine-tuned in two stages: captions become conversations, these become training.

The recipe of LLaVA and AstroLLaVA in small. `captioned_pictures` and `conversations` make what is
learnt from; `description_scores` measures descriptions. These need nothing but the default install.
"""
