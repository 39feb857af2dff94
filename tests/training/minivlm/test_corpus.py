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
    return Corpus(empty, empty, facts, ("",) * 40, says, np.zeros((40, 384), np.float16))


def test_a_text_for_each_picture_is_true_of_it() -> None:
    some, rows = corpus(), np.arange(8)
    texts = some.texts_for(rows, np.random.default_rng(0))
    assert np.diag(true_of(some.facts, some.says[texts])).all()


def test_telling_texts_are_true_and_seldom_say_what_all_pictures_have() -> None:
    some, rows, chance = corpus(), np.arange(8), np.random.default_rng(0)
    drawn = np.stack([some.telling_texts(rows, 2, chance) for _ in range(50)])
    for texts in drawn:
        true = true_of(some.facts, some.says[texts])
        assert all(true[row, 2 * row : 2 * row + 2].all() for row in rows)
    assert (drawn >= 30).mean() > 0.35  # ten of forty texts; five of them true of a picture
