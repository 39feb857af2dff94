import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from secondsight.minivlm.question import Option, Question
from secondsight.minivlm.reply import (
    NEVER,
    Token,
    confidence_word,
    cut,
    draw,
    form_of,
    json_form,
    logprobs,
    reply,
    tokens_of,
    weights,
)

P = np.array([0.1, 0.6, 0.3])
WORDS = ("High", "Medium", "Low")


def question(**said) -> Question:
    return Question(tuple(Option(code, "", "") for code in ("0", "edge-on", "2")), **said)


def answer(asked: Question, index: int, **said) -> str:
    only = np.eye(3)[index]
    rng = np.random.default_rng(0)
    return reply(form_of(asked), P, only, rng, **said).text


@pytest.mark.parametrize(
    ("form", "words", "written"),
    [
        ("\x00", (), "edge-on"),
        ("\x00", WORDS, "edge-on, Low"),
        ("Answer: \x00", WORDS, "Answer: edge-on, Low"),
        ("Sure: \x01\nAnswer: \x00.", WORDS, "Sure: Low\nAnswer: edge-on."),
        ("<kind>\x00</kind>", (), "<kind>edge-on</kind>"),
    ],
)
def test_a_plain_answer_has_its_form(form: str, words: tuple[str, ...], written: str) -> None:
    assert answer(question(form=form, confidence=words), 1) == written


def test_answers_follow_the_probabilities() -> None:
    rng = np.random.default_rng(5)
    drawn = np.bincount([draw(P, rng) for _ in range(3000)], minlength=3)
    assert chisquare(drawn, P * 3000).pvalue > 0.01


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_sharpens_and_flattens(temperature: float) -> None:
    powered = P ** (1 / temperature)
    assert weights(P, temperature) == pytest.approx(powered / powered.sum())


def test_temperature_zero_is_the_most_probable_and_the_first_of_equals() -> None:
    assert weights(P, 0).tolist() == [0, 1, 0]
    assert weights(np.array([0.2, 0.4, 0.4]), 0).tolist() == [0, 1, 0]
    assert weights(P, 1e-9).tolist() == [0, 1, 0]


def test_top_p_keeps_the_fewest_that_reach_it() -> None:
    assert weights(P, top_p=0.6).tolist() == [0, 1, 0]
    assert weights(P, top_p=0.61) == pytest.approx([0, 2 / 3, 1 / 3])
    assert weights(P, top_p=0).tolist() == [0, 1, 0]
    assert weights(P, top_p=1) == pytest.approx(P)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(lambda p: sum(p) > 0.1),
       st.floats(0, 2), st.floats(0, 1), st.integers(0, 99))  # fmt: skip
def test_what_is_drawn_has_weight(p: list, temperature: float, top_p: float, seed: int) -> None:
    weighted = weights(np.array(p) / sum(p), temperature, top_p)
    assert weighted.sum() == pytest.approx(1)
    assert weighted[draw(weighted, np.random.default_rng(seed))] > 0


@pytest.mark.parametrize(("p", "word"), [
    (1.0, "High"), (0.9, "High"), (0.89, "Medium"), (0.7, "Medium"), (0.69, "Low"), (0.0, "Low"),
])  # fmt: skip
def test_three_words_of_confidence(p: float, word: str) -> None:
    assert confidence_word(p, WORDS, 2) == word


@pytest.mark.parametrize(("p", "word"), [
    (1.0, "a"), (0.88, "a"), (0.87, "b"), (0.63, "c"), (0.5, "d"), (0.2, "d"),
])  # fmt: skip
def test_other_numbers_of_words_share_the_range_from_chance_to_one(p: float, word: str) -> None:
    assert confidence_word(p, tuple("abcd"), 2) == word


def test_plain_answers() -> None:
    assert answer(question(), 1) == "edge-on"
    assert answer(question(confidence=WORDS), 1) == "edge-on, Low"


def test_json_answers_have_the_fields_in_order() -> None:
    asked = question(confidence=WORDS, fields=("class", "sure"))
    assert answer(asked, 2) == '{"class": "2", "sure": "Low"}'
    assert answer(question(fields=("class",)), 0) == '{"class": "0"}'


@given(st.text(), st.text(), st.floats(0, 1))
def test_json_is_json_whatever_stands_in_it(value: str, note: str, p: float) -> None:
    form = json_form([value], "a", {"b": lambda p: p, 'c"': lambda _: note}, ["b", "a", 'c"'])
    text = "".join(token.text for token in form.write(0, p))
    assert json.loads(text) == {"b": p, "a": value, 'c"': note}


def test_values_that_are_no_text() -> None:
    form = json_form([0, 1], "a", {}, ["a"])
    assert json.loads("".join(token.text for token in form.write(1, 0.5))) == {"a": 1}
    assert form.labels == ("0", "1")


def test_a_cut_answer() -> None:
    asked = question(confidence=WORDS)
    assert answer(asked, 0, most=2) == "0,"
    assert cut(tokens_of("a b c"), most=2).finish == "length"
    assert cut(tokens_of("a b c"), most=3).finish == "stop"


def test_nothing_from_a_stop_on() -> None:
    said = cut(tokens_of("one two three"), stops=["wo", "three"])
    assert (said.text, said.finish) == ("one t", "stop")
    assert cut(tokens_of("one two three"), most=1, stops=["two"]).finish == "length"
    assert cut(tokens_of("one"), stops=["one"]).text == ""


@given(st.text())
def test_tokens_hold_the_whole_text(text: str) -> None:
    assert "".join(token.text for token in tokens_of(text)) == text


def test_logprobs_are_the_models_own() -> None:
    asked = question(confidence=WORDS)
    form = form_of(asked)
    said = reply(form, P, weights(P, 0), np.random.default_rng(0))
    listed = logprobs(said, form.labels, P, 3)
    assert "".join(one["token"] for one in listed) == said.text
    assert math.exp(listed[0]["logprob"]) == pytest.approx(0.6)
    assert [one["logprob"] for one in listed[1:]] == [0.0, 0.0]
    top = listed[0]["top_logprobs"]
    assert [one["token"] for one in top] == ["edge-on", "2", "0"]
    assert sum(math.exp(one["logprob"]) for one in top) == pytest.approx(1)
    assert listed[0]["bytes"] == list(b"edge-on")


def test_logprobs_without_others_and_of_nothing() -> None:
    form = form_of(question())
    certain = np.array([0.0, 1.0, 0.0])
    said = reply(form, certain, certain, np.random.default_rng(0))
    assert logprobs(said, form.labels, certain, 0)[0]["top_logprobs"] == []
    assert logprobs(said, form.labels, certain, 2)[0]["top_logprobs"][1]["logprob"] == NEVER


def test_a_category_is_one_token() -> None:
    said = form_of(question(fields=("class",))).write(1, 0.5)
    assert [token for token in said if token.drawn] == [Token("edge-on", drawn=True)]
