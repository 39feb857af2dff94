"""What the server refuses: in OpenAI's shape to a client, as one line to who starts it."""

from typing import Any

from secondsight.errors import SecondSightError

LONGEST = 500
"""How much of an error is told: a client's own words in it may be very long."""


class ServerError(SecondSightError):
    """The server can't start, or can't keep its files."""


class Refused(Exception):
    """A request that is answered with an error.

    Attributes
    ----------
    message : str
        What is wrong, for a person.
    status : int
        The HTTP status.
    param : str or None
        The parameter that is wrong, such as ``"messages[0].content"``.
    code : str or None
        What is wrong, for a program.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.param = _shown(message), param and _shown(param)
        self.status, self.code = status, code

    @property
    def body(self) -> dict[str, Any]:
        """The reply's body."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        told = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": told}


def _shown(text: str) -> str:
    """Return a text that can be written and is not too long."""
    kept = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return kept.encode(errors="replace").decode()


def wrong(param: str, why: str) -> Refused:
    """Return the error for a parameter's value that can't be taken."""
    return Refused(f"Invalid '{param}': {why}.", param=param, code="invalid_value")


def missing(param: str) -> Refused:
    """Return the error for a parameter that must be given."""
    text = f"Missing required parameter: '{param}'."
    return Refused(text, param=param, code="missing_required_parameter")


def unknown_parameter(param: str) -> Refused:
    """Return the error for a parameter that there isn't."""
    return Refused(f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")


def fault() -> Refused:
    """Return the error for what is not the client's doing; details stay with the server."""
    return Refused("The server had a fault; what went wrong is in its own output.", status=500)
