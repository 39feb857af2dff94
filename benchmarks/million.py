"""Time what a recording of a million requests takes, step by step, and tell the peak of memory.

Every step runs in a fresh process; times are the processor's, for other work on the machine
lengthens all others. The bodies are made up as for `replay.py`, and the images exist
by their hash alone. How many requests one process can put in a second is measured apart, with an
endpoint that answers at once, in a process of its own on the same machine: what it takes there is
what the project itself takes, with the client that it uses.
"""

import argparse
import hashlib
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from machine import MEGABYTE, facts, load, peak_bytes, told
from replay import ABOUT, MODEL, PROMPT, made_body

from secondsight.datasets.dataset import Dataset
from secondsight.inference.ask import Plan, ask, make_plan
from secondsight.inference.cache import Cache
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import Journal, line_of
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder
from secondsight.inference.shard import Shard

RESULTS = Path(__file__).parent / "results"
COUNTS = (100_000, 1_000_000)
PUT, AT_ONCE, PICTURE_BYTES = 4_000, 64, 20_000
"""How many requests are put to the endpoint, how many at once, and with how large a picture."""
SHARDS, SEED, LINES = 16, 20261122, 10_000
LIBRARIES = ("pandas", "pyarrow", "orjson", "openai", "uvicorn")


def dataset(count: int) -> Dataset:
    """Return a data set whose images exist by their hash alone."""
    numbers = range(count)
    table = pd.DataFrame(
        {
            "image_id": [f"galaxy-{number:09d}" for number in numbers],
            "label": "0",
            "image_sha256": [hashlib.sha256(b"%d" % number).hexdigest() for number in numbers],
            "split": "test",
        }
    )
    return Dataset("made-up", "simulated sky", table, png=lambda _: b"")


def plan_of(count: int) -> Plan:
    """Return so many requests with their keys."""
    return make_plan(dataset(count), PROMPT, MODEL)


def journal_of(folder: Path, plan: Plan) -> Path:
    """Write the journal of a recording, and return it."""
    chance = random.Random(SEED)
    path = folder / f"{plan.name}.jsonl"
    lines = []
    with Journal(path) as journal:
        for place, key in enumerate(plan.keys):
            request = plan.canonical(place).decode()
            lines.append(line_of(key, plan.image_ids[place], 0, request, made_body(chance)))
            if len(lines) == LINES or place == len(plan.keys) - 1:
                journal.append(b"".join(lines))
                lines.clear()
    return path


# ------------------------------------------------------------------------------------ the steps


def keys(_: Path, plan: Plan) -> None:
    """Make every request's key anew."""
    make_plan(plan.dataset, PROMPT, MODEL)


def split(_: Path, plan: Plan) -> None:
    """Find a shard's share."""
    shard = Shard(1, SHARDS)
    sum(map(shard.holds, plan.keys))


def find(folder: Path, plan: Plan) -> None:
    """Look every key up."""
    assert Cache(folder).find(plan.keys)["response"].null_count == 0


def published(folder: Path, plan: Plan) -> None:
    """Make a recording of the journal."""
    publish(folder / f"{plan.name}.parquet", ABOUT)


def answers(folder: Path, plan: Plan) -> None:
    """Make the table of answers."""
    ask(plan.dataset, PROMPT, MODEL, recorder=Recorder("none", folder=folder))


STEPS: dict[str, Callable[[Path, Plan], None]] = {
    "make the keys": keys,
    "split them": split,
    "find them in the journal": find,
    "publish the journal": published,
    "find them in the recording": find,
    "ask, all recorded": answers,
}
"""In this order: what is published in one is found in the next."""


def take(step: str, folder: Path, count: int) -> dict[str, float]:
    """Take one step in this process; return its seconds, and the process's peak megabytes."""
    plan = plan_of(count)
    started = time.process_time()
    STEPS[step](folder, plan)
    seconds = time.process_time() - started
    return {"seconds": round(seconds, 2), "peak MB": round(peak_bytes() / MEGABYTE)}


