"""Models side by side: each claim that was asked of a model here, and the headline numbers."""

from collections.abc import Mapping
from html import escape

from secondsight import paths
from secondsight.book.beside import asking_chapters
from secondsight.book.chapter import ASKED_HERE
from secondsight.book.claims import ASKED, Check, Claim, claims, judge
from secondsight.book.pages import badge, compared_with, html_table
from secondsight.book.results import Result
from secondsight.datasets.published import published, published_number
from secondsight.inference.models import title
from secondsight.toml import Entry, read_toml

HEADLINES = paths.DATA / "headlines.toml"
NOT_RECORDED = "not recorded"
Results = dict[str, Result]


class Headline(Entry):
    """A headline number of a chapter that asks a model."""

    what: str
    result: str  # a chapter's number, ``chapter.name``
    published: str | None = None  # the paper's own, of its own model and images


class Headlines(Entry):
    """All of them."""

    headline: list[Headline]


def models_page(columns: Mapping[str, Results]) -> str:
    """Return the Markdown that lays models side by side.

    `columns` holds each model's results, the book's first model first; a chapter that a model has
    no recordings for is absent there.
    """
    first, *others = columns
    claimed = [(claim, check) for claim in claims() for check in claim.check]
    asked = [(claim, check) for claim, check in claimed if _is_asked(check.result, columns)]
    papers = {claim.id: published().paper[claim.paper].title for claim, _ in asked}
    rows = "".join(
        _row(
            f"{escape(claim.statement)} <small>{escape(papers[claim.id])}</small>"
            f"<br>{escape(check.on.removeprefix(f'{ASKED}: '))}",
            _compared(claim, check),
            [_judged(check, results) for results in columns.values()],
        )
        for claim, check in asked
    )
    headlines = "".join(
        _row(
            escape(each.what),
            _printed(each),
            [_value(each.result, own) for own in columns.values()],
        )
        for each in read_toml(HEADLINES, Headlines).headline
    )
    return (
        f"{_about(first, others)}\n\n### Headline numbers\n\n"
        f"{_laid(['headline number', 'published'], list(columns), headlines)}\n"
        f"### Claims\n\nOf {len(claims())} claims in the [ledger](claims.md), "
        f"{len(papers)} could be asked of a model here; the others rest on what others released, "
        "and are the same whichever model is asked.\n\n"
        f"{_laid(['claim, and what was checked', 'compared with'], list(columns), rows)}"
    )


def _about(first: str, others: list[str]) -> str:
    shown = escape(title(first))
    if not others:
        return (
            f"This copy of the book has asked one model, {shown}. To lay others beside it, name "
            f"them behind it: `make book MODEL={escape(first)},gpt-5-mini`."
        )
    beside = escape(", ".join(map(title, others)))
    return (
        f"This copy of the book shows {shown}; beside it stands {beside}. Where a model's answers "
        "are not recorded, its cell says so."
    )


def _is_asked(name: str, columns: Mapping[str, Results]) -> bool:
    given = [results[name] for results in columns.values() if name in results]
    return any(result.origin in ASKED_HERE for result in given) and (
        name.partition(".")[0] in asking_chapters()
    )


def _compared(claim: Claim, check: Check) -> str:
    printed = ", ".join(str(published_number(name)) for name in claim.published)
    return f"{compared_with(check)}; printed: {printed}" if printed else compared_with(check)


def _judged(check: Check, results: Results) -> str:
    if check.result not in results:
        return NOT_RECORDED
    judged = judge(check, results)
    why = f" <small>{escape(judged.why)}</small>" if judged.why else ""
    return f"{escape(judged.result.text)} {badge(judged.verdict)}{why}"


def _value(name: str, results: Results) -> str:
    return escape(results[name].text) if name in results else NOT_RECORDED


def _printed(headline: Headline) -> str:
    return str(published_number(headline.published)) if headline.published else ""


def _row(what: str, compared: str, cells: list[str]) -> str:
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr><td>{what}</td><td>{escape(compared)}</td>{told}</tr>"


def _laid(names: list[str], models: list[str], rows: str) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in [*names, *map(title, models)])
    return html_table(f"<tr>{head}</tr>", rows, "ss-models") + "\n"
