"""Record what the book replays: what is missing, what it costs, and asking for it."""

import math
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from secondsight import paths
from secondsight.book.another_model import (
    Missing,
    complain,
    in_manner,
    limited,
    missing,
    part_of,
    plan_for,
    total,
)
from secondsight.book.record import (
    Recorded,
    local_server,
    record_conversations,
    record_share,
    take_shares,
)
from secondsight.book.record import record as make_recordings
from secondsight.cli.shell import out, program, say
from secondsight.cli.spending import ask_to_spend, budget_of, check_room, did_you_mean, may_cost
from secondsight.errors import ParameterError
from secondsight.inference.batches import Batching
from secondsight.inference.client import OPENAI, Endpoint
from secondsight.inference.cost import MILLION, Range, added, assumptions, dollars
from secondsight.inference.parse import ANSWERED
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording_plan import PLAN, Manner, Plan, read_plan
from secondsight.inference.shard import Shard

Model = Annotated[str, typer.Option(help="Whose answers; the local model's if not given.")]
Images = Annotated[str, typer.Option(help="Other images, such as lsbg-real, or a folder.")]
Chapter = Annotated[str, typer.Option(help="Only what a chapter reads, such as 03.")]
Prompt = Annotated[str, typer.Option(help="Only this prompt.")]
Limit = Annotated[int | None, typer.Option(help="Only so many images of each, the first ones.")]
Effort = Annotated[str | None, typer.Option(help="How much to reason, such as low.")]
Length = Annotated[int | None, typer.Option("--max-tokens", help="An answer's greatest length.")]
Shown = Annotated[
    int | None, typer.Option(min=1, help="Show so many labelled images of each category before.")
]
AtOnce = Annotated[int, typer.Option(help="Requests under way at once.")]
Folder = Annotated[Path, typer.Option(help="Where recordings are.")]

THOUSAND, FEW = 1e3, 100_000
"""Tokens up to so many in all are told in thousands, more in millions."""


def quote(
    model: Model = "",
    dataset: Images = "",
    chapter: Chapter = "",
    prompt: Prompt = "",
    limit: Limit = None,
    effort: Effort = None,
    max_tokens: Length = None,
    examples: Shown = None,
    concurrency: AtOnce = 8,
    folder: Folder = paths.RECORDINGS,
) -> None:
    """Say what recording would ask and what it would cost, and ask nothing."""
    Endpoint(concurrency=concurrency)  # refuses what is no number of requests
    manner = Manner(effort=effort, max_tokens=max_tokens, examples=examples)
    plan = _selected(model, dataset, chapter, prompt, limit, manner)
    lacks = missing(plan, folder=folder)
    if not lacks:
        say(f"all of that is recorded of {plan.model}: nothing is to be asked")
        return
    _show(lacks, concurrency)
    if hint := did_you_mean(plan.model):
        say(f"- {hint}")


def record(
    base_url: Annotated[
        str | None, typer.Option(help="Where to ask; a server of our own is started if not given.")
    ] = None,
    model: Model = "",
    dataset: Images = "",
    chapter: Chapter = "",
    prompt: Prompt = "",
    limit: Limit = None,
    effort: Effort = None,
    max_tokens: Length = None,
    examples: Shown = None,
    max_usd: Annotated[
        float | None, typer.Option(help="Stop before more than this is spent, in US dollars.")
    ] = None,
    concurrency: AtOnce = 8,
    folder: Folder = paths.RECORDINGS,
    yes: Annotated[bool, typer.Option("--yes", help="Spend without a question.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Ask again what the endpoint refused for good.")
    ] = False,
    shard: Annotated[
        str, typer.Option(help="Only this share, such as 3/16; without it all are published.")
    ] = "",
    batch: Annotated[
        bool, typer.Option("--batch", help="In batches: within a day, at half the price.")
    ] = False,
    delete_files: Annotated[
        bool, typer.Option("--delete-files", help="Remove a batch's files once it is collected.")
    ] = False,
    licence: Annotated[str | None, typer.Option(help="Under which licence they stand.")] = None,
    recorded_by: Annotated[str | None, typer.Option("--by", help="Who records them.")] = None,
) -> None:
    """Record what the book replays: everything in data/record.toml that is not recorded yet."""
    share = Shard.of(shard) if shard else None
    manner = Manner(effort=effort, max_tokens=max_tokens, examples=examples)
    plan = _selected(model, dataset, chapter, prompt, limit, manner)
    plan = plan.model_copy(update={"licence": licence, "recorded_by": recorded_by})
    if base_url is None and plan.model != read_plan().model:
        raise ParameterError(
            f"say with --base-url where {plan.model} answers; OpenAI is at {OPENAI}"
        )
    batches = _batching(base_url, delete=delete_files) if batch else None
    endpoint, budget = Endpoint(base_url, concurrency), budget_of(max_usd, plan.model)
    for made in [] if share else take_shares(plan, folder):
        say(f"{paths.shown(made.path)}: {made.responses:,} published from shards")
    lacks = missing(plan, folder=folder)
    if lacks and may_cost(plan.model, base_url):
        endpoint.client()  # a key that is missing is told before any question
        _show(lacks, concurrency)
        if max_usd is not None:
            say(f"- No more is asked once one request more might pass {dollars(max_usd)} USD.")
        check_room(budget, [lack.quote for lack in lacks], batch=batch)
        if not yes:
            ask_to_spend()
    with nullcontext(endpoint) if base_url else local_server(endpoint) as asked:
        recorder = Recorder(
            "new_episodes",
            asked,
            folder,
            out.is_terminal,
            budget=budget,
            retry=retry,
            batches=batches,
        )
        try:
            for journal in record_share(plan, share, recorder) if share else ():
                say(f"asked {paths.shown(journal)}")
            for make in () if share else (make_recordings, record_conversations):
                for made in make(plan, recorder):
                    say(_told(made))
        finally:
            if budget.spent:
                say(f"about {dollars(budget.spent)} USD spent, by the usage that was stated")
    if plan.manner() != read_plan().manner(plan.model):
        say(_how_to_find(plan))


