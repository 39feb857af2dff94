"""What the model is trained on: pictures of each simulated sky with facts, and texts of them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from secondsight.dtypes import Bools, Pixels
from secondsight.minivlm.picture import Views, views
from secondsight.training.minivlm.examples import Example, draw_example
from secondsight.training.minivlm.fact_captions import clauses, draw_captions, held, true_of

PORTION = 500
"""Pictures drawn and kept at a time."""
TEXTS = 12_000
"""Captions of each sky."""


@dataclass(frozen=True)
class Corpus:
    """One sky's share: pictures with facts, and texts."""

    wholes: Pixels  # the first view of each picture, shape (n, height, width, 3)
    middles: Pixels  # the second, shape (n, SIDE, SIDE, 3)
    facts: Bools  # which each picture has, shape (n, facts)
    texts: tuple[str, ...]
    says: Bools  # what each text says, shape (m, CLAUSES, facts); see `fact_captions`

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
    folder.mkdir(parents=True, exist_ok=True)
    portions = [(sky, start, folder) for start in range(0, count, PORTION)]
    with ProcessPoolExecutor(workers) as pool:
        done = pool.map(_draw_portion, portions)
        paths = list(track(done, f"drawing {sky}", total=len(portions)))
    parts = [np.load(path) for path in paths]
    wholes, middles = (
        np.concatenate([part[name] for part in parts])[:count] for name in Views._fields
    )
    main, side = (
        [tuple(str(row).split()) for part in parts for row in part[name]][:count]
        for name in ("main", "side")
    )
    known = [Example(sky, wholes[0], *each) for each in zip(main, side, strict=True)]
    captions = draw_captions(sky, known, texts)
    written = tuple(caption.text for caption in captions)
    facts = held([example.main + example.side for example in known], sky)
    return Corpus(wholes, middles, facts, written, clauses(captions, sky))


def _draw_portion(task: tuple[str, int, Path]) -> Path:
    """Draw `PORTION` examples unless they are there; a file is whole or absent."""
    sky, start, folder = task
    path = folder / f"{sky}-{start:06d}.npz"
    if path.exists():
        return path
    with threadpool_limits(1):  # the other processes draw too
        examples = [draw_example(sky, number) for number in range(start, start + PORTION)]
    seen = Views(*map(np.stack, zip(*(views(example.pixels) for example in examples), strict=True)))
    half = path.with_suffix(".half.npz")
    np.savez(
        half,
        **seen._asdict(),
        main=np.array([" ".join(example.main) for example in examples]),
        side=np.array([" ".join(example.side) for example in examples]),
    )
    return half.replace(path)
