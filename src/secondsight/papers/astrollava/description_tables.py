"""Descriptions by the small model, and the cosines of all descriptions.

The texts are this project's own. Making the second table takes the sentence encoder of the extra
`train`, which the book itself does without.

References
----------
Reimers & Gurevych 2019, "Sentence-BERT"; Wang et al. 2020, "MiniLM".
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight import paths
from secondsight.datasets.registry import load
from secondsight.descriptions.cosines import table_of
from secondsight.descriptions.texts import all_texts, references
from secondsight.dtypes import Floats
from secondsight.errors import DataError

DATASET = "galaxy10"
IMAGES = 200
"""How many of the simulated pictures are described."""
LONGEST = 256
"""Tokens of a text that are read: what the sentence encoder's makers set."""


def local_descriptions() -> pd.DataFrame:
    """Return what the small model says of the first simulated pictures when given no categories.

    A row a picture: `image_id`, `label` (a code of the task galaxy10) and `description`.
    """
    from secondsight.minivlm.model import MiniVLM  # not above: cosines need no model of pictures

    model = MiniVLM.load(threads=1)
    pictures = load(DATASET).head(IMAGES)
    table = pictures.table[["image_id", "label"]].reset_index(drop=True)
    descriptions = [model.describe([pictures.pixels(image_id)]) for image_id in table["image_id"]]
    return table.assign(description=descriptions)


def cosines(folder: Path = paths.DERIVED) -> pd.DataFrame:
    """Return the cosine of every text with every reference, as `table_of` writes it.

    Answers are all texts of `data/descriptions` but the examples, and each different description
    of the small model.

    Raises a DataError if the small model's descriptions are not in `folder`.
    """
    path = folder / "galaxy10_descriptions.csv"
    if not path.is_file():
        raise DataError("description_cosines needs galaxy10_descriptions: derive that first")
    described = pd.read_csv(path)["description"].drop_duplicates()
    own = all_texts()
    names = own | {f"minivlm/{place}": text for place, text in enumerate(described)}
    against = [name for name in own if name.split("/")[0] in references()]
    return table_of(names, list(names), against, embed(list(names.values())))


def embed(texts: Sequence[str]) -> Floats:
    """Return embeddings of length 1 by all-MiniLM-L6-v2 in single precision, shape (n, 384).

    A text's neighbours change nothing.
    """
    # not above: it needs torch
    from secondsight.training.minivlm.sentence_encoder import embed_in_full

    embeddings: Floats = embed_in_full(texts, longest=LONGEST, at_a_time=1).astype(np.float64)
    return embeddings
