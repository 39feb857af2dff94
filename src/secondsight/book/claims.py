"""The claim ledger: published statements as data, held against the numbers of this build."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import isnan
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from secondsight import paths
from secondsight.book.results import Result
from secondsight.datasets.published import Number, Published, published, published_number
from secondsight.errors import DataError
from secondsight.inference.models import title
from secondsight.toml import read_toml

ASKED, OWN = "{asked}", "the small local model"
"""What a check's `on` calls the model that was asked here, and who that is as a rule."""
Rule = Literal["prints", "above", "below", "same_as"]
"""``"prints"``: rounded as the published number is, a result equals it. ``"above"``, ``"below"``:
its whole interval lies on that side of the threshold. ``"same_as"``: it equals another result."""


class Verdict(StrEnum):
    """What became of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNTESTABLE = "not testable with this data"


class Check(BaseModel):
    """One number of this build against one claim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: str  # whose answers on what; ``{asked}`` is the model that was asked here
    result: str  # a chapter's number, ``chapter.name``
    rule: Rule
    published: str | None = None  # the published number that the rule compares with
    threshold: float | None = None  # the same, where it is no published number
    other: str | None = None  # the result that ``"same_as"`` compares with
    figure: str | None = None  # the figure's anchor in the chapter
    carried: bool = False  # whether it asks another model than the claim is about: it has no say
    lacking: str = "not defined in this build"  # what to say where the number is not defined

    @model_validator(mode="after")
    def compares_with_something(self) -> "Check":
        """Refuse a rule without what it compares with."""
        needed = {"prints": self.published, "same_as": self.other}
        compared = needed.get(self.rule, self.published or self.threshold)
        if compared is None:
            raise ValueError(f"the rule {self.rule} has nothing to compare {self.result} with")
        return self


class Claim(BaseModel):
    """A published statement in our words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    paper: str  # its name in `data/published.toml`
    where: str  # in the paper
    statement: str
    note: str = ""  # what the verdict rests on, or how we read the statement
    published: list[str] = []  # the published numbers that it states
    check: list[Check] = []
    untestable: str = ""  # why; said exactly where there is no check
    because: dict[str, str] = {}  # in Markdown: what a verdict rests on, by the verdict's name
    arithmetic: bool = False  # whether it only says that printed numbers agree

    def why(self, verdict: Verdict) -> str:
        """Return in a sentence, as Markdown, why this came out; empty if nobody wrote it."""
        reason = self.because.get(verdict.name.lower(), "")
        return reason or (self.untestable if verdict is Verdict.UNTESTABLE else "")

    @model_validator(mode="after")
    def is_checked_or_excused(self) -> "Claim":
        """Refuse a claim with neither check of its own nor reason, or with both."""
        own = [check for check in self.check if not check.carried]
        if bool(own) == bool(self.untestable):
            raise ValueError(f"{self.id} needs either a check or a reason why not")
        return self


class Ledger(BaseModel):
    """All claims."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: list[Claim]


@dataclass(frozen=True)
class Judged:
    """A check and what came out."""

    check: Check  # what was compared
    result: Result  # this build's number
    verdict: Verdict  # what follows
    why: str = ""  # in words, where the verdict is not plain from the numbers

    @property
    def on(self) -> str:
        """Whose answers on what, for a reader."""
        asked = title(self.result.model) if self.result.model else OWN
        return self.check.on.replace(ASKED, asked)


@cache
def claims(path: Path = paths.CLAIMS) -> list[Claim]:
    """Return every claim in `data/claims.toml`.

    Raises a DataError if a claim names a paper or a number that `data/published.toml` does not
    hold.
    """
    listed = read_toml(path, Ledger).claim
    known = published()
    for claim in listed:
        _check_names(claim, known)
    return listed


def _check_names(claim: Claim, known: Published) -> None:
    if claim.paper not in known.paper:
        raise DataError(
            f"the claim {claim.id} names the paper {claim.paper!r}, which is not listed"
        )
    for name in [*claim.published, *(check.published for check in claim.check)]:
        if name is not None:
            published_number(name)


def judge(check: Check, results: dict[str, Result]) -> Judged:
    """Hold a check against this build's results; nothing follows from one that is not defined.

    Raises a DataError if no chapter gave the result that the check names.
    """
    result = _result(check.result, results)
    if isnan(result.value):
        return Judged(check, result, Verdict.UNTESTABLE, check.lacking)
    if check.rule == "prints":
        printed = _published(check)
        equal = round(result.value, printed.decimals) == printed.value
        return Judged(check, result, Verdict.HOLDS if equal else Verdict.FAILS)
    if check.rule == "same_as":
        equal = result.value == _result(str(check.other), results).value
        return Judged(check, result, Verdict.HOLDS if equal else Verdict.FAILS)
    return _judge_side(check, result)


def _judge_side(check: Check, result: Result) -> Judged:
    threshold = _published(check).value if check.threshold is None else check.threshold
    low = result.value if result.low is None else result.low
    high = result.value if result.high is None else result.high
    over, under = low > threshold, high < threshold
    if not over and not under:
        why = f"the interval includes {threshold:g}"
        return Judged(check, result, Verdict.UNTESTABLE, why)
    holds = over if check.rule == "above" else under
    return Judged(check, result, Verdict.HOLDS if holds else Verdict.FAILS)


def _published(check: Check) -> Number:
    return published_number(str(check.published))


def _result(name: str, results: dict[str, Result]) -> Result:
    try:
        return results[name]
    except KeyError:
        raise DataError(f"no chapter gave the result {name!r}: run make book") from None


def verdicts(claim: Claim, results: dict[str, Result]) -> list[Judged]:
    """Return every check of a claim, judged."""
    return [judge(check, results) for check in claim.check]


def tally(judged: list[Judged]) -> str:
    """Return a claim's verdict in words: where some checks hold and some don't, how many do."""
    own = [check for check in judged if not check.check.carried]
    holds = sum(check.verdict is Verdict.HOLDS for check in own)
    if 0 < holds < len(own):
        return f"holds in {holds} of {len(own)}"
    return str(overall(judged))


def carries(judged: list[Judged]) -> str:
    """Return in how many checks on other models the claim holds, in words; empty without any."""
    others = [check for check in judged if check.check.carried]
    if not others:
        return ""
    holds = sum(check.verdict is Verdict.HOLDS for check in others)
    checks = "check" if len(others) == 1 else "checks"
    return f"other models, no evidence on this one: pass {holds} of {len(others)} {checks}"


def overall(judged: list[Judged]) -> Verdict:
    """Return the verdict over a claim's own checks: one that fails makes it fail.

    Without a check of its own that decides, a claim is not testable.
    """
    given = {check.verdict for check in judged if not check.check.carried}
    if Verdict.FAILS in given:
        return Verdict.FAILS
    return Verdict.HOLDS if Verdict.HOLDS in given else Verdict.UNTESTABLE
