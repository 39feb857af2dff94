"""Adapt an image-text model to captions of radio galaxies, and measure what that changed.

The experiment of Lastufka et al. 2025 in small. `radio_captions` and `radio_galaxies` make
simulated galaxies and two kinds of captions; `embedding_scores` measures embeddings. These need
nothing but the default install.
"""
