"""The parameters of a chat completion: which there are, and what they may be.

What this server can't do is refused by name. What has no bearing on the answer, such as `user`, is
taken and left unread. A parameter that is null counts as not given, as with OpenAI.
"""

from dataclasses import dataclass
from typing import Any

from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.schema import inlined

Body = dict[str, Any]

READ = {
    "model", "messages", "temperature", "top_p", "n", "seed", "logprobs", "top_logprobs",
    "max_tokens", "max_completion_tokens", "stop", "response_format", "stream", "stream_options",
}  # fmt: skip
UNREAD = {
    "user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_options", "prompt_cache_retention",
}  # fmt: skip
HARMLESS: dict[str, tuple[object, ...]] = {
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "store": (False,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "parallel_tool_calls": (True, False),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "audio": (),
    "prediction": (),
    "moderation": (),
    "reasoning_effort": (),
    "verbosity": (),
    "web_search_options": (),
}
"""What is not supported, and the values that ask for nothing and so do no harm."""

MOST_CHOICES = 128
MOST_STOPS = 4
MOST_TOP = 20
SEEDS = 2**63


@dataclass(frozen=True)
class Parameters:
    """How one chat completion is to be answered; the names are OpenAI's."""

    temperature: float
    top_p: float
    n: int
    seed: int | None
    logprobs: bool
    top_logprobs: int
    most: int | None
    stop: tuple[str, ...]
    response_format: Body | None
    stream: bool
    stream_usage: bool

    @property
    def schema(self) -> Body | None:
        """The JSON schema that the answer must obey, if there is one."""
        form = self.response_format or {}
        found: Body | None = form.get("json_schema", {}).get("schema")
        return found

    @property
    def as_json(self) -> bool:
        """Whether any JSON object is asked for."""
        return (self.response_format or {}).get("type") == "json_object"


def read_parameters(body: Body) -> Parameters:
    """Return a request's parameters.

    Raises
    ------
    Refused
        If one is unknown, unsupported, or has a value that it can't take.
    """
    said = {name: value for name, value in body.items() if value is not None}
    _check_names(said)
    logprobs = _flag(said, "logprobs")
    top = _whole(said, "top_logprobs", 0, MOST_TOP)
    if top is not None and not logprobs:
        raise wrong("top_logprobs", "it needs 'logprobs' to be true")
    stream = _flag(said, "stream")
    if "stream_options" in said and not stream:
        raise wrong("stream_options", "it needs 'stream' to be true")
    return Parameters(
        temperature=_number(said, "temperature", 2.0),
        top_p=_number(said, "top_p", 1.0),
        n=_whole(said, "n", 1, MOST_CHOICES) or 1,
        seed=_whole(said, "seed", -SEEDS, SEEDS - 1),
        logprobs=logprobs,
        top_logprobs=top or 0,
        most=_most(said),
        stop=_stop(said.get("stop", [])),
        response_format=_format(said.get("response_format")),
        stream=stream,
        stream_usage=_stream_usage(said.get("stream_options", {})),
    )


def _check_names(said: Body) -> None:
    for name, value in said.items():
        if name in READ or name in UNREAD:
            continue
        if name not in HARMLESS:
            text = f"Unknown parameter: '{name}'."
            raise Refused(text, param=name, code="unknown_parameter")
        if value not in HARMLESS[name]:
            text = f"Unsupported parameter: '{name}' is not supported with this model."
            raise Refused(text, param=name, code="unsupported_parameter")


def _flag(said: Body, name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise wrong(name, "expected true or false")
    return value


def _number(said: Body, name: str, most: float) -> float:
    value = said.get(name, 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise wrong(name, f"expected a number from 0 to {most:g}")
    return float(value)


def _whole(said: Body, name: str, least: int, most: int | None = None) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name, "expected a whole number")
    if value < least or (most is not None and value > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise wrong(name, f"expected a whole number {bounds}")
    return value


def _most(said: Body) -> int | None:
    """Return how many tokens an answer may have."""
    if "max_tokens" in said and "max_completion_tokens" in said:
        raise wrong("max_tokens", "it can't be given together with 'max_completion_tokens'")
    older = _whole(said, "max_tokens", 1)
    return older if older is not None else _whole(said, "max_completion_tokens", 1)


def _stop(value: object) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value
    if (
        not isinstance(stops, list)
        or len(stops) > MOST_STOPS
        or not all(isinstance(stop, str) and stop for stop in stops)
    ):
        raise wrong("stop", f"expected a text, or up to {MOST_STOPS} texts, none empty")
    return tuple(stops)


def _stream_usage(value: object) -> bool:
    known = {"include_usage", "include_obfuscation"}
    if not isinstance(value, dict) or not set(value) <= known:
        raise wrong("stream_options", "expected an object with 'include_usage'")
    return _flag(value, "include_usage")


def _format(value: object) -> Body | None:
    """Return the response format, with the references of its schema put in place."""
    if value is None:
        return None
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "text":
        return None
    if kind == "json_object":
        return {"type": kind}
    if kind != "json_schema" or not isinstance(value, dict):
        expected = "expected 'text', 'json_object' or 'json_schema'"
        raise wrong("response_format.type", expected)
    form = value.get("json_schema")
    if not isinstance(form, dict) or not isinstance(form.get("name"), str) or not form["name"]:
        raise wrong("response_format.json_schema", "expected an object with 'name' and 'schema'")
    return {"type": kind, "json_schema": {**form, "schema": inlined(form.get("schema"))}}
