import numpy as np

from secondsight.training.minivlm.corpus import Corpus
from secondsight.training.minivlm.fact_captions import CLAUSES, true_of


def corpus() -> Corpus:
    """Return eight pictures of two facts, and forty texts: most say what is true of all."""
    facts = np.zeros((8, 3), bool)
    facts[:, 0] = True
    facts[::2, 1], facts[1::2, 2] = True, True
    says = np.ones((40, CLAUSES, 3), bool)
    says[:, 0] = False
    says[:30, 0, 0], says[30:35, 0, 1], says[35:, 0, 2] = True, True, True
    empty = np.zeros((8, 1, 1, 3), np.uint8)
    return Corpus(empty, empty, facts, ("",) * 40, says)


def test_a_text_for_each_picture_is_true_of_it() -> None:
    some, rows = corpus(), np.arange(8)
    texts = some.texts_for(rows, np.random.default_rng(0))
    assert np.diag(true_of(some.facts, some.says[texts])).all()
