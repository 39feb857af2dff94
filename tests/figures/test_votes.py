import numpy as np
import pandas as pd

from secondsight.figures.votes import draw_votes
from secondsight.metrics.intervals import proportion


def test_both_kinds_and_every_bin_are_drawn(light: None) -> None:
    subjects = pd.DataFrame({"label": ["0", "0", "1"], "yes": [0, 2, 25]})
    shares = [proportion(1, 10), proportion(9, 10)]
    figure = draw_votes(subjects, [(0, 0.5), (0.5, 1)], shares)
    left, right = figure.axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["junk", "true dwarf"]
    assert np.allclose(right.lines[0].get_xydata(), [[0.25, 0.1], [0.75, 0.9]])
