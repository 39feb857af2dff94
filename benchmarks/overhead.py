"""Time what recording adds to a request, beside plain `openai` and inspect_ai on one endpoint.

The endpoint answers at once, from a process of its own. All ask about the same images with so many
requests at a time, in turn, some rounds of each. What recording adds is the difference of the
fastest rounds, a request; beside it stands the processor's time of this process alone, which does
not depend on what else the machine does. inspect_ai evaluates, with its log, what we record; it is
left out with a line where it is not installed (the extra `bench`).
"""

import argparse
import asyncio
import base64
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import openai
from machine import facts, load, version

from secondsight.datasets import registry
from secondsight.datasets.dataset import Dataset
from secondsight.inference.ask import make_plan
from secondsight.inference.client import Endpoint
from secondsight.inference.options import Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.workers import body

RESULTS = Path(__file__).parent / "results"
SERVER = """
import json, uvicorn, sys
REPLY = json.dumps({"id": "c", "object": "chat.completion", "created": 0, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "1"},
    "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 1,
    "total_tokens": 10}}).encode()
HEAD = [(b"content-type", b"application/json"), (b"content-length", str(len(REPLY)).encode())]
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEAD})
    await send({"type": "http.response.body", "body": REPLY})
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", lifespan="off")
"""
PROMPT, MODEL, NOBODY = "lsbg-1", "gpt-5-mini", "none"


Taken = tuple[float, float]
"""Seconds by the clock, and of this process on the processor."""


def now() -> Taken:
    """Return both clocks."""
    return time.perf_counter(), time.process_time()


def since(started: Taken) -> Taken:
    """Return how far both clocks went."""
    clock, processor = now()
    return clock - started[0], processor - started[1]


def drawn(count: int) -> Dataset:
    """Return pictures that are drawn and kept in memory."""
    dataset = registry.load("lsbg").head(count)
    pngs = {image_id: dataset.png(image_id) for image_id in dataset.table["image_id"]}
    return Dataset(dataset.name, dataset.origin, dataset.table, pngs.__getitem__)


def recorded(images: Dataset, endpoint: Endpoint, repeats: int) -> Taken:
    """Return the seconds that recording takes, all of `ask` but the table."""
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder("new_episodes", endpoint, Path(folder), progress=False)
        started = now()
        plan = make_plan(images, load_prompt(PROMPT), MODEL, Options(repeats=repeats))
        recorder.responses(plan, "")
        return since(started)


def plain(images: Dataset, endpoint: Endpoint, repeats: int) -> Taken:
    """Return the seconds that plain `openai` takes for the same requests."""
    plan = make_plan(images, load_prompt(PROMPT), MODEL, Options(repeats=repeats))
    requests = [plan.ask(place) for place in range(len(plan.keys))]

    async def put_all() -> None:
        at_once = asyncio.Semaphore(endpoint.concurrency)
        async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=NOBODY) as client:

            async def put(place: int) -> str:
                async with at_once:
                    said = body(requests[place].request, plan.png(place))
                    return str(await client.chat.completions.create(**said))

            await asyncio.gather(*map(put, range(len(requests))))

    started = now()
    asyncio.run(put_all())
    return since(started)


def inspected(images: Dataset, endpoint: Endpoint, repeats: int) -> Taken:
    """Return the seconds that inspect_ai takes to put the same questions and write its log."""
    from inspect_ai import Task, eval  # noqa: A004
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessageUser, ContentImage, ContentText, get_model
    from inspect_ai.solver import generate

    def sample(image_id: str) -> Sample:
        url = "data:image/png;base64," + base64.b64encode(images.png(image_id)).decode()
        content = [ContentText(text=load_prompt(PROMPT).text), ContentImage(image=url)]
        return Sample(id=image_id, input=[ChatMessageUser(content=content)])

    with tempfile.TemporaryDirectory() as folder:
        model = get_model(f"openai-api/local/{MODEL}", base_url=endpoint.base_url, api_key=NOBODY)
        started = now()
        task = Task(list(map(sample, images.table["image_id"])), solver=generate())
        at_once = {"max_connections": endpoint.concurrency, "max_samples": endpoint.concurrency}
        (log,) = eval(
            task, model, epochs=repeats, log_dir=folder, display="none", score=False, **at_once
        )
        if log.status != "success":
            raise RuntimeError(f"inspect_ai ended with {log.status}: {log.error}")
        return since(started)


@contextmanager
def endpoint(concurrency: int) -> Iterator[Endpoint]:
    """Yield an endpoint that answers at once, when it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    try:
        while server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield Endpoint(f"http://127.0.0.1:{port}/v1", concurrency)
    finally:
        server.terminate()
        server.wait()


def measure(images: int, repeats: int, rounds: int, asked: Endpoint) -> dict[str, Any]:
    """Return what was measured."""
    pictures = drawn(images)
    ways = {"Second Sight": recorded, "openai": plain}
    if version("inspect_ai"):
        ways["inspect_ai"] = inspected
    else:
        print("left out: inspect_ai is not installed", file=sys.stderr)
    times: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, ask in ways.items():
            times[name].append(ask(pictures, asked, repeats))
    rows = {}
    for place, clock in enumerate(["by the clock", "on the processor"]):
        each = {
            name: round(1000 * min(one[place] for one in taken) / (images * repeats), 2)
            for name, taken in times.items()
        }
        rows[clock] = each | {"recording adds": round(each["Second Sight"] - each["openai"], 2)}
        if "inspect_ai" in each:
            ratio = each["inspect_ai"] / each["Second Sight"]
            rows[clock]["inspect_ai beside Second Sight"] = round(ratio, 1)
    return {
        "requests": images * repeats,
        "concurrency": asked.concurrency,
        "rounds": rounds,
        "milliseconds a request": rows,
        "seconds": times,
    }


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    with endpoint(options.concurrency) as asked:
        result = facts("openai", "uvicorn", "inspect_ai") | {"load": load()}
        result |= measure(options.images, options.repeats, options.rounds, asked)
    if not options.dry:
        text = json.dumps(result, indent=1) + "\n"
        (RESULTS / "overhead.json").write_text(text, encoding="utf-8")
    print(
        json.dumps({name: value for name, value in result.items() if name != "seconds"}, indent=1)
    )


if __name__ == "__main__":
    main()
