import numpy as np
import pytest

from secondsight.minivlm.phrases import SKIES, phrases
from secondsight.training.minivlm.examples import Example, draw_example
from secondsight.training.minivlm.fact_captions import (
    CLAUSES,
    Caption,
    caption,
    clauses,
    draw_captions,
    facts_of,
    held,
    true_of,
)


@pytest.mark.parametrize("sky", SKIES)
def test_captions_differ_and_each_is_true_of_its_picture(sky: str) -> None:
    example, chance = draw_example(sky, 0), np.random.default_rng(0)
    said = [caption(example, chance) for _ in range(60)]
    assert len({one.text for one in said}) > 40
    assert not any("{" in one.text or "|" in one.text for one in said)
    facts = held([example.main + example.side], sky)
    assert true_of(facts, clauses(said, sky)).all()


def test_facts_of_the_thing_and_of_what_is_beside_it_have_different_names() -> None:
    for sky in SKIES:
        assert len(set(facts_of(sky))) == len(facts_of(sky))


def test_a_caption_is_true_where_each_clause_has_a_fact() -> None:
    facts = held([("arms", "blue"), ("arms",), ("circular", "blue")], "morphology")
    said = [
        Caption("", (frozenset(["arms"]),)),
        Caption("", (frozenset(["arms"]), frozenset(["blue"]))),
        Caption("", (frozenset(["arms", "circular"]),)),
        Caption("", (frozenset(["side_disc"]),)),
    ]
    found = true_of(facts, clauses(said, "morphology"))
    assert found.tolist() == [
        [True, True, True, False],
        [True, False, True, False],
        [False, False, True, False],
    ]


def test_the_same_captions_are_drawn_again() -> None:
    examples = [draw_example("radio", number) for number in range(3)]
    assert draw_captions("radio", examples, 20) == draw_captions("radio", examples, 20)


def test_no_caption_says_more_than_there_is_room_for() -> None:
    sky = "dwarfs"
    example = Example(
        sky, np.zeros((2, 2), np.uint8), ("junk", "nothing"), tuple(phrases(sky).side)
    )
    chance = np.random.default_rng(1)
    said = [caption(example, chance) for _ in range(300)]
    assert max(len(one.says) for one in said) == CLAUSES
