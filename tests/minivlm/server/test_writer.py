import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from minivlm.server.conftest import ended, image, line, lines_of, results, shown, start, until
from minivlm.server.test_chat import schema
from secondsight.minivlm.turns import turns_of
from secondsight.training.llava.conversations import SCHEMA, WRITER

PLAIN = "Two arms trail off a bar. A core glows at its middle."
CAPTION = f"{PLAIN} It lies 61 million light-years away."
ASKED = "Write turns about what is visible, as JSON.\n\nCaption:\n" + CAPTION


def user(content: Any = ASKED) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content}]


def ask(client: openai.OpenAI, messages: Any = None, **said: Any) -> Any:
    asked = {"model": WRITER, "messages": messages or user(), "temperature": 0} | said
    return client.chat.completions.create(**asked)


def turns(completion: Any) -> list[tuple[str, str]]:
    said = json.loads(completion.choices[0].message.content)
    assert list(said) == ["turns"]
    return [(turn["question"], turn["answer"]) for turn in said["turns"]]


def test_it_writes_what_the_rules_say(client: openai.OpenAI) -> None:
    said = ask(client)
    assert turns(said) == turns_of(CAPTION, visible_only=True)
    assert (said.object, said.model) == ("chat.completion", WRITER)
    assert said.choices[0].finish_reason == "stop"
    assert said.id.startswith("chatcmpl-")
    free = ask(client, user(f"Write turns as JSON.\nCaption: {CAPTION}"))
    assert turns(free) == turns_of(CAPTION, visible_only=False)
    assert free.system_fingerprint == said.system_fingerprint


def test_the_word_counts_outside_the_caption_alone(client: openai.OpenAI) -> None:
    caption = f"{CAPTION} A star is visible."
    free = ask(client, user(f"Write turns.\nCaption:\n{caption}"))
    assert turns(free) == turns_of(caption, visible_only=False)
    system = {"role": "system", "content": "Stay with what is VISIBLE."}
    alone = ask(client, [system, *user(f"Write turns.\nCaption:\n{caption}")])
    assert turns(alone) == turns_of(caption, visible_only=True)
    earlier = [*user(), {"role": "assistant", "content": "{}"}]
    again = ask(client, [*earlier, *user(f"Caption:\n{PLAIN}")])
    assert turns(again) == turns_of(PLAIN, visible_only=False)


def test_a_caption_may_hold_lines_and_any_letters(client: openai.OpenAI) -> None:
    caption = 'An „Ångström" glow. 🔭\n\nCaption: two "dots".'
    assert turns(ask(client, user(f"Caption:\n{caption}"))) == turns_of(caption, visible_only=False)


def test_the_same_each_time_whatever_is_drawn(client: openai.OpenAI) -> None:
    first = ask(client).choices[0].message.content
    again = ask(client, temperature=2, seed=5, n=3, logprobs=True)
    assert {choice.message.content for choice in again.choices} == {first}
    assert {one.logprob for one in again.choices[0].logprobs.content} == {0.0}


@pytest.mark.parametrize("form", [{"type": "json_object"}, {"type": "text"}, SCHEMA])
def test_its_form_is_always_json(client: openai.OpenAI, form: Any) -> None:
    assert turns(ask(client, response_format=form)) == turns_of(CAPTION, visible_only=True)


class Spoken(BaseModel):
    """A turn."""

    question: str
    answer: str


class Talk(BaseModel):
    """A client's own model of a reply."""

    turns: list[Spoken]


def test_a_clients_own_schema_of_turns_is_obeyed(client: openai.OpenAI) -> None:
    said = client.chat.completions.parse(model=WRITER, messages=user(), response_format=Talk)
    read = said.choices[0].message.parsed
    assert [(one.question, one.answer) for one in read.turns] == turns_of(
        CAPTION, visible_only=True
    )


@pytest.mark.parametrize("form", [
    schema(category={"type": "string"}),
    schema(turns={"type": "array", "items": {"type": "string"}}),
    schema(turns=SCHEMA["json_schema"]["schema"]["properties"]["turns"], title={"type": "string"}),
    schema(turns=SCHEMA["json_schema"]["schema"]["properties"]["turns"] | {"minItems": 9}),
])  # fmt: skip
def test_any_other_schema_is_refused(client: openai.OpenAI, form: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="writes nothing but 'turns'") as error:
        ask(client, response_format=form)
    assert error.value.code == "invalid_json_schema"


def test_limits_of_length_and_usage(client: openai.OpenAI) -> None:
    whole, short = ask(client), ask(client, max_tokens=9)
    assert short.choices[0].finish_reason == "length"
    assert short.usage.completion_tokens == 9
    said = short.choices[0].message.content
    assert whole.choices[0].message.content.startswith(said)
    assert said != whole.choices[0].message.content
    words = ask(client, user("Caption: a glow.")).usage
    assert words.prompt_tokens == 5
    assert words.total_tokens == words.prompt_tokens + words.completion_tokens


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    chunks = ask(client, stream=True, stream_options={"include_usage": True})
    parts = [one.choices[0].delta.content or "" if one.choices else "" for one in chunks]
    assert "".join(parts) == ask(client).choices[0].message.content


@pytest.mark.parametrize(("messages", "said"), [
    (user("Write turns about a galaxy."), "no line that begins with 'Caption:'"),
    (user("The Caption: a glow."), "no line that begins with 'Caption:'"),
    (user("Caption:\n \n"), "nothing follows 'Caption:'"),
    ([*user(), *user("And now?")], "no line that begins with 'Caption:'"),
    (user([{"type": "text", "text": ASKED}, *shown(image())]), "can't look at an image"),
])  # fmt: skip
def test_what_it_cannot_answer(client: openai.OpenAI, messages: Any, said: str) -> None:
    with pytest.raises(openai.BadRequestError, match=said) as error:
        ask(client, messages)
    assert (error.value.param, error.value.code) == ("messages", "invalid_value")
    assert error.value.type == "invalid_request_error"


def test_each_model_has_its_own_requests(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["fake-1", WRITER]
    assert client.models.retrieve(WRITER).owned_by == "secondsight"
    with pytest.raises(openai.BadRequestError, match="nothing to answer"):
        ask(client, model="fake-1")
    with pytest.raises(openai.NotFoundError, match=f"this server has 'fake-1', '{WRITER}'"):
        ask(client, model="gpt-4")


def test_a_batch_of_its_own(client: openai.OpenAI) -> None:
    bodies = [{"model": WRITER, "messages": user(f"Caption: {n} dots.")} for n in range(3)]
    bodies.append({"model": WRITER, "messages": user("No caption.")})
    lines = [line(number, body=body) for number, body in enumerate(bodies)]
    batch = until(client, start(client, lines_of(lines)).id, ended)
    assert (batch.status, batch.model) == ("completed", WRITER)
    assert batch.request_counts.model_dump() == {"total": 4, "completed": 3, "failed": 1}
    said = {
        one["custom_id"]: one["response"]["body"] for one in results(client, batch.output_file_id)
    }
    assert all("dots." in body["choices"][0]["message"]["content"] for body in said.values())


def test_a_batch_asks_one_model(client: openai.OpenAI) -> None:
    lines = [line(0), line(1, body={"model": WRITER, "messages": user()})]
    batch = until(client, start(client, lines_of(lines)).id, ended)
    assert [error.code for error in batch.errors.data] == ["mismatched_model"]
