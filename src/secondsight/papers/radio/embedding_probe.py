"""A probe on the released captions' sentence embeddings. Needs the extra `train`.

Torch is loaded when the table is made, not when this module is: the book reads the table alone.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from secondsight.dtypes import Floats, Ints
from secondsight.papers.radio.caption_words import answer_table
from secondsight.papers.radio.text_probe import out_of_fold_of


def probe_answers(curated: Path, control: Path) -> pd.DataFrame:
    """Return what a probe on each test caption's embedding answers, split by split.

    The embeddings are those of all-MiniLM-L6-v2, 384 numbers a caption, in full precision. The
    folds are those of the probe on words.

    Files and table are as of `secondsight.papers.radio.caption_words.probe_answers`.

    Raises a DataError if the files do not hold the same images in the same order.
    """
    return answer_table(curated, control, _answers)


def _answers(texts: list[str], labels: Ints, seed: int) -> Ints:
    return out_of_fold_of(_embedded(tuple(texts)), labels, seed)


@cache
def _embedded(texts: tuple[str, ...]) -> Floats:
    from transformers.utils.logging import disable_progress_bar

    from secondsight.training.minivlm.sentence_encoder import embed_in_full

    disable_progress_bar()  # it would stand on the chapter's page
    return embed_in_full(texts).astype(float)
