import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.datasets import GALAXY_ZOO_2, LSBG, MORPHOLOGY, TASKS, Category, Task
from secondsight.inference import Answer, Parser
from secondsight.inference.parse import (
    ANSWERED,
    CONFIDENCE_FIELDS,
    EMPTY,
    LABEL_FIELDS,
    OUTCOMES,
    REFUSED,
    UNPARSEABLE,
)

PARSERS = {name: Parser(task) for name, task in TASKS.items()}
WORDS = {
    name: [
        (word, category.code)
        for category in task.categories
        for word in (category.code, category.name, *category.aliases)
    ]
    for name, task in TASKS.items()
}
said = st.sampled_from(sorted(TASKS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(WORDS[name]))
)
around = st.sampled_from([("", ""), (" ", "\n"), ('"', '"'), ("**", "**"), ("", "."), ("(", ")")])
casing = st.sampled_from([str, str.upper, str.lower, str.title])


def parse(text: str | None, task: Task = GALAXY_ZOO_2) -> Answer:
    return PARSERS[task.name].parse(text)


@given(st.sampled_from(sorted(TASKS)), st.text() | st.characters().map(str))
def test_no_text_raises(name: str, text: str) -> None:
    answer = PARSERS[name].parse(text)
    assert answer.outcome in OUTCOMES
    assert (answer.label is not None) is (answer.outcome == ANSWERED)


FRAGMENTS = [
    *(word for words in WORDS.values() for word, _ in words),
    *(
        "{",
        "}",
        '"category"',
        ":",
        "=",
        "```json\n",
        "\n```",
        "not ",
        "category ",
        "The answer is ",
    ),
    *("[", "]", ",", ".", "null", "1e999", '"', "\\u0000", "\ud800", "I'm sorry", "Class "),
]


@given(st.sampled_from(sorted(TASKS)), st.lists(st.sampled_from(FRAGMENTS)).map("".join))
def test_no_heap_of_fragments_raises(name: str, text: str) -> None:
    answer = PARSERS[name].parse(text)
    assert answer.outcome in OUTCOMES
    assert answer.label is None or answer.label in TASKS[name].codes


@given(said, around, casing.filter(bool))
def test_a_bare_code_or_name_is_an_answer(
    chosen: tuple[str, tuple[str, str]], marks: tuple[str, str], case: type[str]
) -> None:
    name, (word, code) = chosen
    assert PARSERS[name].parse(marks[0] + case(word) + marks[1]) == Answer(code, ANSWERED)


@given(said, st.sampled_from(LABEL_FIELDS), st.booleans(), casing.filter(bool))
def test_a_field_of_a_json_object_is_an_answer(
    chosen: tuple[str, tuple[str, str]], field: str, fenced: bool, case: type[str]
) -> None:
    name, (word, code) = chosen
    text = json.dumps({"why": "because", case(field): word}, indent=1)
    text = f"```json\n{text}\n```" if fenced else text
    assert PARSERS[name].parse(text) == Answer(code, ANSWERED)


@given(said, st.sampled_from(["I see: {}.", "It is {}", "This looks like {}!"]))
def test_a_name_in_a_finished_sentence_is_an_answer(
    chosen: tuple[str, tuple[str, str]], sentence: str
) -> None:
    name, (word, code) = chosen
    if len(word) > 1:
        assert PARSERS[name].parse(sentence.format(word)) == Answer(code, ANSWERED)


two = st.sampled_from(sorted(TASKS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(st.sampled_from(TASKS[name].categories), min_size=2, max_size=2, unique=True),
    )
)
JOINTS = ["{} or {}.", "{} and {}!", "{}, {}", "Category {} or category {}"]


@given(two)
def test_a_code_with_another_categorys_name_is_no_answer(
    chosen: tuple[str, list[Category]],
) -> None:
    name, (one, other) = chosen
    for text in (f"{one.code}: {other.name}", f"Answer: {one.code} ({other.name})"):
        assert PARSERS[name].parse(text) == Answer(None, UNPARSEABLE)


