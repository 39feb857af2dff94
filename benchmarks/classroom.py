"""Ask `secondsight serve` as thirty students at once would, and tell how long they wait.

The server is a process of its own on two cores, the one that `secondsight serve` starts. The
students are threads of this process, on the same cores. Each has pictures of its own, asks in words
of its own, and so nothing that the server remembers helps. In a first wave each student asks one
question, all at the same moment. Then each asks about twenty pictures: one after another, two at a
time as the notebook that is handed out does, and eight at a time as `ask` does by itself. Then the
waves come again, to see whether memory grows. A wait ends with the last byte of the answer; an
error is any other status than 200, an answer that holds no category, or a line that breaks.
"""

import argparse
import base64
import io
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from machine import MEGABYTE, children, facts, load, peak_bytes_of, told
from PIL import Image
from sets import SETS

from secondsight.book.record import local_server
from secondsight.datasets import registry
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import NAME

HERE = Path(__file__).parent
RESULTS = HERE / "results"
STUDENTS, CORES = 30, 2
LONGEST = 2.0
"""Seconds that nobody should wait longer than."""
LIBRARIES = ("onnxruntime", "numpy", "starlette", "uvicorn")


@dataclass(frozen=True)
class Wave:
    """What every student does at the same time: so many pictures, so many of them at a time."""

    name: str
    pictures: int
    at_once: int


WAVES = (
    Wave("one question each", 1, 1),
    Wave("twenty pictures, one after another", 20, 1),
    Wave("twenty pictures, two at a time", 20, 2),
    Wave("twenty pictures, eight at a time", 20, 8),
)


# ------------------------------------------------------------------------------ what is asked


def pictures_of(name: str) -> Iterator[str]:
    """Yield a data set's pictures as data URIs, then the same turned by a quarter, and so on."""
    dataset = registry.load(name)
    for turns in range(4):
        for image_id in dataset.table["image_id"]:
            file = io.BytesIO()
            pixels = np.rot90(dataset.pixels(image_id), turns)
            Image.fromarray(pixels).save(file, "PNG", compress_level=1)
            yield "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


class Pile:
    """Requests that nobody asked before: no picture and no wording comes twice."""

    def __init__(self) -> None:
        self._pictures = {name: pictures_of(name) for name in SETS}
        self._wordings = 0

    def bodies(self, student: int, count: int) -> list[bytes]:
        """Return a student's next requests, all in one new wording."""
        name = list(SETS)[student % len(SETS)]
        self._wordings += 1
        words = load_prompt(SETS[name]).text.replace("): ", f"): by list {self._wordings}, ")
        return [_body(words, uri) for uri in islice(self._pictures[name], count)]


def _body(words: str, uri: str) -> bytes:
    content = [{"type": "text", "text": words}, {"type": "image_url", "image_url": {"url": uri}}]
    messages = [{"role": "user", "content": content}]
    return json.dumps({"model": NAME, "messages": messages, "temperature": 0}).encode()


# ------------------------------------------------------------------------------ how it is asked


class Line(threading.Thread):
    """One connection of a student: asks one thing after another, from a list that lines share."""

    def __init__(self, host: str, bodies: list[bytes], start: threading.Barrier) -> None:
        super().__init__()
        self.host, self.bodies, self.begin = host, bodies, start
        self.waits: list[float] = []
        self.errors: list[str] = []

    def run(self) -> None:
        """Wait for all others, then ask until the list is empty."""
        line = HTTPConnection(self.host, timeout=120)
        self.begin.wait()
        while self.bodies:
            body = self.bodies.pop()  # of a list, whole: no two threads take one
            started = time.perf_counter()
            try:
                self._check(*answer_to(line, body))
            except (OSError, HTTPException) as error:
                self.errors.append(type(error).__name__)
                line.close()
            self.waits.append(time.perf_counter() - started)
        line.close()

    def _check(self, status: int, content: bytes) -> None:
        if status != 200:
            self.errors.append(str(status))
        elif not json.loads(content)["choices"][0]["message"]["content"][:1].isdigit():
            self.errors.append("no category")


def answer_to(line: HTTPConnection, body: bytes) -> tuple[int, bytes]:
    """Return the status and the body of the reply."""
    line.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    reply = line.getresponse()
    return reply.status, reply.read()


def run(wave: Wave, lists: list[list[bytes]], host: str) -> dict[str, Any]:
    """Let all students do a wave together, each with a list of requests; return how it went."""
    count = sum(map(len, lists))
    start = threading.Barrier(len(lists) * wave.at_once + 1)
    lines = [Line(host, bodies, start) for bodies in lists for _ in range(wave.at_once)]
    for line in lines:
        line.start()
    start.wait()
    started = time.perf_counter()
    for line in lines:
        line.join()
    taken = time.perf_counter() - started
    waits = sorted(wait for line in lines for wait in line.waits)
    return {
        "wave": wave.name,
        "requests": count,
        "at once": len(lines),
        "median": statistics.median(waits),
        "most of 95 in 100": waits[int(0.95 * (len(waits) - 1))],
        "longest": waits[-1],
        "late": sum(wait > LONGEST for wait in waits),
        "errors": [error for line in lines for error in line.errors],
        "seconds": taken,
    }


