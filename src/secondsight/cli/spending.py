"""Whether a command may spend: what it can cost, a ceiling, and the question before it."""

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from operator import itemgetter
from urllib.parse import urlsplit

from secondsight import paths
from secondsight.cli.shell import errors
from secondsight.errors import ParameterError
from secondsight.inference.budget import Budget
from secondsight.inference.client import is_this_machine
from secondsight.inference.cost import Quote, at_worst, dollars, unpriced
from secondsight.inference.models import known, price_of
from secondsight.inference.recording_plan import is_own, read_plan


def may_cost(model: str, base_url: str | None) -> bool:
    """Whether asking may cost money: a price is known, or the endpoint is another machine."""
    return price_of(model) is not None or not _is_here(base_url)


def budget_of(usd: float | None, model: str) -> Budget:
    """Return what may be spent; without a ceiling, anything.

    Raises a ParameterError if there is a ceiling and no price by which it could be kept.
    """
    if usd is None:
        return Budget()
    if price_of(model) is None and is_own(model):
        raise ParameterError(f"{unpriced(model)}: leave --max-usd out")
    if price_of(model) is None:
        raise ParameterError(
            f"no ceiling can be kept: no price is known for {model}; look it up and add it to "
            f"{paths.shown(paths.MODELS)}"
        )
    return Budget(usd)


def did_you_mean(model: str) -> str:
    """Return that a model's name is nobody's that is known here, and whose it is like; or ""."""
    own = read_plan().model
    if model == own or price_of(model) is not None:
        return ""
    like = get_close_matches(model, [own, *(price.match for price in known().price)], n=1)
    way_out = f"did you mean {like[0]}?" if like else f"the model on this machine is {own}"
    return f"{model} is no model on this machine, and of no known price: {way_out}"


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
