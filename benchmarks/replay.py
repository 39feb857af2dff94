"""Time how fast 100,000 recorded responses become a parsed table, here and with other caches.

Every contender computes the keys of the same requests, looks every body up in its own store, and
parses the bodies with the same function; the tables are compared before anything is timed. The
floor reads the file and decodes every body, and does nothing else.
"""

import argparse
import gc
import hashlib
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from machine import MEGABYTE, facts, peak_bytes, told, version

from secondsight.datasets.dataset import Dataset
from secondsight.inference.answers import answer_table
from secondsight.inference.ask import Plan, ask, make_plan
from secondsight.inference.options import Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.recording import Sidecar, write_recording
from secondsight.inference.schema import ROWS

RESULTS = Path(__file__).parent / "results"
IMAGES, REPEATS, SEED = 10_000, 10, 20250101
OPTIONS = Options(repeats=REPEATS)
HISHEL, VCRPY = 2_000, 500
"""How many responses the slow contenders replay."""

MODEL = "gpt-4o-2024-08-06"
PROMPT = load_prompt("morphology-1")
LIBRARIES = ("pandas", "pyarrow", "orjson", "diskcache", "hishel", "httpx", "vcrpy")
TEXTS = (
    ("0", 24),
    ("1", 22),
    ("2", 20),
    ("3", 22),
    ("Category 2", 4),
    ("**1 (cigar)**", 2),
    ('{"category": "3", "confidence": "High"}', 3),
    ("The galaxy is seen from its side and shows a dust lane, so it is edge-on.", 2),
    ("It could be category 0 or category 3.", 1),
)
"""What the made-up model says, and how often; one in a thousand answers is a refusal."""
ABOUT = Sidecar(
    title="Made-up answers",
    about="For the benchmark.",
    origin="recorded here, simulated sky",
    dataset="made-up",
    source="benchmarks",
    licence="CC0-1.0",
    lookup="request",
    response_form="chat.completion",
    models=[MODEL],
)


# ------------------------------------------------------------------------------ the records


@cache
def made_dataset(images: int = IMAGES) -> Dataset:
    """Return a data set whose images exist by their hash alone."""
    numbers = range(images)
    table = pd.DataFrame(
        {
            "image_id": [f"galaxy-{number:06d}" for number in numbers],
            "label": [str(number % 4) for number in numbers],
            "image_sha256": [hashlib.sha256(b"%d" % number).hexdigest() for number in numbers],
            "split": "test",
        }
    )
    return Dataset("made-up", "simulated sky", table, png=lambda _: b"")


