"""The parts of the book's pages that this build computes: the ledger, its summary, the sources.

Each function returns Markdown that a page in `book/` includes.
"""

import re
from collections.abc import Iterable
from html import escape
from math import isnan
from pathlib import Path

import pandas as pd

from secondsight import paths
from secondsight.book.claims import (
    Check,
    Claim,
    Judged,
    Verdict,
    carries,
    claims,
    overall,
    tally,
    verdicts,
)
from secondsight.book.results import Result
from secondsight.book.scroll_box import scrolling
from secondsight.datasets import sources
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published, published_number
from secondsight.errors import DataError
from secondsight.inference.models import title

MILLION = 1_000_000
SHOWN = 2
"""Checks of a claim that the front page shows before one asks for more."""
_GAP = re.compile(r"\{\{ ([\w.]+) \}\}")
_HEADING_ALONE = re.compile(r"^\*\*[^\n]*\n++(?!- )", re.MULTILINE)
MARK = {Verdict.HOLDS: "holds", Verdict.FAILS: "fails", Verdict.UNTESTABLE: "untestable"}


def ledger(results: dict[str, Result]) -> str:
    """Return every claim with its checks and verdicts, paper by paper."""
    parts: list[str] = []
    for name, paper in published().paper.items():
        of_paper = [claim for claim in claims() if claim.paper == name]
        if of_paper:
            parts.append(f"## {paper.title}\n\n{paper.citation}\n")
            parts.extend(_claim(claim, verdicts(claim, results)) for claim in of_paper)
    return "\n".join(parts)


def summary(results: dict[str, Result]) -> str:
    """Return the front page's table of the claims that could be tested, and how many could not."""
    judged = {claim.id: verdicts(claim, results) for claim in claims()}
    tested = [claim for claim in claims() if judged[claim.id]]
    rows = "".join(_summary_row(claim, judged[claim.id]) for claim in tested)
    head = "<tr><th>claim</th><th>published</th><th>here</th><th>verdict</th></tr>"
    marks = " ".join(f"{_mark(origin)}&nbsp;{escape(origin)}" for origin in Origin)
    rest = f"{len(judged) - len(tested)} more claims have no check here and stand below"
    legend = f'<p class="ss-where">{marks}. Brackets hold 95% intervals. {rest}.</p>'
    return f"{_tally(judged.values())}\n\n{html_table(head, rows, 'ss-summary')}{legend}\n"


def findings(results: dict[str, Result]) -> str:
    """Return the book's findings: `book/findings.md` with this build's numbers filled in, short.

    What it says of the book's own model, or of its own sky, is left out where this build shows
    another model, other images, or nothing.

    Raises a DataError if the page names a result that no chapter gave.
    """

    def number(match: re.Match[str]) -> str:
        if match[1] not in results:
            raise DataError(f"book/findings.md names {match[1]!r}, which no chapter gives")
        return f"{{number}}`{match[1]}`"

    page = (paths.BOOK / "findings.md").read_text(encoding="utf-8")
    lines = _below_headings(page, results)
    kept = [line for line, named, simulated in lines if not _is_other(named, simulated)]
    text = _GAP.sub(number, "\n".join(kept))
    if len(kept) == len(lines):
        return text
    return f"{_HEADING_ALONE.sub('', text).rstrip()}\n{_note(lines)}"


Below = list[tuple[str, list[Result], bool]]
"""Lines, the results that each names, and whether it stands under a heading of a simulated sky."""


def _below_headings(page: str, results: dict[str, Result]) -> Below:
    lines: Below = []
    simulated = False
    for line in page.split("\n"):
        simulated = "simulated sky" in line if line.startswith("**") else simulated
        named = [results[name] for name in _GAP.findall(line) if name in results]
        lines.append((line, named, simulated))
    return lines


def _is_other(named: list[Result], simulated: bool) -> bool:
    """Whether a finding names what is missing, another model's, or of other images than it says."""
    return _of_other_images(named, simulated) or any(
        isnan(result.value) or result.model for result in named
    )


def _of_other_images(named: list[Result], simulated: bool) -> bool:
    return simulated and any(result.origin is Origin.REAL_SKY for result in named)


def _note(lines: Below) -> str:
    """Return in a sentence what this build shows instead; empty where a number is just missing."""
    models = {title(result.model) for _, named, _ in lines for result in named if result.model}
    shown = [f"answers of {model}" for model in sorted(models)]
    if any(_of_other_images(named, simulated) for _, named, simulated in lines):
        shown.append("other images than the book's own")
    if not shown:
        return ""
    return (
        f"\nThis copy of the book shows {' and '.join(shown)}. What that leads to stands in the "
        "chapters and in the [claim ledger](claims.md). Findings that were written for the book's "
        "own small model on its own images are left out here.\n"
    )


def source_table() -> str:
    """Return the table of outside files with licence and citation."""
    names = ("name", "what", "size", "checked by", "licence", "from")
    head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(source.what)}</td>"
        f"<td>{sources.size_of([source, *others])}</td><td>{source.hash_kind}{_doubt(source)}</td>"
        f"<td>{escape(source.licence)}</td>"
        f'<td><a href="{escape(source.url)}">{escape(source.citation)}</a></td></tr>'
        for name, (source, *others) in sources.groups().items()
    )
    return html_table(head, rows, "ss-sources") + "\n"


def _doubt(source: sources.Source) -> str:
    return f" <small>({source.doubt})</small>" if source.doubt else ""


