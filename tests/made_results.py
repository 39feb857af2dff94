"""Results that no chapter computed, for tests of what reads them."""

from secondsight.book.claims import claims
from secondsight.book.results import Result
from secondsight.datasets.origins import Origin


def result(value: float, low: float | None = None, high: float | None = None) -> Result:
    """Return a number, with an interval if its ends are given."""
    return Result(
        value=value,
        low=low,
        high=high,
        n=0 if low is None else 500,
        method="" if low is None else "Wilson",
        origin=Origin.ELSEWHERE,
        text=f"{value:.3f}",
    )


def for_every_claim(value: float = 0.5) -> dict[str, Result]:
    """Return a result for each name that the ledger asks for."""
    checks = [check for claim in claims() for check in claim.check]
    names = {check.result for check in checks} | {check.other for check in checks if check.other}
    return {name: result(value, value - 0.02, value + 0.02) for name in sorted(names)}
