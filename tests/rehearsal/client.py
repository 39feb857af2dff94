"""A recorder of batches, for a process that may be killed.

It asks about the first images of the simulated campaign, by their true keys. What it sends in
an image's place is a picture's head of the same size with the image's hash: drawing and sending
all 46,334 takes long and would rehearse nothing.
"""

import struct
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import pandas as pd

from rehearsal.endpoint import MODEL, MOST_OUT
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.errors import SecondSightError
from secondsight.inference.ask import Plan, make_plan
from secondsight.inference.batches import Batching
from secondsight.inference.budget import Budget
from secondsight.inference.client import Endpoint
from secondsight.inference.options import Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.workers import Ask

WIDTH, HEIGHT = 320, 192


@dataclass(frozen=True)
class Scale:
    """How large a rehearsal is.

    Attributes
    ----------
    images, repeats : int
        What is asked.
    chunk : int
        Requests in a batch.
    kills, falls : int
        How often the client and the endpoint are killed.
    longest : float
        Seconds that pass at most between the moment that is drawn and the kill.
    """

    images: int
    repeats: int
    chunk: int
    kills: int
    falls: int
    longest: float


@dataclass(frozen=True)
class Quick(Plan):
    """Every request of the campaign, with little in the images' place."""

    def ask(self, place: int) -> Ask:
        """Return the request at `place`."""
        return replace(super().ask(place), png=lambda: small(self.images[place]))


def small(sha256: str) -> bytes:
    """Return what stands for the image with this hash: a PNG's head, and the hash."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + sha256.encode()


def campaign(scale: Scale) -> pd.DataFrame:
    """Return the first images of the campaign."""
    return load("dwarfs").table.head(scale.images)


def plan_for(table: pd.DataFrame, scale: Scale) -> Quick:
    """Return the requests about images of the campaign; none can be drawn."""
    dataset = Dataset("dwarfs", "simulated sky", table, lambda _: b"")
    options = Options(temperature=None, max_tokens=MOST_OUT, repeats=scale.repeats)
    plan = make_plan(dataset, load_prompt("dwarf-1"), MODEL, options)
    return Quick(**vars(plan))


def record(
    folder: Path, url: str, scale: Scale, table: pd.DataFrame, usd: float, told: Connection
) -> None:
    """Record what is lacking; tell when it begins and how it ended."""
    how = Batching(scale.chunk, at_once=4, first=0.02, longest=0.2, grace=0.5, patience=600)
    endpoint, budget = Endpoint(url, timeout=30), Budget(usd)
    recorder = Recorder(
        "new_episodes", endpoint, folder, progress=False, batches=how, budget=budget
    )
    plan = plan_for(table, scale)
    told.send("begun")
    try:
        recorder.responses(plan, "")
    except SecondSightError as error:
        told.send(str(error))
    else:
        told.send("")