@given(two, st.sampled_from(JOINTS), st.booleans())
def test_two_categories_are_never_one_answer(
    chosen: tuple[str, list[Category]], joint: str, by_code: bool
) -> None:
    name, (one, other) = chosen
    words = (one.code, other.code) if by_code else (one.name, other.name)
    answer = PARSERS[name].parse(joint.format(*words))
    assert answer == Answer(None, UNPARSEABLE)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("G: irregular", "G"),
        ("The best choice is 'G: Irregular'.", "G"),
        ("Category: H", "H"),
        ("I would say category C", "C"),
        ("The answer is (D).", "D"),
        ("Based on the image, the best choice is 'F: Unbarred spirals'.", "F"),
        ("This galaxy is an unbarred spiral.", "F"),
        ("It is not a merger. It is a barred spiral.", "E"),
        ("**E**", "E"),
        ("in between elliptical", "B"),
        ('{"category": "A"', "A"),  # cut off after the answer
    ],
)
def test_what_models_say(text: str, label: str) -> None:
    assert parse(text) == Answer(label, ANSWERED)


@pytest.mark.parametrize(
    "text",
    [
        "A or B",
        "D: merger",
        "Answer: A merger.",
        "Category 9",
        "It is not a merger.",
        "There is neither a merger here.",
        "A galaxy with a bright centre, perhaps a merger, and some of the",
        '{"category": "A or B"}',
        '{"category": null}',
        '{"why": "A"}',
        "I",
        "Because",
    ],
)
def test_what_is_never_guessed_at(text: str) -> None:
    assert parse(text) == Answer(None, UNPARSEABLE)


@pytest.mark.parametrize(
    "text",
    ["I'm sorry, but I can't help with that.", "I am unable to classify it.", "I cannot tell"],
)
def test_declining_is_a_refusal(text: str) -> None:
    assert parse(text) == Answer(None, REFUSED)


def test_an_answer_with_an_apology_is_an_answer() -> None:
    assert parse("Sorry for the wait. Category: H") == Answer("H", ANSWERED)


@pytest.mark.parametrize("text", [None, "", " \n", "```\n```", "```json```"])
def test_nothing_is_empty(text: str | None) -> None:
    assert parse(text) == Answer(None, EMPTY)


@pytest.mark.parametrize("field", CONFIDENCE_FIELDS)
def test_a_stated_confidence_is_kept(field: str) -> None:
    text = json.dumps({"category": "1", field: " High"})
    assert parse(text, LSBG) == Answer("1", ANSWERED, "high")
    assert parse(json.dumps({field: 0.5}), LSBG) == Answer(None, UNPARSEABLE, "0.5")


def test_a_number_in_json_is_a_code() -> None:
    assert parse('{"category": 1}', LSBG) == Answer("1", ANSWERED)


@pytest.mark.parametrize("text", ["10", "1.5", "01", "2", "1/0"])
def test_another_number_is_no_code(text: str) -> None:
    assert parse(text, LSBG).label is None


def test_the_longer_name_counts() -> None:
    assert parse("It is a non-LSBG.", LSBG) == Answer("0", ANSWERED)
    assert parse("It is a smooth and cigar-shaped one.", MORPHOLOGY) == Answer("1", ANSWERED)
    assert parse("An unbarred spiral.", MORPHOLOGY) == Answer("3", ANSWERED)
    assert parse("A barred spiral.", GALAXY_ZOO_2) == Answer("E", ANSWERED)


def test_a_name_that_holds_a_denying_word_denies_nothing_else() -> None:
    parse = Parser(TASKS["galaxy10"]).parse
    assert parse("It is edge-on without bulge or disturbed.").outcome == "unparseable"
    assert parse("It is edge-on without bulge, not disturbed.").label == "8"
