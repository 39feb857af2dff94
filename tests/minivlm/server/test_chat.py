import json
import math
from typing import Any

import openai
import pytest
from scipy.stats import chisquare

from minivlm.fake_model import FakeModel
from minivlm.server.conftest import FIRST, LAST, MIDDLE, ask, image, shown

Complete = Any
CONFIDENT = (
    "Is it 0 (artifact) or 1 (LSBG)? Give the code and your confidence (High, Medium or Low)."
)


def schema(**properties: Any) -> dict[str, Any]:
    whole = {"type": "object", "properties": properties, "required": list(properties),
             "additionalProperties": False}  # fmt: skip
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": whole}}


def text(completion: Any) -> str:
    return completion.choices[0].message.content


@pytest.mark.parametrize(("shade", "code"), [(FIRST, "0"), (MIDDLE, "1"), (LAST, "2")])
def test_the_answer_is_the_code_of_what_is_seen(complete: Complete, shade: int, code: str) -> None:
    said = complete(image(shade), temperature=0)
    assert text(said) == code
    assert (said.object, said.model) == ("chat.completion", "fake-1")
    assert said.id.startswith("chatcmpl-")
    assert said.created > 0
    assert said.system_fingerprint.startswith("fp_")
    assert said.choices[0].finish_reason == "stop"
    assert said.choices[0].message.role == "assistant"


def test_a_bare_question_is_answered_by_yes_or_no(complete: Complete) -> None:
    assert text(complete(image(FIRST), text="Is it bright?", temperature=0)) == "Yes"
    assert text(complete(image(LAST), text="Is it bright?", temperature=0)) == "No"
    said = text(complete(image(LAST), text="What is it?", temperature=0))
    assert said.startswith("A field of light")


async def _asked(url: str) -> list[str]:
    async with openai.AsyncOpenAI(base_url=url, api_key=FakeModel.name, max_retries=0) as client:
        said = await client.chat.completions.create(
            model="fake-1", messages=ask(image(LAST)), temperature=0
        )
        listed = [model.id async for model in client.models.list()]
    return [text(said), *listed]


def test_the_async_client(url: str) -> None:
    import anyio

    assert anyio.run(_asked, url) == ["2", "fake-1", "rule-writer-1"]


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
def test_kinds_of_images(complete: Complete, kind: str) -> None:
    assert text(complete(image(LAST, kind.upper()), temperature=0)) == "2"


def test_several_images_are_averaged(complete: Complete) -> None:
    assert text(complete(image(FIRST), image(LAST), temperature=0)) == "1"


def test_a_follow_up_is_about_the_image_before(client: openai.OpenAI) -> None:
    again = [
        {"role": "system", "content": "You classify galaxies."},
        *ask(image(LAST)),
        {"role": "assistant", "content": "2"},
        {"role": "user", "content": "Are you sure? Think again."},
    ]
    said = client.chat.completions.create(model="fake-1", messages=again, temperature=0)
    assert text(said) == "2"


def test_a_later_image_stands_for_itself(client: openai.OpenAI) -> None:
    messages = [*ask(image(LAST)), {"role": "assistant", "content": "2"}, *ask(image(FIRST))]
    said = client.chat.completions.create(model="fake-1", messages=messages, temperature=0)
    assert text(said) == "0"


def test_categories_may_stand_in_the_system_message(client: openai.OpenAI) -> None:
    system = (
        "Category 0 (round): smooth.\n\nCategory 1 (spiral): has arms.\n\nAnswer with the number."
    )
    messages = [{"role": "system", "content": system},
                {"role": "user", "content": shown(image(LAST))}]  # fmt: skip
    said = client.chat.completions.create(model="fake-1", messages=messages, temperature=0)
    assert text(said) == "1"


def test_a_seed_gives_the_same_answers_again(complete: Complete) -> None:
    def answers(**said: Any) -> list[str]:
        choices = complete(image(), n=40, temperature=2, **said).choices
        return [choice.message.content for choice in choices]

    assert answers(seed=1) == answers(seed=1)
    assert answers(seed=1) != answers(seed=2)
    assert answers() != answers()


def test_answers_are_drawn_from_the_probabilities(complete: Complete) -> None:
    choices = complete(image(), n=128, seed=3).choices
    assert [choice.index for choice in choices] == list(range(128))
    counts = [sum(one.message.content == code for one in choices) for code in "012"]
    assert chisquare(counts, [128 * 11 / 13, 128 / 13, 128 / 13]).pvalue > 0.01


def test_top_p_leaves_the_most_probable(complete: Complete) -> None:
    choices = complete(image(), n=64, top_p=0.5).choices
    assert {choice.message.content for choice in choices} == {"0"}