def measure(rounds: int, students: int, waves: Sequence[Wave]) -> dict[str, Any]:
    """Run all waves in every round, on one server; return what was measured."""
    keep_to(CORES)
    pile, rows, before = Pile(), [], load()
    with local_server(Endpoint()) as endpoint:
        host = urlsplit(str(endpoint.base_url)).netloc
        server = next(iter(children()), 0)
        for number in range(rounds):
            for wave in waves:
                print(f"round {number + 1} of {rounds}: {wave.name}", file=sys.stderr)
                lists = [pile.bodies(student, wave.pictures) for student in range(students)]
                all_before, server_before = busy(), seconds_of(server)
                own_before = time.process_time()
                row = run(wave, lists, host)
                spent = seconds_of(server) - server_before
                others = busy() - all_before - spent - (time.process_time() - own_before)
                row["milliseconds"] = spent / row["requests"] * 1e3
                row["others"] = max(others, 0) / row["seconds"] / (os.cpu_count() or 1)
                peak = peak_bytes_of(server)
                rows.append(row | {"peak MB": peak and round(peak / MEGABYTE)})
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": facts(*LIBRARIES),
        "load": before,
        "model": NAME,
        "students": students,
        "cores": CORES,
        "limit": LONGEST,
        "notebook": notebook(),
        "rows": rows,
    }


def notebook() -> dict[str, float]:
    """Return what a notebook's program takes until it has imported what it needs to ask."""
    program = (
        "import secondsight.inference.ask, secondsight.figures.gallery\n"
        "from secondsight.datasets.registry import load\n"
        "load('lsbg').head(20).pixels('lsbg-0001')\n"
        "from machine import peak_bytes, MEGABYTE; from time import process_time\n"
        "print(peak_bytes() / MEGABYTE, process_time())"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=True, cwd=HERE, stdout=subprocess.PIPE)
    megabytes, seconds = map(float, done.stdout.split())
    return {"MB": round(megabytes), "seconds": round(seconds, 1)}


def keep_to(cores: int) -> None:
    """Let this process, and all that it starts, run on so many cores; Linux alone can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def busy() -> float:
    """Return the seconds that all processors have worked; 0 where there is no /proc."""
    stat = Path("/proc/stat")
    if not stat.is_file():
        return 0.0
    user, nice, system, _, _, interrupts, soft = map(int, stat.read_text().split()[1:8])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def seconds_of(process: int) -> float:
    """Return the processor seconds that a process has taken; 0 where there is no /proc."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.is_file():
        return 0.0
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------------------ the words


def markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    head = ["each student asks", "requests", "under way at once", "median wait, s"]
    head += ["95 in 100 wait at most, s", "longest wait, s", "errors", "answers a second"]
    head += ["server's processor, ms an answer", "other programs' share of the processors"]
    head += ["peak memory, MB"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    lines += [_shown(row) for row in result["rows"]]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    each, count = result["notebook"], result["students"]
    notes = [
        _verdict(result),
        f"An open notebook takes up to {each['MB']} MB beside that, and {each['seconds']} seconds "
        f"of a processor to start: {count * each['MB'] / 1000:.0f} GB for {count} students. If all "
        f"start at once, the last is ready after {count * each['seconds'] / result['cores']:.0f} "
        "seconds or more.",
        f"{result['model']}, {count} students, {result['cores']} cores that server "
        "and students share. No picture and no wording comes twice.",
        f"The machine's load before: {result['load']}. {told(result)}",
    ]
    return "\n\n".join([table, *notes]) + "\n"


def _shown(row: dict[str, Any]) -> list[str]:
    waits = [f"{row[name]:.2f}" for name in ("median", "most of 95 in 100", "longest")]
    peak = "not known" if row["peak MB"] is None else str(row["peak MB"])
    counts = [row["wave"], f"{row['requests']:,}", str(row["at once"])]
    errors = [str(len(row["errors"])), f"{row['requests'] / row['seconds']:.0f}"]
    return [*counts, *waits, *errors, f"{row['milliseconds']:.1f}", f"{row['others']:.0%}", peak]


def _verdict(result: dict[str, Any]) -> str:
    """Return what the numbers say of the limit, the errors and the memory."""
    rows, limit = result["rows"], result["limit"]
    late = [row for row in rows if row["late"]]
    asked, wrong = (sum(row["requests"] for row in rows), sum(len(row["errors"]) for row in rows))
    words = [f"Of {asked:,} requests {wrong} had an error."]
    if not late:
        words.append(f"Nobody waited longer than {limit:g} seconds.")
    for name in dict.fromkeys(row["wave"] for row in late):
        own = [row for row in late if row["wave"] == name]
        count, of = sum(row["late"] for row in own), sum(row["requests"] for row in own)
        words.append(f"{name.capitalize()}: {count} of {of} waited longer than {limit:g} seconds.")
    peaks = [row["peak MB"] for row in rows if row["peak MB"]]
    if peaks:
        words.append(f"The server's peak memory grew by {peaks[-1] - peaks[0]} MB.")
    return " ".join(words)


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    result = measure(options.rounds, options.students, WAVES)
    page = markdown(result)
    if not options.dry:
        text = json.dumps(result, indent=1) + "\n"
        (RESULTS / "classroom.json").write_text(text, encoding="utf-8")
        (RESULTS / "classroom.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
