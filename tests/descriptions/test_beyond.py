from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.descriptions.beyond import KINDS, RULE, mentions, mentions_table
from secondsight.descriptions.texts import text_set

PIECES = st.sampled_from(
    ["NGC", "M", "z", "=", "0.08", "31", " ", "\n", "million", "light-years", "of", "in", "1999",
     "March", "solar", "masses", "Hubble", "-", ".", ",", "10^11", "kpc", "years", "é", "☉"]
)  # fmt: skip


def kinds(text: str) -> list[str]:
    return [one.kind for one in mentions(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("at a redshift of 0.1", "redshift", "redshift"),
        ("The Redshift is high.", "redshift", "Redshift"),
        ("seen at z=1.2.", "redshift", "z=1.2"),
        ("it lies at z ~ 3", "redshift", "z ~ 3"),
        ("This is NGC 1300.", "catalogue name", "NGC 1300"),
        ("near M31", "catalogue name", "M31"),
        ("IC-342 at the centre", "catalogue name", "IC-342"),
        ("in Abell 2218.", "catalogue name", "Abell 2218"),
        ("called 3C 273", "catalogue name", "3C 273"),
        ("a twin of the Milky Way", "named object", "Milky Way"),
        ("the Sombrero Galaxy", "named object", "Sombrero Galaxy"),
        ("as large as Jupiter", "named object", "Jupiter"),
        ("taken by the Hubble Space Telescope", "instrument", "Hubble"),
        ("an SDSS image", "instrument", "SDSS"),
        ("from the Dark Energy Survey", "instrument", "Dark Energy Survey"),
        ("61 million light-years away", "distance or size", "61 million light-years"),
        ("millions of light years away", "distance or size", "millions of light years"),
        ("at 12 Mpc", "distance or size", "12 Mpc"),
        ("100,000 light-years across", "distance or size", "100,000 light-years"),
        ("some kiloparsecs wide", "distance or size", "kiloparsecs"),
        ("10^11 solar masses", "mass", "solar masses"),
        ("weighs 3e5 M_sun", "mass", "M_sun"),
        ("captured in 1999", "date or age", "in 1999"),
        ("on March 4", "date or age", "March 4"),
        ("in March 2004", "date or age", "March 2004"),
        ("9 billion years old", "date or age", "9 billion years"),
    ],
)
def test_a_claim_is_found_with_its_words(text: str, kind: str, words: str) -> None:
    assert (kind, words) in [(one.kind, one.words) for one in mentions(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A round, smooth galaxy with a bright centre and two faint stars beside it.",
        "Two arms and 3 knots; class 4 of 10.",
        "A ghost from inside the telescope.",
        "An M-shaped wisp, in may be a mass of light.",
        "It may march across the field of 1999 stars.",
        "A massive, distant, old galaxy.",
        "Zoom in: 20 pixels wide.",
    ],
)
def test_what_an_image_can_show_is_not_counted(text: str) -> None:
    assert kinds(text) == []


def test_the_limits_of_the_rule_are_as_the_chapter_says() -> None:
    examples = text_set("examples").texts
    assert kinds(examples["missed"]) == []
    assert kinds(examples["denied"]) == ["redshift"]


def test_the_examples_show_every_kind() -> None:
    found = {kind for text in text_set("examples").texts.values() for kind in kinds(text)}
    assert found == set(KINDS)


def test_every_kind_has_its_rule() -> None:
    assert tuple(RULE) == KINDS


def test_the_table_lists_what_was_found() -> None:
    table = mentions_table({"a": "Smooth.", "b": "NGC 7, seen by Hubble."})
    assert table["found"].tolist() == ["nothing", "NGC 7 (catalogue name); Hubble (instrument)"]


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_any_text_is_read_and_what_is_found_stands_in_it(text: str) -> None:
    found = mentions(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert one.kind in KINDS
        assert one.words
        assert text[one.start : one.start + len(one.words)] == one.words
    for kind in KINDS:
        own = [one for one in found if one.kind == kind]
        for first, second in pairwise(own):
            assert first.start + len(first.words) <= second.start


@given(st.lists(PIECES).map(" ".join), st.lists(PIECES).map(" ".join))
def test_two_texts_hold_what_each_holds(first: str, second: str) -> None:
    apart = kinds(first) + kinds(second)
    assert sorted(kinds(f"{first} # {second}")) == sorted(apart)


@pytest.mark.parametrize("piece", ["1" * 50, "million ", "NGC ", "1,", "in ", "z ="])
def test_long_texts_take_no_time(piece: str) -> None:
    mentions(piece * 20_000)
