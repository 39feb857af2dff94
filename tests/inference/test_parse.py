# ruff: noqa: RUF001  (the quotes, digits and dashes of other scripts are the point)
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight import paths
from secondsight.datasets.sources import source
from secondsight.datasets.tasks import GALAXY_ZOO_2, LSBG, MORPHOLOGY, TASKS, Category, Task
from secondsight.inference.imported import ASTROSIGHT, parse_imported, read_astrosight
from secondsight.inference.parse import (
    ANSWERED,
    CONFIDENCE_FIELDS,
    EMPTY,
    LABEL_FIELDS,
    OUTCOMES,
    REFUSED,
    UNPARSEABLE,
    Answer,
    Parser,
)

DWARF = TASKS["dwarf"]
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


@pytest.mark.parametrize(
    "text",
    [
        "This is not category 1.",
        '{"category": -1}',
        "Answer: 0.93",
        "Category 1 or 2",
        "I cannot determine whether this is category 1.",
        "Category 1 does not fit.",
        "Category 1, maybe 2",
        "Category 1?",
        "It might be category 1.",
        "FR I/II: 1",
        "1/2",
        "1 – 2",
        "1%",
        "½",
        "1e0",
        ".1",
        "2 spiral arms",
        "1. Look at the image 2. Decide",
        "Answer: 1. The arms fade. It could be 2.",
        "Kategorie 1 passt nicht.",
        "Ce n'est pas la catégorie 1.",
        "No es la categoría 1.",
        "这不是类别1。",
        "カテゴリー1ではありません。",
        '{"category": 1, "category": 2}',
        '{"category": 1} {"category": 2}',
        '{"category": 1} is wrong.',
        "Answer: 1. That's wrong.",
        "Answer: 1. Let me correct: 2.",
        '1"',
        'The answer is not {"category": 1}',
        "1\n\nActually, it is category 2.",
        "1\n\nThis is not category 1.",
    ],
)
def test_denial_doubt_and_lists_leave_no_label(text: str) -> None:
    assert parse(text, MORPHOLOGY).label is None


def test_what_is_not_thought_to_be_a_dwarf_is_no_answer() -> None:
    assert parse("I do not think this is a dwarf.", DWARF).label is None
    assert parse("I do not think it is not a dwarf.", DWARF).label is None
    assert parse("It isn't a dwarf.", DWARF) == Answer("0", ANSWERED)


@pytest.mark.parametrize(
    "text",
    [
        "<think>Maybe category 2? No.</think>\n1",
        "Maybe 2 </think> 1",
        "<|channel|>analysis<|message|>Is it 2?<|end|><|channel|>final<|message|>1<|return|>",
        "\ufeff1",
        "“1”",
        "１",
        "1.0",
        "$\\boxed{1}$",
        "<answer>1</answer>",
        "[ ] 0\n[x] 1",
        "Kategorie 1",
        "答案：1",
        "答えは1です。",
        "Not 2, but 1.",
        "1, because it is not edge-on.",
        "Although category 2 is possible, the answer is 1.",
        "Category 2 would show a dust lane. The answer is 1.",
        "It is probably category 1.",
        "If I had to choose, category 1.",
        "Das ist nicht Kategorie 2, sondern Kategorie 1.",
        "不是类别2，而是类别1。",
        "0: round\n1: cigar\n\nAnswer: 1",
        '{"category": {"code": 1, "name": "cigar"}}',
        '{"reason": "not 2", "category": 1.0}',
    ],
)
def test_what_is_clear_is_read(text: str) -> None:
    assert parse(text, MORPHOLOGY) == Answer("1", ANSWERED)


@pytest.mark.parametrize("text", ["<think>1</think>", "<think>The answer is 1.", "</think>"])
def test_reasoning_alone_says_nothing(text: str) -> None:
    assert parse(text, MORPHOLOGY) == Answer(None, EMPTY)


@pytest.mark.parametrize(
    "text",
    ["1, High", "1 (High)", "**1** — high confidence", "Category: 1\nConfidence: High"],
)
def test_a_confidence_in_words_is_kept(text: str) -> None:
    assert parse(text, DWARF) == Answer("1", ANSWERED, "high")


VERY_LONG = r"""
from secondsight.datasets.tasks import TASKS
from secondsight.inference.parse import Parser

parse = Parser(TASKS["dwarf"]).parse
for part in (" ", "`", ".", "{", '{"a":', "<think>", "1, ", "not ", "a dwarf or ", "\ufdfa"):
    parse(part * (1_000_000 // len(part)) + "1")
"""


def test_very_long_texts_are_read() -> None:
    # A pattern that is not linear would take hours, and cannot be stopped from inside.
    subprocess.run([sys.executable, "-c", VERY_LONG], check=True, timeout=600)


RECORDED = {
    "dwarf": DWARF,
    "lsbg": LSBG,
    "morphology": MORPHOLOGY,
    "radio": TASKS["fanaroff-riley"],
}
PROMPTED = [
    (path, task)
    for path in sorted(paths.RECORDINGS.glob("*.parquet"))
    for name, task in RECORDED.items()
    if path.name.split(".")[1].startswith(f"{name}-")
]


@pytest.mark.parametrize(("path", "task"), PROMPTED, ids=[path.stem for path, _ in PROMPTED])
def test_every_answer_recorded_here_is_read_as_it_is_written(path: Path, task: Task) -> None:
    bodies = set(pq.read_table(path, columns=["response"])["response"].to_pylist())
    for text in {orjson.loads(body)["choices"][0]["message"]["content"] for body in bodies}:
        code, _, confidence = text.partition(", ")
        assert parse(text, task) == Answer(code, ANSWERED, confidence.lower() or None)


# What the parser of the first recordings made of every released text, in the files' order.
DIGESTS = {"gpt-4o-mini": "16e5debad1324dae", "qwen-vl": "7b4cce24e85fc21e"}


@pytest.mark.mirror
@pytest.mark.parametrize("model", DIGESTS)
def test_not_one_released_answer_is_read_otherwise_than_before(mirror: Path, model: str) -> None:
    answers = parse_imported(read_astrosight(mirror / source(ASTROSIGHT[model]).path), GALAXY_ZOO_2)
    said = "\n".join(answers["answer"].fillna(answers["outcome"]))
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == DIGESTS[model]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("The answer is A spiral galaxy.", GALAXY_ZOO_2),
        ("The answer is 2 arms and a bar.", MORPHOLOGY),
        ("I would choose 2 arms over 3 arms in the image.", MORPHOLOGY),
    ],
)
def test_a_count_or_an_article_behind_a_cue_is_no_code(text: str, task: Task) -> None:
    assert parse(text, task) == Answer(None, UNPARSEABLE)
