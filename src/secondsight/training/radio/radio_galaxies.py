"""The galaxies: simulated pictures, their two captions and their classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from secondsight.datasets.registry import load
from secondsight.dtypes import Ints, Pixels
from secondsight.simulate import radio
from secondsight.training.radio.radio_captions import KINDS, caption

TRAIN, TEST = 729, 104
"""As many as in MiraBest's confident part, by its own division."""
HELD_OUT = 73
"""Of the training pairs, how many decide when training stops."""

SKIES = {"radio-train": (radio.TRAINING_SEED, TRAIN), "radio": (radio.SEED, TEST)}


@dataclass(frozen=True)
class Galaxies:
    """Pictures with captions."""

    pictures: Pixels  # shape (n, height, width, 3)
    captions: Mapping[str, list[str]]  # from a kind of captions to one a picture
    labels: Ints  # shape (n,); 1 for FR II

    def __len__(self) -> int:
        return len(self.labels)


def galaxies(sky: str, count: int | None = None) -> Galaxies:
    """Return the first galaxies of a sky of `SKIES`, as many as the paper has if told nothing."""
    dataset = load(sky).head(count or SKIES[sky][1])
    image_ids = dataset.table["image_id"].tolist()
    return Galaxies(
        np.stack([dataset.pixels(image_id) for image_id in image_ids]),
        described(sky, image_ids),
        dataset.table["label"].to_numpy(dtype=np.int64),
    )


def described(sky: str, image_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return from each kind of captions to those of the galaxies of these ids."""
    seed = SKIES[sky][0]
    sources = [(radio.make_source(sky, seed, image_id), image_id) for image_id in image_ids]
    return {
        kind: [caption(source, kind, image_id) for source, image_id in sources] for kind in KINDS
    }
