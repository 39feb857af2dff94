"""What recording a million or a billion cutouts takes, by what was measured here."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from secondsight import paths
from secondsight.inference.ask import build_request
from secondsight.inference.cost import quote
from secondsight.inference.journal import line_of
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recording import opened

MEASURED = paths.ROOT / "benchmarks" / "results"
CUTOUTS = (10**6, 10**9)
NODES = (1, 16, 256)
DATASET, PROMPT, SIDE = "lsbg", "lsbg-1", 64
"""The cutouts that stand for all, and what they are asked; their side in pixels."""
PRICED = "gpt-5-mini"
GIGABYTE, HOUR = 1e9, 3600


class Measured(NamedTuple):
    """What was measured of one request."""

    rate: float  # how many requests our server answers in a second on the machine that measured
    cores: int  # how many cores that machine has; client and server share them
    own_ms: float  # milliseconds of the processor that asking and recording takes
    journal: float  # bytes of one response in a journal
    recording: float  # the same, once it is published


def measured() -> Measured:
    """Return what the benchmarks and the committed recording of `DATASET` give."""
    endpoint, million = _read("endpoint"), _read("million")
    row = next(row for row in endpoint["rows"] if row["pictures"] == DATASET)
    recording = opened(paths.RECORDINGS / f"{DATASET}.{PROMPT}.{endpoint['model']}.parquet")
    columns = ("key", "image_id", "repeat", "request", "response")
    lines = [line_of(**each) for each in recording.rows([*columns]).to_pylist()]
    return Measured(
        rate=row["over HTTP, a second"],
        cores=endpoint["machine"]["cores"],
        own_ms=million["put"]["processor ms"],
        journal=sum(map(len, lines)) / len(lines),
        recording=recording.sidecar.bytes / recording.sidecar.rows,
    )


def scale() -> str:
    """Return the arithmetic for each number of cutouts, and where a process comes to its limit."""
    one, rows = measured(), []
    for name, value in _rows(one).items():
        rows.append([name, *map(value, CUTOUTS)])
    lines = [["", *(f"{count:,} cutouts" for count in CUTOUTS)], ["---", *["---:"] * len(CUTOUTS)]]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines + rows)
    return (
        f"{table}\n\nMeasured: our server answers {one.rate:.0f} requests a second on a node of "
        f"{one.cores} cores, the client beside it. Asking and recording alone takes "
        f"{one.own_ms:.1f} ms of a core. A response is {one.journal:,.0f} bytes of the journal and "
        f"{one.recording:,.0f} of the recording. All of that is of cutouts of {SIDE} by {SIDE} "
        f"pixels and the prompt `{PROMPT}`. An endpoint that answers ten times as fast takes a "
        f"tenth of the hours, until asking alone fills the client's cores.\n\n{_limit()}\n"
    )


def _rows(one: Measured) -> dict[str, Callable[[int], str]]:
    hours = {
        f"our server on {nodes} node{'s' if nodes > 1 else ''} of {one.cores} cores": (
            lambda count, nodes=nodes: _time(count / one.rate / nodes)
        )
        for nodes in NODES
    }
    return {
        **hours,
        "asking and recording, core hours": lambda count: f"{count * one.own_ms / 1e3 / HOUR:,.1f}",
        "journals, until they are published": lambda count: _size(count * one.journal),
        "recordings": lambda count: _size(count * one.recording),
        f"{PRICED}, live, USD": lambda count: _usd(count, batch=False),
        f"{PRICED}, by batch, USD": lambda count: _usd(count, batch=True),
    }


def _limit() -> str:
    """Return the sentence about the memory that a million requests in one process took."""
    size = max(_read("million")["sizes"], key=lambda size: int(size["requests"]))
    step, most = max(size["steps"].items(), key=lambda item: float(item[1]["peak MB"]))
    return (
        f"A recording is read whole. With {size['requests']:,} responses the step that takes most "
        f"memory, “{step}”, takes {most['peak MB'] / 1000:.1f} GB and {most['seconds']:.0f} s of "
        "the processor. So a recording should hold about a million at most, and a billion cutouts "
        f"are {CUTOUTS[1] // CUTOUTS[0]:,} data sets of a million."
    )


def _usd(count: int, *, batch: bool) -> str:
    request = build_request(load_prompt(PROMPT), PRICED)
    ends = quote(request, [(SIDE, SIDE)], count).usd(batch=batch)
    return "not known" if ends is None else " to ".join(f"{end:,.0f}" for end in ends)


def _time(seconds: float) -> str:
    hours = seconds / HOUR
    if hours < 1:
        return f"{60 * hours:.1f} minutes"
    return f"{hours:,.1f} hours" if hours < 48 else f"{hours / 24:,.0f} days"


def _size(count: float) -> str:
    return f"{count / GIGABYTE:,.1f} GB"


def _read(name: str) -> Any:
    return json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))
