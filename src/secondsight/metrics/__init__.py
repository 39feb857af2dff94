"""From counts and answers to numbers with intervals. Nothing here draws, reads or writes.

Everywhere `level` is an interval's coverage, between 0 and 1; `resamples` tells how often a
bootstrap draws, and `seed` from where the draws start.
"""
