"""The committed cosines between texts: looked up by the texts themselves.

A row holds no text but how its SHA-256 begins, so a text that was changed after the table was made
is not found, instead of being scored as the one it was.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from secondsight.dtypes import Floats
from secondsight.errors import DataError

TABLE = "description_cosines"
LETTERS = 12
"""How many hexadecimal digits of a text's SHA-256 name it."""
DECIMALS = 4


def digest(text: str) -> str:
    """Return the name of a text in the table."""
    return hashlib.sha256(text.encode()).hexdigest()[:LETTERS]


def table_of(
    names: dict[str, str], answers: Sequence[str], against: Sequence[str], embeddings: Floats
) -> pd.DataFrame:
    """Return the table of cosines between answers and references, a row a pair.

    Its columns are `answer`, `reference` (names), `answer_sha256`, `reference_sha256` (how they
    begin) and `cosine`, rounded to four decimals. `names` are texts by a name for a reader; of two
    names of one text the first counts. `embeddings`, shape (names, d), have length 1 and the order
    of `names`.
    """
    place = {name: row for row, name in enumerate(names)}
    cosine = embeddings[[place[a] for a in answers]] @ embeddings[[place[r] for r in against]].T
    rows = [
        (a, r, digest(names[a]), digest(names[r]), round(float(cosine[i, j]), DECIMALS))
        for i, a in enumerate(answers)
        for j, r in enumerate(against)
    ]
    columns = ["answer", "reference", "answer_sha256", "reference_sha256", "cosine"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Cosines:
    """Cosines of sentence embeddings, by the digests of answer and reference."""

    known: dict[tuple[str, str], float]

    def of(self, answers: Sequence[str], against: Sequence[str]) -> Floats:
        """Return the cosines of texts, shape (answers, references), each from -1 to 1.

        Raises DataError if a pair is not in the table.
        """
        pairs = [[(digest(a), digest(r)) for r in against] for a in answers]
        try:
            return np.array([[self.known[pair] for pair in row] for row in pairs], np.float64)
        except KeyError:
            raise DataError(
                f"data/derived/{TABLE}.csv is of other texts: run secondsight derive {TABLE} "
                "(it needs the extra train)"
            ) from None


def read_cosines(table: pd.DataFrame) -> Cosines:
    """Return the cosines of a table as `table_of` makes it."""
    pairs = zip(table["answer_sha256"], table["reference_sha256"], strict=True)
    return Cosines(dict(zip(pairs, table["cosine"].astype(float), strict=True)))
