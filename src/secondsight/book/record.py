"""The book's own recordings and conversations: asked over HTTP, and published."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests

from secondsight import paths
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import is_known, load
from secondsight.errors import EndpointError
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.recording import Sidecar
from secondsight.inference.recording_plan import (
    Conversation,
    Plan,
    Recording,
    first,
    is_own,
    settings,
)
from secondsight.minivlm.turns import WRITER
from secondsight.training.llava.conversations import NAME, conversations

PATIENCE = 120
"""Seconds that the local server may take to start."""
PLAIN = {"lookup": "request", "response_form": "chat.completion", "models": []}
"""What every recording of an endpoint's answers is."""


def record(plan: Plan, endpoint: Endpoint, folder: Path = paths.RECORDINGS) -> list[Path]:
    """Ask what is not recorded yet, publish each recording, and return their files.

    A run that was cut off goes on where it was.
    """
    return [_record(plan.model, recording, endpoint, folder) for recording in plan.recording]


def _record(model: str, recording: Recording, endpoint: Endpoint, folder: Path) -> Path:
    dataset = first(load(recording.dataset), recording)
    recorder = Recorder("new_episodes", endpoint, folder)
    ask(dataset, recording.prompt, model, settings(recording), recorder)
    path = folder / f"{recorded_as(dataset.name, recording.prompt, model)}.parquet"
    named = recording.model_copy(update={"dataset": dataset.name})
    return _published(path, describe(model, named, dataset.origin), endpoint)


def _published(path: Path, sidecar: Sidecar, endpoint: Endpoint) -> Path:
    sidecar = sidecar.model_copy(update={"endpoint": endpoint.host})
    if path.with_suffix(".jsonl").exists():
        publish(path, sidecar)
    return path


def describe(model: str, recording: Recording, origin: str) -> Sidecar:
    """Return what stands in the text file beside a recording."""
    own = is_own(model) and is_known(recording.dataset)
    whose = "This project's own small model" if is_own(model) else model
    return Sidecar(
        title=f"{recording.title}: answers of {model}",
        about=f"{whose}, asked over HTTP.",
        origin=Origin.SIMULATED_SKY if origin == "simulated sky" else Origin.REAL_SKY,
        dataset=recording.dataset,
        source="Second Sight, by `make record`" if own else "recorded with `secondsight record`",
        licence="CC BY 4.0" if own else "none chosen",
        **PLAIN,
    )


def record_conversations(
    plan: Plan,
    endpoint: Endpoint,
    folder: Path = paths.RECORDINGS,
    captions: Sequence[str] | None = None,
) -> list[Path]:
    """Ask what is not recorded yet, publish each recording, and return their files.

    `captions` is what is asked about: those of the training if not given.
    """
    if not plan.conversation:
        return []
    if captions is None:
        from secondsight.training.llava.captioned_pictures import pairs  # needed by this alone

        captions = pairs().captions
    return [_record_conversation(each, captions, endpoint, folder) for each in plan.conversation]


def _record_conversation(
    planned: Conversation, captions: Sequence[str], endpoint: Endpoint, folder: Path
) -> Path:
    recorder = Recorder("new_episodes", endpoint, folder)
    conversations(captions, planned.prompt, planned.model, recorder)
    path = folder / f"{recorded_as(NAME, planned.prompt, planned.model)}.parquet"
    return _published(path, describe_conversation(planned), endpoint)


def describe_conversation(planned: Conversation) -> Sidecar:
    """Return what stands in the text file beside a recording of conversations."""
    who = planned.model
    if who == WRITER:
        who = "Rules of this project's own server, which are no language model"
    return Sidecar(
        title=f"{planned.title}: written by {planned.model}",
        about=f"{who}, asked over HTTP about captions of simulated images; no image was sent.",
        origin=Origin.SIMULATED_SKY,
        dataset="captions of the simulated sky",
        source="Second Sight, by `make record`",
        licence="CC BY 4.0",
        **PLAIN,
    )


@contextmanager
def local_server(endpoint: Endpoint) -> Iterator[Endpoint]:
    """Run the local model's server as a process of its own, and yield where it answers.

    Raises an EndpointError if it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("secondsight")
    command = [str(program), "serve", "--port", str(port)]
    # Ctrl-C is for this process alone: what is under way is still to be answered.
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        _wait(server, f"{url}/models")
        yield replace(endpoint, base_url=url)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    session = requests.Session()
    session.trust_env = False  # no proxy leads to this machine
    for _ in range(PATIENCE * 4):
        if server.poll() is not None:
            raise EndpointError("the local server stopped before it answered; see what it said")
        try:
            if session.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.25)
    raise EndpointError(f"the local server did not answer within {PATIENCE} seconds")