def fresh(*words: object) -> Any:
    """Return what this program prints when a process of its own does one thing."""
    command = [sys.executable, __file__, *map(str, words)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def measure(count: int) -> dict[str, Any]:
    """Return what each step takes, and what a response takes on the disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = journal_of(folder, plan_of(count)).stat().st_size
        steps = {}
        for step in STEPS:
            print(f"{count:,}: {step}", file=sys.stderr)
            steps[step] = fresh("--step", step, "--folder", folder, "--count", count)
        recording = next(folder.glob("*.parquet")).stat().st_size
    sizes = {"journal": round(journal / count), "recording": round(recording / count)}
    return {"requests": count, "bytes a response": sizes, "steps": steps}


# ------------------------------------------------------------------------------ putting requests


def put() -> dict[str, Any]:
    """Return how many requests one process puts to an endpoint in a second."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = ["uvicorn", "at_once:app", "--port", str(port), "--log-level", "error"]
    command = [sys.executable, "-m", *serving]
    with subprocess.Popen(command, cwd=Path(__file__).parent) as server:
        try:
            wait_for(port)
            return put_to(f"http://127.0.0.1:{port}/v1")
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Wait until someone listens."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def put_to(url: str) -> dict[str, Any]:
    """Put requests; the time is that of the recording and of looking up what was recorded."""
    pictures = {f"galaxy-{n:06d}": b"%09d" % n + bytes(PICTURE_BYTES) for n in range(PUT)}
    table = pd.DataFrame(
        {
            "image_id": list(pictures),
            "label": "0",
            "image_sha256": [hashlib.sha256(png).hexdigest() for png in pictures.values()],
            "split": "test",
        }
    )
    asked = Dataset("put", "simulated sky", table, png=pictures.__getitem__)
    with tempfile.TemporaryDirectory() as folder:
        endpoint = Endpoint(url, AT_ONCE)
        recorder = Recorder("new_episodes", endpoint, Path(folder), progress=False)
        started, before = time.perf_counter(), time.process_time()
        ask(asked, PROMPT, "at-once", recorder=recorder)
        taken, seconds = time.process_time() - before, time.perf_counter() - started
    return {
        "requests": PUT,
        "at once": AT_ONCE,
        "a second": round(PUT / seconds, 1),
        "processor ms": round(1000 * taken / PUT, 2),
    }


# ------------------------------------------------------------------------------------ the words


def markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    sizes = result["sizes"]
    head = ["step", *(f"{size['requests']:,}: {what}" for size in sizes for what in ("s", "MB"))]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for step in STEPS:
        taken = [size["steps"][step] for size in sizes]
        cells = [f"{each[what]:,}" for each in taken for what in ("seconds", "peak MB")]
        lines.append([step, *cells])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    rate = result["put"]
    notes = [
        "Seconds are the processor's.",
        f"Asking and recording takes {rate['processor ms']} ms of the processor a request, with an "
        f"endpoint that answers at once. {rate['at once']} were under way at a time, each with a "
        f"picture of {PICTURE_BYTES:,} bytes, and {rate['a second']:,} went through in a second.",
        f"The machine's load before: {result['load']}. {told(result)}",
    ]
    return "\n\n".join([table, *notes]) + "\n"


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="write no files")
    parser.add_argument("--step", help="take this one step, in this process")
    parser.add_argument("--folder", type=Path, help="where the step's journal is")
    parser.add_argument("--count", type=int, help="of how many requests")
    options = parser.parse_args()
    if options.step:
        print(json.dumps(take(options.step, options.folder, options.count)))
        return
    result = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(*LIBRARIES),
        "load": load(),
        "put": put(),
        "sizes": [measure(count) for count in COUNTS],
    }
    page = markdown(result)
    if not options.dry:
        text = json.dumps(result, indent=1) + "\n"
        (RESULTS / "million.json").write_text(text, encoding="utf-8")
        (RESULTS / "million.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
