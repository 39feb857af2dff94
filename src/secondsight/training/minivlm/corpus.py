"""What the model is trained on: pictures of each simulated sky with facts, and texts of them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from secondsight.dtypes import Pixels
from secondsight.minivlm.picture import fitted
from secondsight.training.minivlm.examples import Example, draw_example
from secondsight.training.minivlm.fact_captions import clauses, draw_captions, held, true_of

PORTION = 500
"""Pictures drawn and kept at a time."""
TEXTS = 12_000
"""Captions of each sky."""


@dataclass(frozen=True)
class Corpus:
    """One sky's share.

    Attributes
    ----------
    pictures : array of uint8, shape (n, height, width, 3)
    facts : array of bool, shape (n, facts)
        Which facts each picture has.
    texts : tuple of str
    says : array of bool, shape (m, CLAUSES, facts)
        What each text says; see `secondsight.training.minivlm.fact_captions`.
    embeddings : array of float16, shape (m, 384)
        Of the texts, by the sentence encoder.
    """

    pictures: Pixels
    facts: npt.NDArray[np.bool_]
    texts: tuple[str, ...]
    says: npt.NDArray[np.bool_]
    embeddings: npt.NDArray[np.float16]

    def texts_for(
        self, rows: npt.NDArray[np.intp], chance: np.random.Generator
    ) -> npt.NDArray[np.intp]:
        """Return for each picture the place of a text that is true of it, shape (len(rows),)."""
        true = true_of(self.facts[rows], self.says)
        order = chance.random(true.shape, dtype=np.float32)
        places: npt.NDArray[np.intp] = np.where(true, order, -1).argmax(axis=1)
        return places


def load_corpus(sky: str, count: int, folder: Path, workers: int, texts: int = TEXTS) -> Corpus:
    """Return the first `count` examples of a sky; what `folder` lacks of them is drawn."""
    from secondsight.training.minivlm.sentence_encoder import embed

    folder.mkdir(parents=True, exist_ok=True)
    portions = [(sky, start, folder) for start in range(0, count, PORTION)]
    with ProcessPoolExecutor(workers) as pool:
        done = pool.map(_draw_portion, portions)
        paths = list(track(done, f"drawing {sky}", total=len(portions)))
    parts = [np.load(path) for path in paths]
    pictures = np.concatenate([part["pictures"] for part in parts])[:count]
    main, side = (
        [tuple(str(row).split()) for part in parts for row in part[name]][:count]
        for name in ("main", "side")
    )
    known = [Example(sky, pictures[0], *each) for each in zip(main, side, strict=True)]
    captions = draw_captions(sky, known, texts)
    written = tuple(caption.text for caption in captions)
    facts = held([example.main + example.side for example in known], sky)
    return Corpus(pictures, facts, written, clauses(captions, sky), embed(written))


def _draw_portion(task: tuple[str, int, Path]) -> Path:
    """Draw `PORTION` examples unless they are there; a file is whole or absent."""
    sky, start, folder = task
    path = folder / f"{sky}-{start:06d}.npz"
    if path.exists():
        return path
    examples = [draw_example(sky, number) for number in range(start, start + PORTION)]
    half = path.with_suffix(".half.npz")
    np.savez(
        half,
        pictures=np.stack([fitted(example.pixels) for example in examples]),
        main=np.array([" ".join(example.main) for example in examples]),
        side=np.array([" ".join(example.side) for example in examples]),
    )
    return half.replace(path)
