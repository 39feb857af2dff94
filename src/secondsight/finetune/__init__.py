"""A small LLaVA, fine-tuned in two stages: captions become conversations, these become training.

The recipe of LLaVA and AstroLLaVA in small. `captions`, `data` and `conversations` make what is
learnt from; `evaluation` measures descriptions; `results` reads what is committed. These need
nothing but the default install. `eye`, `speaker`, `llava`, `real`, `recipe`, `stages`,
`experiment` and `arms` need the extra `finetune`.
"""
