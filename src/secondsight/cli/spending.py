"""Whether a command may spend: what it can cost, a ceiling, and the question before it."""

import sys
from collections.abc import Iterable
from operator import itemgetter
from urllib.parse import urlsplit

from secondsight import paths
from secondsight.cli.shell import errors
from secondsight.errors import ParameterError
from secondsight.inference.budget import Budget
from secondsight.inference.client import is_this_machine
from secondsight.inference.cost import Quote, at_worst, dollars
from secondsight.inference.models import price_of


def may_cost(model: str, base_url: str | None) -> bool:
    """Whether asking may cost money: a price is known, or the endpoint is another machine."""
    return price_of(model) is not None or not _is_here(base_url)


def budget_of(usd: float | None, model: str) -> Budget:
    """Return what may be spent; without a ceiling, anything.

    Raises a ParameterError if there is a ceiling and no price by which it could be kept.
    """
    if usd is None:
        return Budget()
    if price_of(model) is None:
        raise ParameterError(
            f"no ceiling can be kept: no price is known for {model}; look it up and add it to "
            f"{paths.shown(paths.MODELS)}"
        )
    return Budget(usd)


def check_room(budget: Budget, quotes: Iterable[Quote], *, batch: bool = False) -> None:
    """Raise a ParameterError if not one of the requests fits under the ceiling."""
    worst, cheapest = min(((each.most(batch=batch), each) for each in quotes), key=itemgetter(0))
    if worst > budget.room:
        raise ParameterError(
            f"not even one request fits under the ceiling of {dollars(budget.usd)} USD: "
            f"{at_worst(cheapest.request, worst)}"
        )


def ask_to_spend() -> None:
    """Go on only if the user wants to pay; raises a ParameterError if not, or nobody is here."""
    if not sys.stdin.isatty():
        raise ParameterError("nobody is here to say whether to spend that: say it with --yes")
    errors.print("Ask that? [y/N] ", end="", markup=False)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise ParameterError("nothing was asked")


def _is_here(base_url: str | None) -> bool:
    """Whether an address is on this machine; none is a server of our own."""
    return base_url is None or is_this_machine(urlsplit(base_url).hostname)
