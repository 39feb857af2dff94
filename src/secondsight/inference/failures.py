"""What a request failed of, in one line: without the key and without what a terminal obeys."""

import openai

from secondsight.errors import plain_line

SHORTEST_KEY = 8
"""What is shorter is a word that stands for a key, and may occur in any answer."""


def blacked_out(text: str, key: str) -> str:
    """Return `text` without the key, should an endpoint have repeated it."""
    return text.replace(key, "[key]") if len(key) >= SHORTEST_KEY else text


NO_SUCH = frozenset(
    {"insufficient_quota", "unsupported_parameter", "unsupported_value", "unknown_parameter"}
)
"""What an endpoint calls a mistake that every request of a run has in common."""


def is_hopeless(error: openai.APIStatusError) -> bool:
    """Whether no request of this kind can succeed."""
    status = error.status_code
    return status in {401, 403, 404} or status < 400 or error.code in NO_SUCH


def is_for_good(error: openai.APIStatusError) -> bool:
    """Whether the endpoint will never answer this request, though it may answer others."""
    return error.status_code in {400, 413, 415, 422} and not is_hopeless(error)


def plain_words(error: Exception, key: str = "") -> str:
    """Return a client's error as one line, without the key and without what a terminal obeys."""
    if isinstance(error, openai.APIStatusError):
        return f"the endpoint answered {error.status_code}: {_why(error, key)}"
    if isinstance(error, openai.APITimeoutError):
        return "the endpoint did not answer in time"
    if isinstance(error, openai.APIConnectionError):
        asked = error.request.url
        return f"no connection to {asked.host}:{asked.port or asked.scheme}, or it broke off"
    return plain_line(blacked_out(str(error), key))[:200]


def _why(error: openai.APIStatusError, key: str) -> str:
    if error.status_code < 400:
        where = blacked_out(error.response.headers.get("location", "nowhere"), key)
        return f"it points to {plain_line(where)[:200]}; if you trust that, name it in base_url"
    why = blacked_out(str(_told(error.body) or error.message), key)
    return plain_line(why.strip().splitlines()[0] if why.strip() else "nothing")[:200]


def _told(body: object) -> object:
    """Return what an error's body says: OpenAI's `message`, FastAPI's `detail`, or a bare text."""
    return body.get("message") or body.get("detail") if isinstance(body, dict) else body