def plan_for(responses: int = IMAGES * REPEATS) -> Plan:
    """Return the first `responses` requests with their keys."""
    dataset = made_dataset(responses // REPEATS)
    return make_plan(dataset, PROMPT, MODEL, OPTIONS)


def made_body(chance: random.Random) -> str:
    """Return a chat completion as an endpoint sends it."""
    refused = chance.random() < 0.001
    text = chance.choices(*zip(*TEXTS, strict=True))[0]
    tokens = len(text) // 4 + 1
    body = {
        "id": f"chatcmpl-{chance.getrandbits(170):029x}"[:38],
        "object": "chat.completion",
        "created": 1_735_700_000 + chance.randrange(1_000_000),
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": None if refused else text,
                    "refusal": "I'm sorry, I can't help with that image." if refused else None,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 1041,
            "completion_tokens": tokens,
            "total_tokens": 1041 + tokens,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": f"fp_{chance.getrandbits(40):010x}",
    }
    return orjson.dumps(body).decode()


def publish_made_up(path: Path) -> None:
    """Write the recording that everything is measured on."""
    chance, plan = random.Random(SEED), plan_for()
    start = datetime(2025, 1, 1, tzinfo=UTC)
    places = range(len(plan.keys))
    rows = pa.table(
        {
            "key": pa.array(plan.keys, pa.binary(32)),
            "image_id": list(plan.image_ids),
            "repeat": pa.array(plan.repeats, pa.int32()),
            "request": [plan.canonical(place).decode() for place in places],
            "response": [made_body(chance) for _ in places],
            "recorded_at": [start + timedelta(milliseconds=250 * place) for place in places],
            "label": pa.nulls(len(places), pa.string()),
            "parsed_elsewhere": pa.nulls(len(places), pa.string()),
        },
        schema=ROWS,
    )
    write_recording(path, rows, ABOUT)


def stored(folder: Path) -> list[tuple[bytes, str]]:
    """Return key and body of every record, in the order of the requests."""
    rows = pq.read_table(folder / "ours.parquet", columns=["key", "response"])
    held = dict(zip(rows["key"].to_pylist(), rows["response"].to_pylist(), strict=True))
    return [(key, held[key]) for key in plan_for().keys]


# --------------------------------------------------------------------------- the contenders


def tabled(plan: Plan, bodies: Sequence[str]) -> pd.DataFrame:
    """Parse what a peer found; a peer keeps the body alone, so `recorded_at` is missing."""
    when = pa.nulls(len(bodies), pa.timestamp("ms", tz="UTC"))
    return answer_table(
        pa.table({"response": bodies, "recorded_at": when}),
        categories=PROMPT.categories,
        image_ids=plan.image_ids,
        repeats=plan.repeats,
        labels=plan.dataset.table["label"].repeat(REPEATS).to_numpy(),
    )


def replay_floor(folder: Path) -> None:
    rows = pq.read_table(folder / "ours.parquet", columns=["key", "response"])
    for body in rows["response"].to_pylist():
        orjson.loads(body)


def replay_ours(folder: Path, responses: int = IMAGES * REPEATS) -> pd.DataFrame:
    dataset = made_dataset(responses // REPEATS)
    return ask(dataset, PROMPT, MODEL, OPTIONS, Recorder(folder=folder))


def store_sqlite(folder: Path) -> None:
    with sqlite3.connect(folder / "sqlite.db") as database:
        database.execute("CREATE TABLE responses (key BLOB PRIMARY KEY, body TEXT)")
        database.executemany("INSERT INTO responses VALUES (?, ?)", stored(folder))
    database.close()


def replay_sqlite_each(folder: Path) -> pd.DataFrame:
    plan = plan_for()
    database = sqlite3.connect(folder / "sqlite.db")
    one = "SELECT body FROM responses WHERE key = ?"
    bodies = [database.execute(one, (key,)).fetchone()[0] for key in plan.keys]
    database.close()
    return tabled(plan, bodies)


def replay_sqlite_bulk(folder: Path) -> pd.DataFrame:
    plan = plan_for()
    database = sqlite3.connect(folder / "sqlite.db")
    held = dict(database.execute("SELECT key, body FROM responses"))
    database.close()
    return tabled(plan, [held[key] for key in plan.keys])


def store_diskcache(folder: Path) -> None:
    import diskcache

    with diskcache.Cache(folder / "diskcache", size_limit=2**33) as cache, cache.transact():
        for key, body in stored(folder):
            cache[key] = body


def replay_diskcache(folder: Path) -> pd.DataFrame:
    import diskcache

    plan = plan_for()
    with diskcache.Cache(folder / "diskcache") as cache:
        bodies = [cache[key] for key in plan.keys]
    return tabled(plan, bodies)


def address(key: bytes) -> str:
    return f"https://endpoint.invalid/{key.hex()}"


def store_hishel(folder: Path) -> None:
    import httpx
    from hishel import SqliteStorage
    from hishel.httpx import CacheTransport

    bodies = {address(key): body for key, body in stored(folder)[:HISHEL]}
    endpoint = httpx.MockTransport(lambda asked: httpx.Response(200, text=bodies[str(asked.url)]))
    storage = SqliteStorage(database_path=folder / "hishel.db")
    with httpx.Client(transport=CacheTransport(endpoint, storage)) as client:
        for url in bodies:
            client.get(url)


def replay_hishel(folder: Path) -> pd.DataFrame:
    from hishel import SqliteStorage
    from hishel.httpx import CacheClient

    plan = plan_for(HISHEL)
    with CacheClient(storage=SqliteStorage(database_path=folder / "hishel.db")) as client:
        bodies = [client.get(address(key)).text for key in plan.keys]
    return tabled(plan, bodies)


def store_vcrpy(folder: Path) -> None:
    from vcr.request import Request
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    some = stored(folder)[:VCRPY]
    headers = {"content-type": ["application/json"]}
    cassette = {
        "requests": [Request("GET", address(key), None, {}) for key, _ in some],
        "responses": [
            {
                "status": {"code": 200, "message": "OK"},
                "headers": headers,
                "body": {"string": body.encode()},
            }
            for _, body in some
        ],
    }
    (folder / "vcrpy.yaml").write_text(serialize(cassette, yamlserializer), encoding="utf-8")


def replay_vcrpy(folder: Path) -> pd.DataFrame:
    import httpx
    import vcr

    plan = plan_for(VCRPY)
    cassette = vcr.use_cassette(str(folder / "vcrpy.yaml"), record_mode="none", match_on=["uri"])
    with cassette, httpx.Client() as client:
        bodies = [client.get(address(key)).text for key in plan.keys]
    return tabled(plan, bodies)


@dataclass(frozen=True)
class Contender:
    """One way of replaying.

    Attributes
    ----------
    name : str
        What the table calls it.
    replay : callable
        From the folder of the stores to the table; the floor has none.
    file : str
        Its store, in the folder.
    responses : int
        How many it replays.
    store : callable or None
        Makes its store out of the recording.
    needs : tuple of str
        The libraries that it takes.
    """

    name: str
    replay: Callable[[Path], pd.DataFrame | None]
    file: str
    responses: int = IMAGES * REPEATS
    store: Callable[[Path], None] | None = None
    needs: tuple[str, ...] = ()


CONTENDERS = (
    Contender("floor: read and decode", replay_floor, "ours.parquet"),
    Contender("Second Sight", replay_ours, "ours.parquet"),
    Contender("sqlite3, all at once", replay_sqlite_bulk, "sqlite.db", store=store_sqlite),
    Contender("sqlite3, key by key", replay_sqlite_each, "sqlite.db"),
    Contender(
        "diskcache",
        replay_diskcache,
        "diskcache/cache.db",
        store=store_diskcache,
        needs=("diskcache",),
    ),
    Contender(
        "hishel with httpx",
        replay_hishel,
        "hishel.db",
        HISHEL,
        store_hishel,
        ("hishel", "httpx"),
    ),
    Contender(
        "vcrpy with httpx",
        replay_vcrpy,
        "vcrpy.yaml",
        VCRPY,
        store_vcrpy,
        ("vcrpy", "httpx"),
    ),
)


# --------------------------------------------------------------------------- the measurement


def why_not(contender: Contender) -> str | None:
    """Return why a contender cannot run, or None if it can."""
    absent = [library for library in contender.needs if version(library) is None]
    if absent:
        return f"{', '.join(absent)} not installed"
    if "hishel" in contender.needs and (version("hishel") or "").startswith(("0.", "1.")):
        return "hishel is older than 2"
    return None


def check(contender: Contender, folder: Path) -> None:
    """Compare a contender's table with ours, all columns but `recorded_at`."""
    table = contender.replay(folder)
    if table is None:
        return
    expected = replay_ours(folder, contender.responses)
    assert len(table) == contender.responses
    pd.testing.assert_frame_equal(
        table.drop(columns="recorded_at"), expected.drop(columns="recorded_at")
    )


def seconds(contender: Contender, folder: Path) -> float:
    gc.collect()
    started = time.perf_counter()
    table = contender.replay(folder)
    took = time.perf_counter() - started
    del table
    return took


def handing_over(folder: Path) -> float:
    """Return how long a peer's bodies take into the Arrow table that the parser reads."""
    bodies = [body for _, body in stored(folder)]
    return min(timeit.repeat(lambda: pa.table({"response": bodies}), number=1))


def peak_megabytes(folder: Path, name: str) -> float:
    """Return the peak resident memory of a fresh process that replays once."""
    command = [sys.executable, __file__, "--once", name, "--folder", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(said) / MEGABYTE


def replay_once(folder: Path, name: str) -> None:
    """Replay once and print the peak memory in bytes; of no contender, what imports take."""
    for contender in CONTENDERS:
        if contender.name == name:
            contender.replay(folder)
    print(peak_bytes())


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Make every store, check every table, then time all contenders, shuffled in every round."""
    publish_made_up(folder / "ours.parquet")
    skipped = {c.name: reason for c in CONTENDERS if (reason := why_not(c))}
    running = [contender for contender in CONTENDERS if contender.name not in skipped]
    for contender in running:
        print(f"preparing {contender.name}", file=sys.stderr)
        if contender.store:
            contender.store(folder)
        check(contender, folder)
    times: dict[str, list[float]] = {contender.name: [] for contender in running}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for contender in random.Random(number).sample(running, len(running)):
            times[contender.name].append(seconds(contender, folder))
    each = {c.name: min(times[c.name]) / c.responses * 1e6 for c in running}
    floor = each[CONTENDERS[0].name]
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(*LIBRARIES) | {"sqlite": sqlite3.sqlite_version},
        "rounds": rounds,
        "imports_megabytes": round(peak_megabytes(folder, "nothing")),
        "handing_over_seconds": round(handing_over(folder), 4),
        "contenders": [
            {
                "name": c.name,
                "responses": c.responses,
                "seconds": [round(took, 4) for took in times[c.name]],
                "median_seconds": round(statistics.median(times[c.name]), 4),
                "fastest_seconds": round(min(times[c.name]), 4),
                "microseconds_each": round(each[c.name], 2),
                "times_the_floor": round(each[c.name] / floor, 2),
                "peak_megabytes": round(peak_megabytes(folder, c.name)),
                "store_megabytes": round((folder / c.file).stat().st_size / MEGABYTE, 1),
            }
            for c in running
        ],
        "skipped": skipped,
    }


# --------------------------------------------------------------------------------- the words


def markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    head = ["", "responses", "median s", "fastest s", "µs each", "times the floor"]
    head += ["peak MB", "store MB"]
    fields = (
        "responses",
        "median_seconds",
        "fastest_seconds",
        "microseconds_each",
        "times_the_floor",
        "peak_megabytes",
        "store_megabytes",
    )
    shapes = ("{:,}", "{:.3f}", "{:.3f}", "{:.1f}", "{:.2f}", "{:,}", "{:.1f}")
    rows = [
        [row["name"], *(shape.format(row[f]) for f, shape in zip(fields, shapes, strict=True))]
        for row in result["contenders"]
    ]
    lines = [head, ["---"] + ["---:"] * len(fields), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    skipped = [f"Not run: {name} ({reason})." for name, reason in result["skipped"].items()]
    notes = [
        f"Rounds: {result['rounds']}, interleaved; µs each and times the floor are of the fastest, "
        "per response. Peak memory is that of a fresh process each; the imports alone take "
        f"{result['imports_megabytes']} MB. Of a peer's time, "
        f"{result['handing_over_seconds']:.3f} s hand 100,000 bodies to the parser.",
        told(result),
        *skipped,
    ]
    return f"{table}\n\n" + "\n\n".join(notes) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--once", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        replay_once(options.folder, options.once)
        return
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(Path(scratch), options.rounds)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "replay.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    page = markdown(result)
    (RESULTS / "replay.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
