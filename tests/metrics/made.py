"""Random confusion matrices, and the answers behind them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from secondsight.metrics.confusion import Confusion


@st.composite
def confusions(draw: st.DrawFn, *, others: int = 2, least: int = 2) -> Confusion:
    """Return a confusion matrix of at least one image, with up to `others` further answers."""
    rows = draw(st.integers(least, 5))
    further = draw(st.integers(0, others))
    counts = draw(
        arrays.arrays(np.int64, (rows, rows + further), elements=st.integers(0, 60)).filter(np.any)
    )
    names = [f"c{place}" for place in range(rows + further)]
    return Confusion(counts, names[:rows], names[rows:])


def answers(confusion: Confusion) -> tuple[list[int], list[int]]:
    """Return the true category's and the answer's place of each image."""
    places = [
        (row, column)
        for row, counts in enumerate(confusion.counts)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    return [place[0] for place in places], [place[1] for place in places]
