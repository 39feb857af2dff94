"""A ceiling on what is spent: what is billed, and the worst case of what is under way."""

import math
from dataclasses import dataclass, field

from secondsight.errors import ParameterError

CENT = 1e-9
"""What sums of prices may be off by."""


@dataclass
class Budget:
    """So much may be spent, and not more; for one event loop, which nothing here waits in.

    Before a request is put its worst case is taken; when its reply is there, what was taken is
    settled with what was billed. So the ceiling holds if no bill is higher than what was taken.

    Raises ParameterError if the ceiling is negative or not a number.
    """

    usd: float = math.inf  # the ceiling, in US dollars; infinite if there is none
    spent: float = field(default=0.0, init=False)  # what was billed
    reserved: float = field(default=0.0, init=False)  # what is under way costs at most
    _recalled: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        if not self.usd >= 0:
            raise ParameterError(f"the ceiling must be 0 USD or more, not {self.usd}")

    def take(self, usd: float) -> bool:
        """Reserve so much, and return whether there was room for it below the ceiling."""
        if self.spent + self.reserved + usd > self.usd + CENT:
            return False
        self.reserved += usd
        return True

    def settle(self, taken: float, spent: float) -> None:
        """Put what was billed in the place of what was taken for it."""
        self.reserved = max(self.reserved - taken, 0.0)
        self.spent += spent

    def recall(self, name: str, spent: float, reserved: float) -> None:
        """Count what earlier processes spent and left under way; what is of one name, once."""
        if name not in self._recalled:
            self._recalled.add(name)
            self.spent += spent
            self.reserved += reserved

    @property
    def room(self) -> float:
        """What may still be taken."""
        return max(self.usd - self.spent - self.reserved, 0.0)
