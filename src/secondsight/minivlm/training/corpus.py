"""What the model is trained on: pictures and captions of each simulated sky, kept on disk."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from secondsight.minivlm.picture import Pixels, fitted
from secondsight.minivlm.training.examples import caption, draw_example, sentence
from secondsight.simulate.seed import generator

SEED = 7_061
COMPOSED, SINGLE = 3, 3
"""Captions of each picture: of several facts, and of one."""
CAPTIONS = COMPOSED + SINGLE
PORTION = 500
"""Pictures drawn and kept at a time."""


@dataclass(frozen=True)
class Corpus:
    """One sky's share.

    Attributes
    ----------
    pictures : array of uint8, shape (n, height, width, 3)
    texts : array of str, shape (n, CAPTIONS)
    embeddings : array of float16, shape (n, CAPTIONS, 384)
        Of the texts, by the sentence encoder.
    """

    pictures: Pixels
    texts: npt.NDArray[np.str_]
    embeddings: npt.NDArray[np.float16]


def load_corpus(sky: str, count: int, folder: Path, workers: int) -> Corpus:
    """Return the first `count` examples of a sky; what `folder` lacks of them is drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    portions = [(sky, start, folder) for start in range(0, count, PORTION)]
    with ProcessPoolExecutor(workers) as pool:
        done = pool.map(_draw_portion, portions)
        paths = list(track(done, f"drawing {sky}", total=len(portions)))
    parts = [np.load(path) for path in paths]
    pictures, texts, embeddings = (
        np.concatenate([part[name] for part in parts])[:count]
        for name in ("pictures", "texts", "embeddings")
    )
    return Corpus(pictures, texts, embeddings)


def _draw_portion(task: tuple[str, int, Path]) -> Path:
    """Draw and caption `PORTION` examples unless they are there; a file is whole or absent."""
    sky, start, folder = task
    path = folder / f"{sky}-{start:06d}.npz"
    if path.exists():
        return path
    import torch  # in the worker, whose one thread leaves the other cores to its fellows

    from secondsight.minivlm.training.sentences import embed

    torch.set_num_threads(1)
    pictures, texts = [], []
    for number in range(start, start + PORTION):
        example = draw_example(sky, number)
        chance = generator(SEED, sky, "captions", str(number))
        pictures.append(fitted(example.pixels))
        composed = [caption(example, chance) for _ in range(COMPOSED)]
        texts.append(composed + [sentence(example, chance) for _ in range(SINGLE)])
    flat = [text for some in texts for text in some]
    embeddings = embed(flat).reshape(PORTION, CAPTIONS, -1)
    half = path.with_suffix(".half.npz")
    np.savez(half, pictures=np.stack(pictures), texts=np.array(texts), embeddings=embeddings)
    return half.replace(path)
