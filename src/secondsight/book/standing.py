"""What stands, what falls and what can't be decided: the claims in short.

Each function returns Markdown that a page in `book/` includes.
"""

import re
from html import escape

from secondsight.book.claims import Claim, Verdict, claims, overall, tally, verdicts
from secondsight.book.results import Result
from secondsight.datasets.published import published

_SENTENCE = re.compile(r"(?<=\.) ")
EXAMPLES = ("llava-below-gpt4o", "above-80", "dwarf-known")
"""The claims that stand for others of the same verdict, where they have it."""
STANDING = {
    Verdict.HOLDS: "Borne out",
    Verdict.FAILS: "Not borne out",
    Verdict.UNTESTABLE: "Can't be decided with what we have",
}


def standing(results: dict[str, Result]) -> str:
    """Return in a sentence each what stands, what falls and what can't be decided."""
    lines, said = [], set[str]()
    for verdict, words in STANDING.items():
        those = _of_verdict(verdict, results)
        if those:
            example = min(those, key=lambda claim: claim.id not in EXAMPLES)
            such = "For instance" if those[1:] else "Namely"
            told = example.note or example.untestable
            notes = [note for note in _SENTENCE.split(told) if note not in said]
            said.update(notes)
            heading = f"{words}: {len(those)} of {len(claims())} claims"
            lines.append(
                f"- **{heading}{_arithmetic(those)}.** {such}: {_link(example)}"
                f"{_how_far(example, results)}. "
                f"{escape(' '.join(notes))}".rstrip()
            )
    return "\n".join(lines) + "\n"


def in_a_line(results: dict[str, Result]) -> str:
    """Return every claim in a line, by verdict, with why it stands, falls or stays open."""
    parts = []
    for verdict, words in STANDING.items():
        those = _of_verdict(verdict, results)
        for kind in (False, True):
            own = [claim for claim in those if claim.arithmetic is kind]
            if own:
                what = ", as arithmetic" if kind else ""
                parts.append(f"**{words}{what}: {len(own)}**\n\n{_by_reason(own, verdict)}\n")
    return "\n".join(parts)


def _by_reason(those: list[Claim], verdict: Verdict) -> str:
    """Return a line a claim; those for which one reason is given stand below it."""
    reasons: dict[str, list[Claim]] = {}
    for claim in those:
        reasons.setdefault(claim.why(verdict), []).append(claim)
    lines = []
    for reason, own in reasons.items():
        if own[1:]:
            lines += [f"- {reason}", *(f"  - {_link(claim)} {_paper(claim)}" for claim in own)]
        else:
            lines.append(f"- {_link(own[0])} {_paper(own[0])}. {reason}".rstrip())
    return "\n".join(lines)


def _of_verdict(verdict: Verdict, results: dict[str, Result]) -> list[Claim]:
    return [claim for claim in claims() if overall(verdicts(claim, results)) is verdict]


def _arithmetic(those: list[Claim]) -> str:
    count = sum(claim.arithmetic for claim in those)
    return f", {count} of them arithmetic" if count else ""


def _how_far(claim: Claim, results: dict[str, Result]) -> str:
    """Return in how many of its checks a claim holds, if that is not all or none of them."""
    told = tally(verdicts(claim, results))
    return f" ({told} checks)" if told.startswith("holds in") else ""


def _paper(claim: Claim) -> str:
    """Return in brackets whose claim it is: who wrote the paper, or what was released."""
    paper = published().paper[claim.paper]
    cited, named = (text.partition(",")[0] for text in (paper.citation, paper.title))
    return f"({escape(named if cited.startswith('github.com/') else cited)})"


def _link(claim: Claim) -> str:
    statement = escape(claim.statement.rstrip("."))
    return f'<a href="claims.html#claim-{escape(claim.id)}">{statement}</a>'
