"""Random numbers that depend on a seed and on names, and on nothing else."""

import hashlib

import numpy as np


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return a random generator of its own for each seed and sequence of names.

    Names tell what is drawn, such as a data set's name and an image's number.

    Notes
    -----
    The state comes from the SHA-256 of seed and names, so it does not depend on the order in
    which things are drawn, on the process, or on how the work is split.
    """
    text = "/".join(str(part) for part in (seed, *names))
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
