"""How many weights low-rank adapters add to SigLIP-2, counted from its published shape.

An adapter of rank r beside a matrix from n to m numbers has r (n + m) weights (Hu et al. 2021,
"LoRA: low-rank adaptation of large language models"). Nothing else is trained.
"""

from collections.abc import Collection, Mapping
from typing import Literal

import pandas as pd

from secondsight.metrics.intervals import PERCENT, Estimate, bare

Tower = Literal["vision", "text"]

LAYERS, WIDTH, MLP = 12, 768, 3072
"""Of either tower of SigLIP-2 base: layers, numbers a token, numbers inside of an MLP."""
VOCABULARY, POSITIONS = 256_000, 64
"""Of the text tower: tokens it knows, and places in a text."""
PATCH, PATCHES = 16, 196
"""Of the vision tower: pixels on a patch's side, and patches of a picture of 224 x 224 pixels."""

ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj")
MIXED = ("q_proj", "k_proj", "v_proj", "fc1", "fc2")
"""The modules that the released script takes if it is told nothing else."""
SIDES: dict[str, tuple[Tower, ...]] = {
    "vision": ("vision",),
    "text": ("text",),
    "both": ("vision", "text"),
}

SHAPES = {
    **dict.fromkeys(("q_proj", "k_proj", "v_proj", "out_proj"), (WIDTH, WIDTH)),
    "fc1": (WIDTH, MLP),
    "fc2": (MLP, WIDTH),
}
"""The matrices of a layer: numbers in and out."""
POOLING = {
    "in_proj": (WIDTH, 3 * WIDTH),
    **{name: SHAPES[name] for name in ("out_proj", "fc1", "fc2")},
}
"""The matrices of the vision tower's attention pooling, whose queries, keys and values are one."""


def parameters() -> int:
    """Return how many weights SigLIP-2 base, patch 16, 224 pixels, has in all."""
    norm = 2 * WIDTH
    layers = LAYERS * (_matrices(SHAPES) + 2 * norm)
    text = (VOCABULARY + POSITIONS) * WIDTH + layers + norm + _matrices({"head": (WIDTH, WIDTH)})
    patches = (3 * PATCH**2 + 1) * WIDTH + PATCHES * WIDTH
    pooling = WIDTH + _matrices(POOLING) + norm
    return text + patches + layers + norm + pooling + 2  # the loss has a scale and a shift


def _matrices(shapes: dict[str, tuple[int, int]]) -> int:
    return sum(into * out + out for into, out in shapes.values())


def adapter_weights(tower: Tower, rank: int, modules: Collection[str]) -> int:
    """Return how many weights adapters have beside the named matrices of a tower.

    `modules` are keys of `SHAPES` and `POOLING`. A name stands for the matrix in every layer and,
    in the vision tower, for that in the attention pooling.

    Raises a ValueError if there is no matrix of a name.
    """
    unknown = set(modules) - {*SHAPES, *POOLING}
    if unknown:
        raise ValueError(f"no matrix is named {', '.join(sorted(unknown))}")
    layers = LAYERS * sum(sum(shape) for name, shape in SHAPES.items() if name in modules)
    pooling = sum(sum(shape) for name, shape in POOLING.items() if name in modules)
    return rank * (layers + (pooling if tower == "vision" else 0))


def trained_share(towers: Collection[Tower], rank: int, modules: Collection[str]) -> float:
    """Return what share of all weights is trained, the adapters counted among all.

    The adapters are in `towers`; for the rest see `adapter_weights`.
    """
    trained = sum(adapter_weights(tower, rank, modules) for tower in towers)
    return trained / (parameters() + trained)


def choices(rank: int) -> dict[str, tuple[str, int, tuple[str, ...]]]:
    """Return choices of adapters that the printed shares are held against, by short names.

    Each is where the adapters are, in words; their rank; and the names of the matrices.
    """
    return {
        "two": ("queries and values", rank, ("q_proj", "v_proj")),
        "four": ("all four of the attention", rank, ATTENTION),
        "pooled": ("all four, also in the pooling", rank, (*ATTENTION, "in_proj")),
        "mixed": ("queries, keys, values, MLP", rank, MIXED),
        "half": ("queries, keys, values, MLP", rank // 2, MIXED),
    }


def choice_shares(rank: int) -> dict[str, Estimate]:
    """Return the share that is trained by each of `choices`, on either side and on both.

    Keys are a choice's name and a key of `SIDES`, joined by ``"_"``.
    """
    unit = PERCENT.rounded(2)
    return {
        f"{name}_{side}": bare(trained_share(towers, used, modules), unit)
        for name, (_, used, modules) in choices(rank).items()
        for side, towers in SIDES.items()
    }


def choice_table(rank: int, stated: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return the shares of `choices` and, last, those that are printed, by the keys of `SIDES`."""
    shares = choice_shares(rank)
    rows = [
        [title, used, *(shares[f"{name}_{side}"] for side in SIDES)]
        for name, (title, used, _) in choices(rank).items()
    ]
    rows.append(["as printed", rank, *(stated[side] for side in SIDES)])
    return pd.DataFrame(rows, columns=["adapters beside", "rank", "images", "texts", "both"])
