"""What a chat completion may be asked, as strict models: nothing is guessed or converted.

What this server can't do is refused by name. What has no bearing on the answer, such as `user`, or
`reasoning_effort` where nothing reasons, is taken and left unread. A parameter that is null counts
as not given, as with OpenAI.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from secondsight.minivlm.server.errors import Refused, missing, unknown_parameter, wrong
from secondsight.minivlm.server.schema import inlined

Body = dict[str, Any]
T = TypeVar("T", bound=BaseModel)

UNREAD = {
    "user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_options", "prompt_cache_retention", "reasoning_effort", "verbosity",
}  # fmt: skip
HARMLESS: dict[str, tuple[object, ...]] = {
    "frequency_penalty": (0,), "presence_penalty": (0,), "logit_bias": ({},),
    "modalities": (["text"],), "store": (False,), "tools": ([],), "tool_choice": ("none", "auto"),
    "parallel_tool_calls": (True, False), "functions": ([],), "function_call": ("none", "auto"),
    "audio": (), "prediction": (), "moderation": (),
    "web_search_options": (),
}  # fmt: skip
"""What is not supported, and the values that ask for nothing and so do no harm."""

PLAINLY = {"missing": missing, "extra_forbidden": unknown_parameter}
SEEDS = 2**63
MOST_TOKENS = 32_768
"""How many tokens all the answers to one request may have together."""


class Strict(BaseModel):
    """A part of a request; what it does not name is left unread."""

    model_config = ConfigDict(strict=True, frozen=True, validate_default=True)


def _needed(why: str) -> Callable[[Any, ValidationInfo], Any]:
    """Return a check that a field is there if the type beside it names it."""

    def check(value: Any, others: ValidationInfo) -> Any:
        if value is None and others.data.get("type") == others.field_name:
            raise ValueError(why)
        return value

    return check


class ImageUrl(Strict):
    """Where an image is."""

    url: str
    detail: Literal["low", "high", "auto", "original"] | None = None


class Part(Strict):
    """A part of a message: what its type names must be there."""

    type: Literal["text", "image_url", "refusal"]
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | None = None

    _is_there = field_validator("text", "refusal", "image_url")(_needed("it is missing"))

    @property
    def words(self) -> str | None:
        """What it says; None if it is an image."""
        return {"text": self.text, "refusal": self.refusal}.get(self.type)


def _in_parts(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class Message(Strict):
    """A message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[list[Part] | None, BeforeValidator(_in_parts)] = None

    @field_validator("content")
    @classmethod
    def _goes_with_role(cls, content: list[Part] | None, others: ValidationInfo) -> list[Part]:
        role = others.data.get("role")
        if content is None and role != "assistant":
            raise ValueError("expected a text, or a list of texts and images")
        if role != "user" and any(part.type == "image_url" for part in content or []):
            raise ValueError("only a message of the role 'user' can show an image")
        return content or []


class NamedSchema(Strict):
    """A JSON schema with its name."""

    name: str = Field(min_length=1)
    definition: Any = Field(None, alias="schema")


class ResponseFormat(Strict):
    """What an answer is to be."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None

    _is_there = field_validator("json_schema")(
        _needed("expected an object with 'name' and 'schema'")
    )


class StreamOptions(Strict):
    """How a stream is sent."""

    model_config = ConfigDict(extra="forbid")
    include_usage: bool = False
    include_obfuscation: bool = False


def _listed(stop: object) -> object:
    return [stop] if isinstance(stop, str) else stop


class Asked(Strict):
    """A request for a chat completion; the names are OpenAI's."""

    model: str
    messages: list[Message] = Field(min_length=1)
    temperature: float = Field(1.0, ge=0, le=2)
    top_p: float = Field(1.0, ge=0, le=1)
    n: int = Field(1, ge=1, le=128)
    seed: int | None = Field(None, ge=-SEEDS, le=SEEDS - 1)
    logprobs: bool = False
    top_logprobs: int = Field(0, ge=0, le=20)
    max_completion_tokens: int | None = Field(None, ge=1)
    max_tokens: int | None = Field(None, ge=1)
    stop: Annotated[list[str], Field(max_length=4), BeforeValidator(_listed)] = []
    response_format: ResponseFormat | None = None
    stream: bool = False
    stream_options: StreamOptions | None = None

    @field_validator("top_logprobs", "max_tokens", "stop", "stream_options")
    @classmethod
    def _fits(cls, value: Any, others: ValidationInfo) -> Any:
        """Refuse what does not go with the other parameters."""
        given, name = others.data, others.field_name
        if name == "stop" and not all(value):
            raise ValueError("expected texts that are not empty")
        if name == "top_logprobs" and value and not given.get("logprobs"):
            raise ValueError("it needs 'logprobs' to be true")
        if name == "stream_options" and value and not given.get("stream"):
            raise ValueError("it needs 'stream' to be true")
        if name == "max_tokens" and value and given.get("max_completion_tokens"):
            raise ValueError("it can't be given together with 'max_completion_tokens'")
        return value

    @property
    def most(self) -> int:
        """How many tokens each answer may have."""
        asked = self.max_tokens or self.max_completion_tokens or MOST_TOKENS
        return min(asked, MOST_TOKENS // self.n)

    @cached_property
    def by_schema(self) -> Body | None:
        """The JSON schema that the answer must obey, if there is one."""
        form = self.response_format
        if form is None or form.type != "json_schema" or form.json_schema is None:
            return None
        return inlined(form.json_schema.definition)

    @property
    def form(self) -> Body | None:
        """The response format as it is read beside the words; None if it asks for nothing."""
        if self.by_schema is not None:
            return {"type": "json_schema", "json_schema": {"schema": self.by_schema}}
        return {"type": "json_object"} if self.as_json else None

    @property
    def as_json(self) -> bool:
        """Whether any JSON object is asked for."""
        return self.response_format is not None and self.response_format.type == "json_object"


def read_request(body: Body) -> Asked:
    """Return a request for a chat completion.

    Raises Refused if a parameter is unknown, unsupported, or has a value that it can't take.
    """
    given = _given(body)
    for name in given.keys() - Asked.model_fields.keys() - UNREAD:
        if name not in HARMLESS:
            raise unknown_parameter(name)
        if given[name] not in HARMLESS[name]:
            text = f"Unsupported parameter: '{name}' is not supported with this model."
            raise Refused(text, param=name, code="unsupported_parameter")
    return checked(Asked, given)


def checked(model: type[T], body: Body) -> T:
    """Return a body as a model.

    Raises Refused if it is none; the error names the first thing that is wrong.
    """
    try:
        return model.model_validate(_given(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if len(first["loc"]) == 1 and first["type"] in PLAINLY:
            raise PLAINLY[first["type"]](str(first["loc"][0])) from None
        why = first["msg"].removeprefix("Value error, ")
        raise wrong(_place(first["loc"]), why[0].lower() + why[1:]) from None


def _given(body: Body) -> Body:
    return {name: value for name, value in body.items() if value is not None}


def _place(parts: tuple[int | str, ...]) -> str:
    """Return where an error is, such as ``messages[0].content``."""
    named = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return "".join(named).removeprefix(".")
