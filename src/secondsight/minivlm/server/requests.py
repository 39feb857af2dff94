"""What a chat completion may be asked, as strict models: nothing is guessed or converted.

What this server can't do is refused by name. What has no bearing on the answer, such as `user`, is
taken and left unread. A parameter that is null counts as not given, as with OpenAI.
"""

from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from secondsight.minivlm.server.errors import Refused, wrong
from secondsight.minivlm.server.schema import inlined

Body = dict[str, Any]
T = TypeVar("T", bound=BaseModel)

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

PLAINLY = {
    "missing": ("missing_required_parameter", "Missing required parameter"),
    "extra_forbidden": ("unknown_parameter", "Unknown parameter"),
}
SEEDS = 2**63
MOST_TOKENS = 32_768
"""How many tokens all the answers to one request may have together."""


def _kind(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else None
    return f"={kind}" if isinstance(kind, str) else None


def _by_type(expected: str) -> Discriminator:
    """Return what tells models apart by their `type`; their tags begin with "="."""
    return Discriminator(_kind, custom_error_type="kind", custom_error_message=expected)


class Strict(BaseModel):
    """A part of a request; what it does not name is left unread."""

    model_config = ConfigDict(strict=True, frozen=True)


class TextPart(Strict):
    """A text in a message."""

    type: Literal["text"]
    text: str


class RefusalPart(Strict):
    """What an assistant would not say."""

    type: Literal["refusal"]
    refusal: str


class ImageUrl(Strict):
    """Where an image is."""

    url: str
    detail: Literal["low", "high", "auto", "original"] | None = None


class ImagePart(Strict):
    """An image in a message."""

    type: Literal["image_url"]
    image_url: ImageUrl


Part = Annotated[
    Annotated[TextPart, Tag("=text")]
    | Annotated[RefusalPart, Tag("=refusal")]
    | Annotated[ImagePart, Tag("=image_url")],
    _by_type("expected 'text' or 'image_url'"),
]
Content = Annotated[
    Annotated[str, Tag("=one")] | Annotated[list[Part], Tag("=several")],
    Discriminator(lambda value: "=several" if isinstance(value, list) else "=one"),
]


class Message(Strict):
    """A message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Content | None = Field(default=None, validate_default=True)

    @field_validator("content")
    @classmethod
    def _said(cls, content: Content | None, others: ValidationInfo) -> Content | None:
        role = others.data.get("role")
        if content is None and role != "assistant":
            raise ValueError("expected a text, or a list of texts and images")
        if role != "user" and _shows(content):
            raise ValueError("only a message of the role 'user' can show an image")
        return content


def _shows(content: Content | None) -> bool:
    parts = content if isinstance(content, list) else []
    return any(isinstance(part, ImagePart) for part in parts)


class AnyText(Strict):
    """A response format that asks for nothing."""

    type: Literal["text"]


class AnyJson(Strict):
    """A response format that asks for some JSON object."""

    type: Literal["json_object"]


class NamedSchema(Strict):
    """A JSON schema with its name."""

    name: str = Field(min_length=1)
    definition: Any = Field(None, alias="schema")


class BySchema(Strict):
    """A response format that asks for JSON by a schema."""

    type: Literal["json_schema"]
    json_schema: NamedSchema


ResponseFormat = Annotated[
    Annotated[AnyText, Tag("=text")]
    | Annotated[AnyJson, Tag("=json_object")]
    | Annotated[BySchema, Tag("=json_schema")],
    _by_type("expected 'text', 'json_object' or 'json_schema'"),
]


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
    stream_options: StreamOptions = StreamOptions()

    @field_validator("top_logprobs", "max_tokens", "stop", "stream_options")
    @classmethod
    def _fits(cls, value: Any, others: ValidationInfo) -> Any:
        """Refuse what does not go with the other parameters."""
        if others.field_name == "top_logprobs" and not others.data.get("logprobs"):
            raise ValueError("it needs 'logprobs' to be true")
        if others.field_name == "max_tokens" and others.data.get("max_completion_tokens"):
            raise ValueError("it can't be given together with 'max_completion_tokens'")
        if others.field_name == "stop" and not all(value):
            raise ValueError("expected texts that are not empty")
        if others.field_name == "stream_options" and not others.data.get("stream"):
            raise ValueError("it needs 'stream' to be true")
        return value

    @property
    def most(self) -> int:
        """How many tokens each answer may have."""
        return min(
            self.max_tokens or self.max_completion_tokens or MOST_TOKENS, MOST_TOKENS // self.n
        )

    @cached_property
    def by_schema(self) -> Body | None:
        """The JSON schema that the answer must obey, if there is one."""
        form = self.response_format
        return inlined(form.json_schema.definition) if isinstance(form, BySchema) else None

    @property
    def form(self) -> Body | None:
        """The response format as it is read beside the words; None if it asks for nothing."""
        if self.by_schema is not None:
            return {"type": "json_schema", "json_schema": {"schema": self.by_schema}}
        return {"type": "json_object"} if self.as_json else None

    @property
    def as_json(self) -> bool:
        """Whether any JSON object is asked for."""
        return isinstance(self.response_format, AnyJson)


def read_request(body: Body) -> Asked:
    """Return a request for a chat completion.

    Raises
    ------
    Refused
        If a parameter is unknown, unsupported, or has a value that it can't take.
    """
    said = _given(body)
    for name in said.keys() - Asked.model_fields.keys() - UNREAD:
        if name not in HARMLESS:
            text = f"Unknown parameter: '{name}'."
            raise Refused(text, param=name, code="unknown_parameter")
        if said[name] not in HARMLESS[name]:
            text = f"Unsupported parameter: '{name}' is not supported with this model."
            raise Refused(text, param=name, code="unsupported_parameter")
    return checked(Asked, said)


def checked(model: type[T], body: Body) -> T:
    """Return a body as a model.

    Raises
    ------
    Refused
        If it is none; the error names the first thing that is wrong.
    """
    try:
        return model.model_validate(_given(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if len(first["loc"]) == 1 and first["type"] in PLAINLY:
            code, text = PLAINLY[first["type"]]
            name = str(first["loc"][0])
            raise Refused(f"{text}: '{name}'.", param=name, code=code) from None
        why = first["msg"].removeprefix("Value error, ")
        raise wrong(_place(first), why[0].lower() + why[1:]) from None


def _given(body: Body) -> Body:
    return {name: value for name, value in body.items() if value is not None}


def _place(error: Any) -> str:
    """Return where an error is, such as ``messages[0].content``."""
    named = [part for part in error["loc"] if not str(part).startswith("=")]
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in named]
    return "".join(parts).removeprefix(".") + (".type" if error["type"] == "kind" else "")
