"""Who answers: the models of one server, by the names that a client asks for."""

from collections.abc import Sequence

from secondsight.minivlm.server.chat import Chat
from secondsight.minivlm.server.errors import Refused, missing
from secondsight.minivlm.server.requests import Body
from secondsight.minivlm.server.writer import Writer


class Answerers:
    """Every model of a server, called from several threads; no two are of one name."""

    def __init__(self, *answerers: Chat | Writer) -> None:
        self._by_name = {answerer.name: answerer for answerer in answerers}
        self.names = list(self._by_name)

    def answer(self, body: Body) -> Body:
        """Return the chat completion of the model that a request names.

        Raises Refused if there is no such model, or it can't answer; the error says why.
        """
        return self._by_name[self.check(body.get("model"))].answer(body)

    def check(self, name: object) -> str:
        """Return a model's name, and refuse any that there isn't."""
        if not isinstance(name, str) or not name:
            raise missing("model")
        if name not in self._by_name:
            text = unknown(name, self.names)
            raise Refused(text, status=404, param="model", code="model_not_found")
        return name


def unknown(name: str, names: Sequence[str]) -> str:
    """Return what is said of a model that there isn't."""
    known = ", ".join(f"'{other}'" for other in names)
    return f"The model '{name}' does not exist: this server has {known}."