def times(folder: Path = paths.ROOT / "_build" / "times") -> str:
    """Return the table of how long each chapter took in this build, and its peak of memory."""
    rows = []
    for path in sorted(folder.glob("*.tsv")):
        measured = pd.read_csv(path, sep="\t").iloc[-1]
        rows.append(
            f"<tr><td>{escape(path.stem)}</td><td>{float(measured['s']):.0f}</td>"
            f"<td>{_megabytes(measured['max_rss'])}</td></tr>"
        )
    head = "<tr><th>chapter</th><th>seconds</th><th>peak memory / MB</th></tr>"
    return html_table(head, "".join(rows), "ss-times") + "\n"


def _megabytes(measured: object) -> str:
    number = pd.to_numeric(pd.Series([measured]), errors="coerce").iloc[0]
    return "not measured" if pd.isna(number) else f"{number:.0f}"


def _tally(judged: Iterable[list[Judged]]) -> str:
    each = [overall(checks) for checks in judged]
    holds, fails = each.count(Verdict.HOLDS), each.count(Verdict.FAILS)
    failing = f"**{fails}** {'fails' if fails == 1 else 'fail'} at least one check"
    return (
        f"Of **{len(each)}** published claims **{holds}** hold with what we have, {failing}, and "
        f"**{len(each) - holds - fails}** can't be decided with this data. Where other models than "
        "the paper's were asked too, the last column says how many checks on them pass; they "
        "have no say in the verdict, and are no evidence on the paper's model."
    )


def _claim(claim: Claim, judged: list[Judged]) -> str:
    why = f'<p class="ss-why">{escape(claim.untestable)}</p>' if claim.untestable else ""
    note = f'<p class="ss-why">{escape(claim.note)}</p>' if claim.note else ""
    body = why + note + (_checks(judged) if judged else "")
    return (
        f'<section class="ss-claim" id="claim-{escape(claim.id)}">'
        f"<p><strong>{escape(claim.statement)}</strong> {_verdict(judged)}</p>"
        f'<p class="ss-where">{escape(claim.where)}{_printed(claim)}</p>{body}</section>\n'
    )


def _printed(claim: Claim) -> str:
    if not claim.published:
        return ""
    return "; printed: " + ", ".join(str(published_number(name)) for name in claim.published)


def _checks(judged: list[Judged]) -> str:
    head = (
        "<tr><th>checked on</th><th>compared with</th><th>here</th><th>origin</th>"
        "<th>verdict</th></tr>"
    )
    return html_table(head, "".join(map(_check_row, judged)), "ss-checks")


def _check_row(check: Judged) -> str:
    why = f" <small>{escape(check.why)}</small>" if check.why else ""
    return (
        f"<tr><td>{escape(check.on)}</td><td>{escape(compared_with(check.check))}</td>"
        f"<td>{_link(check)}</td><td>{escape(check.result.origin)}</td>"
        f"<td>{badge(check.verdict)}{why}</td></tr>"
    )


def compared_with(check: Check) -> str:
    """Return what a check compares with, in words."""
    if check.rule == "prints":
        return f"printed {published_number(str(check.published))}"
    if check.rule == "same_as":
        return "the same count"
    threshold = check.threshold
    if threshold is None:
        threshold = published_number(str(check.published)).value
    if check.rule == "above" and threshold >= MILLION:
        return f"more than {threshold / MILLION:g} million"
    return f"{check.rule} {threshold:g}"


def _link(judged: Judged) -> str:
    chapter = judged.check.result.split(".")[0]
    shown = judged.check.figure and not isnan(judged.result.value)
    anchor = f"#fig-{judged.check.figure}" if shown else ""
    nobodys = isnan(judged.result.value) and "lacking" in judged.check.model_fields_set
    text = "not available" if nobodys else judged.result.text
    link = f'<a href="../notebooks/{chapter}.html{anchor}">{escape(text)}</a>'
    return f"{_mark(judged.result.origin)}&nbsp;{link}"


def _mark(origin: Origin) -> str:
    """Return an origin's mark, the one that figures use, named for a screen reader."""
    kind = origin.name.lower().replace("_", "-")
    words = escape(origin)
    return (
        f'<span class="ss-origin ss-{kind}" role="img" aria-label="{words}" title="{words}"></span>'
    )


def _summary_row(claim: Claim, judged: list[Judged]) -> str:
    items = [f"<li>{escape(check.on)}: {_link(check)}</li>" for check in judged]
    here = f"<ul>{''.join(items[:SHOWN])}</ul>"
    if items[SHOWN:]:
        more = f"<summary>and {len(items) - SHOWN} more</summary>"
        here += f"<details>{more}<ul>{''.join(items[SHOWN:])}</ul></details>"
    printed = ", ".join(str(published_number(name)) for name in claim.published) or "in words"
    return (
        f'<tr><td><a href="claims.html#claim-{escape(claim.id)}">{escape(claim.statement)}</a></td>'
        f"<td>{escape(printed)}</td><td>{here}</td><td>{_verdict(judged)}</td></tr>"
    )


def _verdict(judged: list[Judged]) -> str:
    shown = badge(overall(judged), tally(judged))
    others = carries(judged)
    return f'{shown} <span class="ss-carries">{escape(others)}</span>' if others else shown


def badge(verdict: Verdict, words: str | None = None) -> str:
    """Return a verdict, or the words for it, as the book's pages show it."""
    return f'<span class="ss-verdict ss-{MARK[verdict]}">{escape(words or verdict)}</span>'


def html_table(head: str, rows: str, kind: str) -> str:
    """Return a table that scrolls sideways where it is wide, also by keyboard."""
    parts = f"<thead>{head}</thead><tbody>{rows}</tbody>"
    return scrolling(f'<table class="ss-table {kind}">{parts}</table>', "table")
