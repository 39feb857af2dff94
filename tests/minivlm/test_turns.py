from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.descriptions.beyond import KINDS, mentions
from secondsight.descriptions.texts import text_set
from secondsight.errors import DataError
from secondsight.minivlm.turns import BANK, bank, sentences, turns_of

PLAIN = "Two arms trail off a bar. A core glows at its middle. Three stars lie near it."
CLAIM = "It lies 61 million light-years away."

_PIECES = st.sampled_from(
    [*PLAIN.split(". "), CLAIM, "z = 0.08", "e.g. M 31", "In 2004", "?", "\n"]
)
CAPTIONS = st.lists(_PIECES | st.text(max_size=20), max_size=8).map(". ".join)


def test_the_bank_has_wordings_enough() -> None:
    kinds = [bank().see, bank().stands_out, bank().more, bank().not_told, *bank().beyond.values()]
    assert min(map(len, kinds)) >= 8
    every = [wording for kind in kinds for wording in kind]
    assert len(set(every)) == len(every)
    assert [one for one in bank().not_told if mentions(one)] == []


def test_a_bank_that_lacks_a_kind_is_named(tmp_path: Path) -> None:
    text = BANK.read_text(encoding="utf-8").replace("\nmass = [", "\nweight = [")
    (tmp_path / "questions.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"questions\.toml: beyond: value error, must have"):
        bank(tmp_path / "questions.toml")


@pytest.mark.parametrize(("caption", "found"), [
    ("", []),
    (" \n", []),
    ("one", ["one"]),
    ("A glow. Two\nstars!  Where? here", ["A glow.", "Two stars!", "Where?", "here"]),
    ('It is "large." So it is.', ['It is "large."', "So it is."]),
    ("About 0.5 of it, e.g. an arm, approx. 3 wide. J. Smith saw it.",
     ["About 0.5 of it, e.g. an arm, approx. 3 wide.", "J. Smith saw it."]),
])  # fmt: skip
def test_sentences(caption: str, found: list[str]) -> None:
    assert sentences(caption) == found


@given(CAPTIONS)
def test_no_word_of_a_caption_is_lost(caption: str) -> None:
    assert " ".join(sentences(caption)).split() == caption.split()


def test_with_the_image_alone_claims_are_left_out_and_one_is_asked_for() -> None:
    turns = turns_of(f"{PLAIN} {CLAIM}", visible_only=True)
    assert turns[0][0] in bank().see
    assert turns[0][1] == PLAIN
    (beyond,) = [turn for turn in turns if turn[0] in bank().beyond["distance or size"]]
    assert beyond[1] in bank().not_told
    details = [turn for turn in turns[1:] if turn != beyond]
    assert [question in bank().stands_out for question, _ in details].count(True) == 1
    assert [question in bank().more for question, _ in details].count(True) == 1
    assert len({answer for _, answer in details} & set(sentences(PLAIN))) == 2


def test_otherwise_claims_are_kept_and_answer_the_same_question() -> None:
    alone, free = (turns_of(f"{PLAIN} {CLAIM}", visible_only=one) for one in (True, False))
    assert free[0] == (alone[0][0], f"{PLAIN} {CLAIM}")
    asked = {turn[0]: turn[1] for turn in free}
    (question,) = [one for one, _ in alone if one in bank().beyond["distance or size"]]
    assert asked[question] == CLAIM


def test_without_a_claim_only_the_image_alone_is_asked_for_one() -> None:
    every = {wording for kind in bank().beyond.values() for wording in kind}
    assert len([1 for one, _ in turns_of(PLAIN, visible_only=True) if one in every]) == 1
    assert not [one for one, _ in turns_of(PLAIN, visible_only=False) if one in every]


def test_short_captions_have_few_turns() -> None:
    assert turns_of(" ", visible_only=True) == []
    assert len(turns_of("A glow.", visible_only=False)) == 1
    assert len(turns_of("A glow.", visible_only=True)) == 2
    assert len(turns_of(CLAIM, visible_only=True)) == 1


def test_captions_differ_in_wording_and_a_caption_does_not() -> None:
    drawn = {turns_of(f"{PLAIN} {n} dots.", visible_only=True)[0][0] for n in range(200)}
    assert drawn == set(bank().see)
    asked = [turns_of(f"{n} dots.", visible_only=True)[-1][0] for n in range(400)]
    assert {kind for kind in KINDS if set(asked) & set(bank().beyond[kind])} == set(KINDS)
    assert turns_of(PLAIN, visible_only=True) == turns_of(PLAIN, visible_only=True)


@given(CAPTIONS, st.booleans())
def test_no_claim_is_left_in_and_nothing_is_made_up(caption: str, alone: bool) -> None:
    turns = turns_of(caption, visible_only=alone)
    assert len(turns) <= 4
    assert bool(turns) == bool(caption.split())
    whole = " ".join(caption.split())
    for question, answer in turns:
        assert question
        assert answer
        assert not (alone and mentions(answer))
        assert answer in bank().not_told or all(one in whole for one in sentences(answer))


def test_the_examples_of_claims_are_left_out() -> None:
    for name, text in text_set("examples").texts.items():
        answers = [answer for _, answer in turns_of(text, visible_only=True)]
        assert (text in answers) == (not mentions(text)), name