def _batching(base_url: str | None, *, delete: bool) -> Batching:
    if base_url is None:
        raise ParameterError(
            "batches outlive this command, so they need a server that does: start one with "
            "`secondsight serve --folder FOLDER`, and say with --base-url where it answers"
        )
    return Batching(delete=delete)


def lacking(
    model: Annotated[str, typer.Option(help="Whose answers.")] = "",
    dataset: Annotated[str, typer.Option(help="Other images.")] = "",
) -> None:
    """Say what the book would ask of a model that is not recorded yet, and what it would cost."""
    plan = plan_for(model, dataset)
    lacks = missing(plan)
    if lacks:
        raise complain(lacks, plan.model, dataset, program())
    say(f"all answers of {plan.model} are recorded")


def _selected(
    model: str, dataset: str, chapter: str, prompt: str, limit: int | None, manner: Manner
) -> Plan:
    """Return what of the book's plan the options leave, asked in that manner."""
    plan = part_of(plan_for(model, dataset), chapter=chapter, prompt=prompt, dataset=dataset)
    return in_manner(limited(plan, limit), manner)


def _show(lacks: Sequence[Missing], concurrency: int) -> None:
    """Show what is to be asked, and what is taken for granted."""
    out.print(_table(lacks, concurrency))
    for line in assumptions(lacks[0].quote.request, concurrency):
        say(f"- {line}")


def _table(lacks: Sequence[Missing], concurrency: int) -> Table:
    """Return what is to be asked and what it costs, a row a recording."""
    sent, of_tokens = ("Mtokens in", MILLION) if _sent(lacks) > FEW else ("ktok in", THOUSAND)
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("recording", overflow="fold")
    for name in ("requests", sent, "out", "USD", "by batch", "hours"):
        table.add_column(name, justify="right", no_wrap=True)
    for lack in lacks:
        name = f"{Path(lack.recording.dataset).name}, {lack.recording.prompt}"
        table.add_row(name, *_numbers([lack], concurrency, of_tokens))
    if len(lacks) > 1:
        table.add_row("all", *_numbers(lacks, concurrency, of_tokens))
    return table


def _sent(lacks: Sequence[Missing]) -> float:
    return sum(lack.quote.tokens_in for lack in lacks)


def _numbers(lacks: Sequence[Missing], concurrency: int, of_tokens: float) -> list[str]:
    """Return what stands in a row; tokens are counted in so many."""
    quotes = [lack.quote for lack in lacks]
    seconds = added(quote.seconds(concurrency) for quote in quotes)
    return [
        f"{sum(quote.requests for quote in quotes):,}",
        _places(_sent(lacks) / of_tokens),
        _ends(added(quote.tokens_out for quote in quotes).times(1 / of_tokens)),
        *(_usd(total(lacks, batch=batch)) for batch in (False, True)),
        _time(seconds),
    ]


def _ends(ends: Range | None) -> str:
    return "not known" if ends is None else _joined(map(_places, ends))


def _usd(ends: Range | None) -> str:
    """Return both ends, below a tenth with so many places that the upper has two digits."""
    if ends is None or not 0 < ends.high < 0.1:
        return _ends(ends)
    places = 1 - math.floor(math.log10(ends.high))
    return _joined(f"{end:.{places}f}" for end in ends)


def _joined(ends: Iterable[str]) -> str:
    return "-".join(dict.fromkeys(ends))


def _places(number: float) -> str:
    """Return a number with as many places as tell something."""
    return (
        f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
    )


def _time(seconds: Range) -> str:
    """Return how long it takes in hours; in minutes or seconds if it is less than 0.1 hours."""
    if seconds.high >= 360:
        return _ends(seconds.times(1 / 3600))
    if seconds.high >= 60:
        return f"{_joined(f'{end / 60:.1f}' for end in seconds)} min"
    return f"{_joined(f'{end:.0f}' for end in seconds)} s"


def _told(made: Recorded) -> str:
    """Return in a line what came now, what was there, and what has no answer."""
    there = sum(made.outcomes.values())
    path = paths.shown(made.path)
    if not made.responses:
        return f"{path}: there already, nothing was asked"
    others = {name: count for name, count in made.outcomes.items() if name != ANSWERED}
    line = f"recorded {path}: {made.responses:,} now"
    if there > made.responses:
        line += f", {there - made.responses:,} were there"
    return line + "".join(f", {count:,} {name}" for name, count in others.items())


def _how_to_find(plan: Plan) -> str:
    """Return what to write so that the chapters find what was asked in this manner."""
    manner = plan.manner().model_dump(exclude_none=True)
    lines = [f"{name} = {orjson.dumps(value).decode()}" for name, value in manner.items()]
    head = f"for the chapters to find these answers, {paths.shown(PLAN)} must say:"
    return "\n".join([head, f'[asked."{plan.model}"]', *lines])
