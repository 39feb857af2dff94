"""Descriptions of galaxies in words: our own texts, their cosines, claims beyond the image."""
