"""The book's own recordings and conversations: asked over HTTP, and published."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import is_known, load
from secondsight.errors import EndpointError
from secondsight.inference.ask import Plan as Requests
from secondsight.inference.ask import ask, check_labels, make_plan
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import read_journal
from secondsight.inference.prompt import load_prompt
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.recording import NONE_CHOSEN, Sidecar
from secondsight.inference.recording_plan import (
    Conversation,
    Plan,
    Recording,
    first,
    is_own,
    settings,
)
from secondsight.inference.shard import FOLDER as SHARES
from secondsight.inference.shard import Shard, gather, record_shard
from secondsight.minivlm.turns import WRITER
from secondsight.training.llava.conversations import NAME, conversations

PATIENCE = 120
"""Seconds that the local server may take to start."""
PLAIN = {"lookup": "request", "response_form": "chat.completion", "models": []}
"""What every recording of an endpoint's answers is."""


@dataclass(frozen=True)
class Recorded:
    """A recording's file, and what was done for it."""

    path: Path  # the file
    responses: int  # how many came now
    outcomes: Mapping[str, int] = field(default_factory=dict)  # how many answers have each


def record(plan: Plan, recorder: Recorder) -> Iterator[Recorded]:
    """Ask what is not recorded yet, publish each recording, and yield what came.

    A run that was cut off resumes. Batches of all recordings are submitted before the
    first is waited for; what has ended by then is collected, and counts as come now.
    """
    before = [_held(plan, recording, recorder.folder) for recording in plan.recording]
    for recording in plan.recording if recorder.batches else ():
        recorder.submit(_asked(plan, recording))
    for recording, held in zip(plan.recording, before, strict=True):
        yield _record(plan, recording, recorder, held)


def record_share(plan: Plan, shard: Shard, recorder: Recorder) -> Iterator[Path]:
    """Ask what a shard holds and is not recorded yet, and yield its journals.

    A run that was cut off resumes; `record` publishes.
    """
    for recording in plan.recording:
        yield record_shard(_asked(plan, recording), shard, recorder)


def _asked(plan: Plan, recording: Recording) -> Requests:
    dataset, prompt = first(load(recording.dataset), recording), load_prompt(recording.prompt)
    check_labels(dataset, prompt)
    return make_plan(dataset, prompt, plan.model, settings(recording, plan.manner()))


def _held(plan: Plan, recording: Recording, folder: Path) -> int:
    """Return how many responses a recording's journal holds."""
    return _rows(_path(folder, plan, recording, first(load(recording.dataset), recording)))


def _record(plan: Plan, recording: Recording, recorder: Recorder, before: int) -> Recorded:
    dataset, model = first(load(recording.dataset), recording), plan.model
    path = _path(recorder.folder, plan, recording, dataset)
    answers = ask(dataset, recording.prompt, model, settings(recording, plan.manner()), recorder)
    came = _rows(path) - before
    _publish(path, _about(plan, recording, dataset), recorder.endpoint)
    outcomes = Counter(answers["outcome"].astype(str))
    return Recorded(path, came, outcomes)


def take_shares(plan: Plan, folder: Path) -> list[Recorded]:
    """Publish what shards recorded, and return what came from them.

    Raises RecordingError if one is still writing.
    """
    if not (folder / SHARES).is_dir():
        return []
    taken = []
    for recording in plan.recording:
        dataset = first(load(recording.dataset), recording)
        path = _path(folder, plan, recording, dataset)
        taken.append(Recorded(path, gather(path, _about(plan, recording, dataset))))
    return [each for each in taken if each.responses]


def _path(folder: Path, plan: Plan, recording: Recording, dataset: Dataset) -> Path:
    prompt = settings(recording, plan.manner()).asked_as(recording.prompt)
    return folder / f"{recorded_as(dataset.name, prompt, plan.model)}.parquet"


def _about(plan: Plan, recording: Recording, dataset: Dataset) -> Sidecar:
    named = recording.model_copy(update={"dataset": dataset.name})
    return _signed(describe(plan.model, named, dataset.origin), plan)


def _signed(sidecar: Sidecar, plan: Plan) -> Sidecar:
    """Return a sidecar with the licence that a plan chooses, and who records."""
    chosen = {"licence": plan.licence, "recorded_by": plan.recorded_by}
    return sidecar.model_copy(update={name: word for name, word in chosen.items() if word})


def _rows(path: Path) -> int:
    """Return how many responses stand in the journal beside a recording."""
    journal = path.with_suffix(".jsonl")
    return read_journal(journal).num_rows if journal.exists() else 0


def _publish(path: Path, sidecar: Sidecar, endpoint: Endpoint) -> None:
    if path.with_suffix(".jsonl").exists():
        publish(path, sidecar.model_copy(update={"endpoint": endpoint.host}))


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
        licence="CC BY 4.0" if own else NONE_CHOSEN,
        **PLAIN,
    )


def record_conversations(
    plan: Plan, recorder: Recorder, captions: Sequence[str] | None = None
) -> Iterator[Recorded]:
    """Ask what is not recorded yet, publish each recording, and yield what came.

    `captions` is what is asked about: those of the training if not given.
    """
    if not plan.conversation:
        return
    if captions is None:
        from secondsight.training.llava.captioned_pictures import pairs  # needed by this alone

        captions = pairs().captions
    for planned in plan.conversation:
        path = recorder.folder / f"{recorded_as(NAME, planned.prompt, planned.model)}.parquet"
        before = _rows(path)
        conversations(captions, planned.prompt, planned.model, recorder)
        came = _rows(path) - before
        _publish(path, _signed(describe_conversation(planned), plan), recorder.endpoint)
        yield Recorded(path, came)


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