def test_logprobs(complete: Complete) -> None:
    choice = complete(image(), temperature=0, logprobs=True, top_logprobs=3).choices[0]
    (token,) = choice.logprobs.content
    assert (token.token, math.exp(token.logprob)) == ("0", pytest.approx(11 / 13))
    assert [one.token for one in token.top_logprobs] == ["0", "1", "2"]
    assert sum(math.exp(one.logprob) for one in token.top_logprobs) == pytest.approx(1)
    assert complete(image()).choices[0].logprobs is None


def test_confidence_in_words(complete: Complete) -> None:
    assert text(complete(image(LAST), text=CONFIDENT, temperature=0)) == "1, High"


def test_json_of_the_prompts_own(complete: Complete) -> None:
    said = complete(
        image(LAST), text=PROMPT_JSON, response_format={"type": "json_object"}, temperature=0
    )
    assert list(json.loads(text(said)).values()) == ["2"]


PROMPT_JSON = (
    "Category 0 (round): smooth.\n\nCategory 1 (cigar): long.\n\nCategory 2 (spiral): arms.\n\n"
    'Answer in JSON as {"category": <number>}.'
)


def test_a_schema_is_obeyed(complete: Complete) -> None:
    form = schema(
        galaxy={"type": "string", "enum": ["round", "cigar", "spiral"]},
        confidence={"type": "string", "enum": ["low", "medium", "high"]},
        share={"anyOf": [{"type": "null"}, {"type": "string"}]},
        version={"const": 2},
        why={"type": "string"},
    )
    said = complete(image(LAST), text="What is it?", response_format=form, temperature=0)
    assert json.loads(text(said)) == {
        "galaxy": "spiral", "confidence": "medium", "share": None, "version": 2,
        "why": "A field of light 255.",
    }  # fmt: skip
    assert list(json.loads(text(said))) == list(form["json_schema"]["schema"]["properties"])


def test_a_schema_of_numbers_and_definitions(complete: Complete) -> None:
    form = schema(code={"$ref": "#/$defs/Code"}, confidence={"type": "number"})
    form["json_schema"]["schema"]["$defs"] = {"Code": {"type": "integer", "enum": [0, 1, 2]}}
    said = complete(image(LAST), response_format=form, temperature=0, logprobs=True)
    found = json.loads(text(said))
    assert (found["code"], found["confidence"]) == (2, pytest.approx(11 / 13, abs=1e-4))
    tokens = {one.token: math.exp(one.logprob) for one in said.choices[0].logprobs.content}
    assert tokens["2"] == pytest.approx(11 / 13)


@pytest.mark.parametrize("whole", [
    {"type": "array", "items": {}},
    {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "not": {}},
    {"type": "object", "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "array"}},
     "required": ["a", "b"]},
    {"type": "object", "properties": {"a": {"enum": ["x", "y"]}, "b": {"pattern": "^z"}},
     "required": ["a", "b"]},
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}},
    {"type": "object", "properties": {"a": {"$ref": "#"}}},
    None,
])  # fmt: skip
def test_a_schema_that_cannot_be_obeyed_is_refused(complete: Complete, whole: Any) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": whole}}
    with pytest.raises(openai.BadRequestError) as error:
        complete(image(), text="What?", response_format=form)
    assert error.value.code == "invalid_json_schema"


def test_a_prompt_without_categories_gets_a_description(complete: Complete) -> None:
    said = complete(image(7), text="Describe this image.", logprobs=True)
    assert text(said) == "A field of light 7."
    assert {one.logprob for one in said.choices[0].logprobs.content} == {0.0}
    form = {"type": "json_object"}
    said = complete(image(7), text="Describe this image as json.", response_format=form)
    assert "A field of light 7." in json.loads(text(said)).values()


def test_nothing_to_answer_is_refused(complete: Complete) -> None:
    with pytest.raises(openai.BadRequestError, match="nothing to answer"):
        complete(text="How are you?")


def test_limits_of_length(complete: Complete) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        said = complete(image(7), text="Describe this image.", **{name: 3})
        assert (text(said), said.choices[0].finish_reason) == ("A field of", "length")
        assert said.usage.completion_tokens == 3
    said = complete(image(7), text="Describe this image.", stop=["light", "x"])
    assert (text(said), said.choices[0].finish_reason) == ("A field of ", "stop")


def test_usage_counts_words_and_marks_and_squares(complete: Complete) -> None:
    said = complete(image(size=(64, 33)), text="Is it 0 (round) or 1 (long)? Answer 0 or 1.", n=2)
    assert said.usage.prompt_tokens == 17 + 4
    assert said.usage.completion_tokens == 2
    assert said.usage.total_tokens == 23


