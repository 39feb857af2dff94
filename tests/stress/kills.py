"""Kill a recorder again and again, with an endpoint that fails, and count what was lost.

Run as `PYTHONPATH=src:tests python -m stress.kills --kills 100 --requests 4000`. It fails if
anything that was recorded is lost or asked for again, or if a stop by Ctrl-C or SIGTERM lost a
reply that went out whole.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from conftest import tiny_png
from endpoint import Asked, EndpointServer, Reply, answer, broken_off, failure
from secondsight.datasets.dataset import sha256
from secondsight.inference.journal import read_journal, verify_journal

RECORDER = Path(__file__).parents[1] / "inference" / "recorder.py"
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
UNDER_WAY = 2
"""How many requests the recorder has under way at once."""


def bad_reply(chance: random.Random) -> Reply:
    """Return a reply of an endpoint that fails three times in ten."""
    kinds = [failure(429), failure(500), broken_off(), Reply(body=b"<html>")]
    if chance.random() < 0.3:
        return chance.choice(kinds)
    return replace(answer(), delay=chance.random() / 100)


def make_images(folder: Path, count: int) -> dict[str, str]:
    """Make so many different images; return their ids by their SHA-256."""
    folder.mkdir()
    ids = {}
    for number in range(count):
        content = tiny_png(number % 256, 2 + number // 256)
        (folder / f"img-{number:05d}.png").write_bytes(content)
        ids[sha256(content)] = f"img-{number:05d}"
    lines = ["image_id,label", *(f"{image_id},1" for image_id in ids.values())]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return ids


class Endpoint(EndpointServer):
    """An endpoint that tells the runs of a recorder apart.

    What a killed run had asked may come late, and is no business of the next one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[tuple[str, str]] = []

    def done(self, asked: Asked) -> None:
        super().done(asked)
        self.whole.append((run_of(asked), asked.image_sha256))


def run_of(asked: Asked) -> str:
    """Return the name of the run that asked."""
    return asked.headers["openai-organization"]


@dataclass
class Account:
    """What happened to a recording that was killed so often."""

    kills: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    lost: int = 0
    asked_again: int = 0
    undrained: int = 0
    answered_twice: int = 0


class Victim:
    """A recorder, the endpoint that it asks, and its journal."""

    def __init__(self, folder: Path, server: Endpoint, count: int) -> None:
        self.images = folder / "tiny"
        self.recordings = folder / "recordings"
        self.recordings.mkdir()
        self.server = server
        self.ids = make_images(self.images, count)
        self.journal = self.recordings / "tiny.lsbg-test.sky-1.jsonl"
        self.account = Account()
        self.run = 0
        self.threads = threading.active_count()

    def start(self) -> subprocess.Popen[bytes]:
        self.run += 1
        where = [str(self.images), str(self.recordings), self.server.base_url]
        return subprocess.Popen(
            [sys.executable, str(RECORDER), *where, "new_episodes"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"RETRIES": "2", "OPENAI_ORG_ID": str(self.run)},
        )

    def kept(self) -> set[str]:
        """Return the ids of the images whose answers are in the journal."""
        if not self.journal.exists():
            return set()
        return set(read_journal(self.journal)["image_id"].to_pylist())

    def kill(self, number: signal.Signals, after: int) -> None:
        """Kill a recorder after so many more replies, and take stock."""
        before, seen = self.kept(), len(self.server.requests)
        with self.start() as process:
            while process.poll() is None and len(self.server.requests) < seen + after:
                time.sleep(0.002)
            ended = process.poll() is not None
            process.send_signal(number)
            process.wait()
        self.wait_for_handlers()
        if not ended:
            self.account.kills[number.name] += 1
        self.take_stock(before, drained=number != signal.SIGKILL)

    def wait_for_handlers(self) -> None:
        """Wait until the endpoint has done with what the killed process asked."""
        seen = -1
        while threading.active_count() > self.threads or len(self.server.requests) > seen:
            seen = len(self.server.requests)
            time.sleep(0.05)

    def take_stock(self, before: set[str], *, drained: bool) -> None:
        kept, account, run = self.kept(), self.account, str(self.run)
        asked = {self.ids[one.image_sha256] for one in self.server.requests if run_of(one) == run}
        account.lost += len(before - kept)
        account.asked_again += len(before & asked)
        if drained:
            whole = {self.ids[image] for name, image in self.server.whole if name == run}
            account.undrained += len(whole - kept)
        assert not self.journal.exists() or verify_journal(self.journal) == []

    def finish(self) -> None:
        """Record what is left; an endpoint this bad takes several runs."""
        for _ in range(50):
            if len(self.kept()) == len(self.ids):
                break
            before = self.kept()
            with self.start() as process:
                process.wait()
            self.wait_for_handlers()
            self.take_stock(before, drained=True)
        assert len(self.kept()) == len(self.ids), "it never ends"
        times = Counter(self.server.answered)
        self.account.answered_twice = sum(count - 1 for count in times.values())
        self.account.requests = len(self.server.requests)


def kill_many(folder: Path, kills: int, requests: int, seed: int = 1) -> Account:
    """Record `requests` answers through `kills` kills of all three kinds, return the account."""
    chance, turn = random.Random(seed), threading.Lock()

    def reply(asked: Asked) -> Reply:
        with turn:
            return bad_reply(chance)

    with Endpoint() as server:
        server.default = reply
        victim = Victim(folder, server, requests)
        for number in range(kills):
            victim.kill(SIGNALS[number % 3], chance.randrange(1, max(2, requests // kills)))
        victim.finish()
        return victim.account


def complaints(account: Account) -> list[str]:
    """Return what must not be."""
    most = UNDER_WAY * account.kills["SIGKILL"]
    wrong = [
        f"{getattr(account, name)} {name}"
        for name in ("lost", "asked_again", "undrained")
        if getattr(account, name)
    ]
    if account.answered_twice > most:
        wrong.append(f"{account.answered_twice} answered twice, at most {most} were under way")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--requests", type=int, default=4000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        account = kill_many(Path(folder), options.kills, options.requests)
    print(account)
    sys.exit("; ".join(complaints(account)) or None)


if __name__ == "__main__":
    main()
