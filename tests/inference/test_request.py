import hashlib
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made import image, request
from pydantic import ValidationError

from secondsight.inference.request import (
    IMAGE,
    Image,
    Message,
    Request,
    Sampling,
    Template,
    Text,
    key_of,
)

TRAPS = ['"repeat":0', '"sha256":"', f'"sha256":"{IMAGE}"', "\\", '"', "\u2028", "🔭", "\x00"]
prompts = st.lists(st.one_of(st.text(), st.sampled_from(TRAPS)), max_size=5).map("".join)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.text(),
    st.sampled_from(TRAPS),
)
formats = st.dictionaries(
    st.one_of(st.text(), st.sampled_from(["repeat", "sha256", "type"])),
    st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)
temperatures = st.none() | st.floats(0, 2, allow_nan=False)
details = st.sampled_from([None, "low", "high", "auto"])
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    about = Image(sha256=IMAGE, detail=draw(details))
    content: list[Text | Image] = [Text(text=draw(prompts)), about, Text(text=draw(prompts))]
    messages = [Message(role="user", content=tuple(draw(st.permutations(content))))]
    if draw(st.booleans()):
        messages.insert(0, Message(role="system", content=(Text(text=draw(prompts)),)))
    return Request(
        model=draw(st.text(min_size=1)),
        messages=tuple(messages),
        sampling=Sampling(
            temperature=draw(temperatures), seed=draw(st.none() | st.integers(0, 10))
        ),
        response_format=draw(st.none() | formats),
    )


@given(requests(), hashes, st.integers(0, 10_000))
def test_a_template_gives_the_requests_own_key(asked: Request, sha256: str, repeat: int) -> None:
    template = Template(asked)
    filled = asked.about(sha256, repeat)
    assert template.canonical(sha256, repeat) == filled.canonical()
    assert template.key(sha256, repeat) == filled.key


def test_a_template_holds_in_a_response_format_that_looks_like_a_request() -> None:
    trap = {"repeat": 0, "sha256": IMAGE, "image": {"sha256": IMAGE, "repeat": 0}}
    asked = request('"repeat":0 "sha256":"', response_format=trap)
    assert Template(asked).key(image(3), 2) == asked.about(image(3), 2).key


@given(requests())
def test_the_same_content_has_the_same_key(asked: Request) -> None:
    again = Request.model_validate_json(asked.model_dump_json())
    assert again is not asked
    assert again.key == asked.key


def shuffled(value: Any) -> Any:
    """Return nested dicts with their members in the opposite order."""
    if isinstance(value, dict):
        return {name: shuffled(inner) for name, inner in reversed(value.items())}
    return [shuffled(inner) for inner in value] if isinstance(value, list) else value


@given(requests())
def test_the_order_of_members_does_not_count(asked: Request) -> None:
    turned = Request.model_validate(shuffled(asked.model_dump(mode="json")))
    assert turned.canonical() == asked.canonical()


@given(requests())
def test_the_canonical_form_is_json_of_what_was_asked(asked: Request) -> None:
    told = json.loads(asked.canonical())
    sampling = told.pop("sampling", {})
    assert sampling == asked.sampling.model_dump(exclude_none=True)
    assert told.pop("response_format", None) == asked.response_format
    assert told["model"] == asked.model
    assert set(told) == {"model", "messages", "repeat"}


CHANGES: dict[str, Any] = {
    "model": "sky-2",
    "repeat": 1,
    "response_format": {"type": "json_object"},
    "messages": request("What is that?").messages,
    "sampling": Sampling(temperature=0.5),
}


@pytest.mark.parametrize("field", Request.model_fields)
def test_every_field_changes_the_key(field: str) -> None:
    changed = request().model_copy(update={field: CHANGES[field]})
    assert changed.key != request().key


SAID: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.9,
    "max_tokens": 7,
    "max_completion_tokens": 7,
    "seed": 1,
    "reasoning_effort": "low",
    "logprobs": True,
    "top_logprobs": 2,
}


@pytest.mark.parametrize("field", Sampling.model_fields)
def test_every_sampling_field_changes_the_key(field: str) -> None:
    keys = {request(sampling=Sampling(**said)).key for said in ({}, {field: SAID[field]})}
    assert len(keys) == 2


def test_no_two_sampling_fields_share_a_key() -> None:
    fields = ("max_tokens", "max_completion_tokens", "seed", "top_logprobs", "top_p", "temperature")
    assert len({request(sampling=Sampling(**{field: 1})).key for field in fields}) == len(fields)


@given(prompts, prompts)
def test_another_prompt_is_another_key(one: str, other: str) -> None:
    assume(one != other)
    assert request(one).key != request(other).key


@given(hashes, hashes, st.integers(0, 99), st.integers(0, 99))
def test_another_image_or_repeat_is_another_key(
    one: str, other: str, first: int, second: int
) -> None:
    template = Template(request())
    same = (one, first) == (other, second)
    assert (template.key(one, first) == template.key(other, second)) is same


def test_the_detail_and_the_role_count() -> None:
    def of(role: Any, detail: Any) -> bytes:
        message = Message(role=role, content=(Image(sha256=IMAGE, detail=detail),))
        return Request(model="m", messages=(message,)).key

    assert len({of(role, d) for role in ("user", "system") for d in (None, "low", "high")}) == 6


def test_a_temperature_of_nought_is_said_and_none_is_not() -> None:
    assert b'"temperature":0' in request(sampling=Sampling(temperature=0)).canonical()
    assert b"sampling" not in request(sampling=Sampling(temperature=None)).canonical()


def test_a_whole_number_and_its_float_are_the_same_temperature() -> None:
    keys = {request(sampling=Sampling(temperature=value)).key for value in (1, 1.0)}
    assert len(keys) == 1


def test_the_key_stays_as_it_was_on_the_first_day() -> None:
    asked = request("Is it an LSBG? 1 or 0.", "gpt-4o", sampling=Sampling(temperature=0.0))
    expected = (
        '{"messages":[{"content":[{"text":"Is it an LSBG? 1 or 0.","type":"text"},'
        f'{{"sha256":"{image(7)}","type":"image"}}],"role":"user"}}],"model":"gpt-4o",'
        '"repeat":3,"sampling":{"temperature":0}}'
    ).encode()
    assert asked.about(image(7), 3).canonical() == expected
    assert asked.about(image(7), 3).key == hashlib.sha256(expected).digest()
    assert key_of(expected) == hashlib.sha256(expected).digest()


@pytest.mark.parametrize("count", [0, 2])
def test_a_template_asks_about_one_image(count: int) -> None:
    content = (Text(text=f'"sha256":"{IMAGE}"'), *[Image(sha256=IMAGE)] * count)
    asked = Request(model="m", messages=(Message(role="user", content=content),))
    with pytest.raises(ValueError, match=f"this one about {count}"):
        Template(asked)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Sampling(temprature=0.5)  # type: ignore[call-arg]


class LaterSampling(Sampling):
    """Tomorrow's sampling, with one field more."""

    min_p: float | None = None


class LaterRequest(Request):
    """Tomorrow's request, with one field more."""

    sampling: LaterSampling = LaterSampling()
    tools: list[str] | None = None


@given(requests(), hashes)
def test_a_field_added_later_leaves_older_keys_as_they_are(asked: Request, sha256: str) -> None:
    later = LaterRequest.model_validate(asked.model_dump())
    assert later.key == asked.key
    assert Template(later).key(sha256, 1) == Template(asked).key(sha256, 1)
    assert later.model_copy(update={"tools": ["ruler"]}).key != asked.key
