"""Adapt an image-text model to captions of radio galaxies, and measure what that changed.

The experiment of Lastufka et al. 2025 in small. `captions` and `data` make simulated galaxies and
two kinds of captions; `evaluation` measures embeddings; `results` reads what is committed. These
need nothing but the default install. `towers`, `siglip`, `lora`, `training` and `experiment` need
the extra `radio`.
"""