def test_a_stream_says_the_same(complete: Complete) -> None:
    chunks = list(
        complete(image(7), text="Describe this image.", n=2, stream=True, logprobs=True,
                 stream_options={"include_usage": True})
    )  # fmt: skip
    for index in (0, 1):
        own = [c.choices[0] for c in chunks if c.choices and c.choices[0].index == index]
        assert "".join(c.delta.content or "" for c in own) == "A field of light 7."
        assert own[-1].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == 12
    with pytest.raises(openai.NotFoundError):
        complete(image(), model="none", stream=True)


def test_a_question_put_again_is_not_judged_again(
    complete: Complete, model: FakeModel, noise: bytes
) -> None:
    complete(noise)
    calls = model.calls
    for seed in range(10):
        complete(noise, seed=seed)
    assert model.calls == calls


def test_what_has_no_bearing_is_taken(complete: Complete) -> None:
    said = complete(image(), user="me", metadata={"a": "b"}, tools=[], frequency_penalty=0,
                    seed=None, temperature=None, store=False, reasoning_effort="low",
                    verbosity="low", extra_body={"stop": None, "audio": None})  # fmt: skip
    assert text(said) in "012"


def test_an_answer_has_the_form_that_is_asked_for(complete: Complete) -> None:
    asked = "A) a ring\nB) a bar\nC) a disc\n\nEnd with 'CHOICE: $ONE', ONE being a letter."
    said = complete(image(LAST), text=asked, temperature=0, logprobs=True)
    assert text(said) == "CHOICE: C"
    assert [token.token for token in said.choices[0].logprobs.content] == ["CHOICE", ":", " ", "C"]


def test_a_form_may_be_shown_in_the_system_message(complete: Complete) -> None:
    system = {"role": "system", "content": "Reply as <class>NAME</class> whatever is asked."}
    said = complete(messages=[system, *ask(image(FIRST), text="Is it a ring or a bar?")])
    assert text(said) in {"<class>ring</class>", "<class>bar</class>"}


def test_a_yes_or_a_no_may_be_a_truth_value(complete: Complete) -> None:
    form = schema(ring={"type": "boolean"}, confidence={"type": "number"})
    said = complete(image(), text="Is there a ring?", response_format=form)
    assert json.loads(text(said))["ring"] in {True, False}
    assert text(complete(image(), text="Is it a ring? yes or no")) in {"yes", "no"}


@pytest.mark.parametrize(("said", "param", "code"), [
    ({"temperature": 2.1}, "temperature", "invalid_value"),
    ({"temperature": "hot"}, "temperature", "invalid_value"),
    ({"top_p": -1}, "top_p", "invalid_value"),
    ({"n": 0}, "n", "invalid_value"),
    ({"n": 129}, "n", "invalid_value"),
    ({"n": True}, "n", "invalid_value"),
    ({"seed": 1.5}, "seed", "invalid_value"),
    ({"logprobs": 3}, "logprobs", "invalid_value"),
    ({"top_logprobs": 3}, "top_logprobs", "invalid_value"),
    ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "invalid_value"),
    ({"max_tokens": 0}, "max_tokens", "invalid_value"),
    ({"max_tokens": 1, "max_completion_tokens": 1}, "max_tokens", "invalid_value"),
    ({"stop": ["a"] * 5}, "stop", "invalid_value"),
    ({"stop": ""}, "stop", "invalid_value"),
    ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_value"),
    ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", "invalid_value"),
    ({"response_format": {"type": "json_object"}}, "messages", "invalid_value"),
    ({"tools": [{"type": "function"}]}, "tools", "unsupported_parameter"),
    ({"audio": {"voice": "x"}}, "audio", "unsupported_parameter"),
    ({"extra_body": {"best_of": 2}}, "best_of", "unknown_parameter"),
    ({"messages": []}, "messages", "invalid_value"),
    ({"messages": [{"role": "system", "content": "x"}]}, "messages", "invalid_value"),
    ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role", "invalid_value"),
    ({"messages": [{"role": "user"}]}, "messages[0].content", "invalid_value"),
    ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
     "messages[0].content[0].type", "invalid_value"),
    ({"messages": ask(*[image()] * 51)}, "messages", "too_many_images"),
])  # fmt: skip
def test_wrong_parameters(complete: Complete, said: Any, param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        complete(image(), **said)
    assert (error.value.param, error.value.code) == (param, code)
    assert error.value.type == "invalid_request_error"
    assert param in error.value.message or code == "too_many_images"


def test_models(client: openai.OpenAI, complete: Complete) -> None:
    assert [model.id for model in client.models.list()] == ["fake-1", "rule-writer-1"]
    assert client.models.retrieve("fake-1").object == "model"
    for ask_for in (lambda: client.models.retrieve("gpt/9"), lambda: complete(model="gpt")):
        with pytest.raises(openai.NotFoundError) as error:
            ask_for()
        assert error.value.code == "model_not_found"
