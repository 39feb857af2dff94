"""Rehearse a whole campaign by batches, with kills: `python -m rehearsal.rehearse`.

Run as `PYTHONPATH=src:tests python -m rehearsal.rehearse --requests 46334 --kills 50`. It fails
if a request lacks its answer or has two, if one was billed twice, or if the bill passed the
ceiling.
"""

import argparse
import multiprocessing
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess as Process
from pathlib import Path

from rehearsal import client, endpoint
from secondsight.inference.cost import quote, size_of
from secondsight.inference.journal import read_journal

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["rehearsal.client", "rehearsal.endpoint"])


@dataclass
class Account:
    """What a rehearsal came to."""

    requests: int = 0
    answered: int = 0
    refused: int = 0
    batches: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    falls: int = 0
    paid_twice: int = 0
    recorded_twice: int = 0
    asked_again: int = 0
    quoted: float = 0.0
    billed: float = 0.0
    ceiling: float = 0.0
    highest: float = 0.0
    reached: int = 0
    seconds: float = 0.0


class Rehearsal:
    """A client, an endpoint, and who kills them."""

    def __init__(self, folder: Path, scale: client.Scale, seed: int) -> None:
        self.scale, self.chance, self.seed = scale, random.Random(seed), seed
        self.kept, self.recordings = folder / "endpoint", folder / "recordings"
        self.kept.mkdir()
        self.recordings.mkdir()
        self.table = client.campaign(scale)
        self.plan = client.plan_for(self.table, scale)
        self.port = free_port()
        self.account = Account(requests=len(self.plan.keys))
        self.server = self.serve()
        while not listens(self.port):
            time.sleep(0.02)

    def serve(self) -> Process:
        self.seed += 1
        return started(endpoint.serve, self.kept, self.port, self.seed)

    def record(self) -> tuple[Process, Connection]:
        """Start a client, and return it, once it has begun, with what it tells."""
        heard, told = PROCESSES.Pipe(duplex=False)
        url = f"http://127.0.0.1:{self.port}/v1"
        process = started(
            client.record,
            self.recordings,
            url,
            self.scale,
            self.table,
            self.account.ceiling,
            told,
        )
        told.close()
        heard.recv()
        return process, heard

    def fall(self) -> None:
        """Kill the endpoint, and start it again."""
        self.server.kill()
        self.server.join()
        self.server = self.serve()
        self.account.falls += 1

    def live(self, until: int, *, falls: bool) -> str | None:
        """Let a client begin, and kill it a moment after the endpoint has come so far.

        The endpoint goes on for a batch at most, and never to the last request, so the client is
        killed in the midst of its work however slow the machine is. Returns what the client said
        if it ended before, as it does at the ceiling.
        """
        last = self.account.requests - 1
        endpoint.hold(self.kept, min(until + self.scale.chunk, last))
        process, heard = self.record()
        while process.is_alive() and endpoint.results(self.kept) < until:
            time.sleep(0.02)
        if falls:
            self.fall()
        process.join(self.chance.random() * self.scale.longest)
        ended = not process.is_alive()
        self.account.kills += not ended
        process.kill()
        process.join()
        self.watch()
        return str(heard.recv()) if ended else None

    def live_and_die(self, low: float, high: float) -> None:
        """Kill clients as often as asked for; the ceiling is raised once it was reached."""
        falls = set(self.chance.sample(range(self.scale.kills), self.scale.falls))
        requests = self.account.requests
        moments = sorted(self.chance.randrange(requests) for _ in range(self.scale.kills))
        self.account.ceiling = low
        while self.account.kills < self.scale.kills:
            kills = self.account.kills
            words = self.live(moments[kills], falls=kills in falls)
            falls -= {kills}
            if words is None:
                continue
            assert self.account.highest <= self.account.ceiling
            if not words:
                raise AssertionError(f"all is recorded after {self.account.kills} kills")
            if "ceiling" in words:
                self.account.reached += 1
                self.account.ceiling = high

    def watch(self) -> None:
        """Note how high the bill has come."""
        bills = endpoint.bills(self.kept)
        self.account.billed = sum(usd for _, usd in bills.values())
        self.account.highest = max(self.account.highest, self.account.billed)

    def finish(self, high: float) -> None:
        """Let clients run until one ends well or says that the ceiling is reached."""
        endpoint.hold(self.kept, sys.maxsize)
        for _ in range(20):
            process, heard = self.record()
            process.join()
            self.watch()
            words = str(heard.recv())
            if not words:
                return
            if "ceiling" in words:
                assert self.account.highest <= self.account.ceiling
                self.account.reached += 1
                self.account.ceiling = high
        raise AssertionError(f"it never ends: {words}")

    def count(self) -> None:
        """Compare what is recorded with what was billed."""
        bills, account = endpoint.bills(self.kept), self.account
        (journal,) = self.recordings.glob("*.jsonl")
        keys = Counter(key.hex() for key in read_journal(journal)["key"].to_pylist())
        wanted = {key.hex() for key in self.plan.keys}
        assert keys.keys() <= wanted
        account.recorded_twice = sum(keys.values()) - len(keys)
        account.answered = sum(bills.get(key, (0, 0.0))[0] > 0 for key in keys)
        account.refused = len(keys) - account.answered
        account.paid_twice = sum(times > 1 for times, _ in bills.values())
        account.batches, account.ends, account.asked_again = endpoint.history(self.kept)


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def listens(port: int) -> bool:
    """Return whether somebody listens on a port."""
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def started(work: Callable[..., None], *given: object) -> Process:
    """Start a process that does some work."""
    process = PROCESSES.Process(target=work, args=given, daemon=True)
    process.start()
    return process


def rehearse(folder: Path, scale: client.Scale, seed: int = 1) -> Account:
    """Record a campaign through kills under a ceiling that is too low at first."""
    began = time.monotonic()
    rehearsal = Rehearsal(folder, scale, seed)
    account = rehearsal.account
    account.quoted = quoted(rehearsal.plan)
    low, high = 0.4 * account.quoted, 1.2 * account.quoted
    try:
        rehearsal.live_and_die(low, high)
        rehearsal.finish(high)
        rehearsal.count()
    finally:
        rehearsal.server.kill()
        rehearsal.server.join()
    account.seconds = time.monotonic() - began
    return account


def quoted(plan: client.Quick) -> float:
    """Return what the requests are said to cost, in the middle of the range that is assumed."""
    ask = plan.ask(0)
    assert ask.png is not None
    usd = quote(ask.request, [size_of(ask.png())], len(plan.keys)).usd(batch=True)
    assert usd is not None
    return (usd.low + usd.high) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=46_334)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--falls", type=int, default=5)
    parser.add_argument("--chunk", type=int, default=500)
    parser.add_argument("--longest", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    scale = client.Scale(said.requests, 1, said.chunk, said.kills, said.falls, said.longest)
    with tempfile.TemporaryDirectory() as folder:
        account = rehearse(Path(folder), scale, said.seed)
    print(account)
    sys.exit("; ".join(complaints(account)) or None)


def complaints(account: Account) -> list[str]:
    """Return what must not be."""
    wrong = {
        "requests lack an answer": account.requests - account.answered - account.refused,
        "answers are recorded twice": account.recorded_twice,
        "requests were paid twice": account.paid_twice,
        "USD are above the ceiling": max(0.0, account.highest - account.ceiling),
        "times the bill was quoted": (account.quoted / account.billed)
        * (abs(account.quoted / account.billed - 1) > 0.05),
    }
    return [f"{count} {what}" for what, count in wrong.items() if count]


if __name__ == "__main__":
    main()
