"""Teach a model to talk about images: captions become conversations, and these become training.

The recipe of LLaVA and AstroLLaVA in small.
"""
