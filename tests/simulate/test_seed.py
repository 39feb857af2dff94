import numpy as np

from secondsight.simulate.seed import generator


def test_the_same_names_give_the_same_numbers() -> None:
    assert generator(1, "a", 2).random() == generator(1, "a", 2).random()


def test_other_names_and_other_seeds_give_others() -> None:
    drawn = {
        generator(*names).random() for names in [(1, "a", 2), (2, "a", 2), (1, "b", 2), (1, "a", 3)]
    }
    assert len(drawn) == 4


def test_what_was_drawn_before_makes_no_difference() -> None:
    first = generator(1, "a")
    first.random(1000)
    assert generator(1, "b").random() == generator(1, "b").random()


def test_the_numbers_of_neighbours_are_unrelated() -> None:
    drawn = np.array([generator(0, "x", number).random() for number in range(2000)])
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.08
    assert abs(drawn.mean() - 0.5) < 0.03
