"""The book's own conversations: asked of the writer over HTTP, and published."""

from collections.abc import Sequence
from pathlib import Path

from secondsight import paths
from secondsight.datasets.origins import Origin
from secondsight.inference.client import Endpoint
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder, recorded_as
from secondsight.inference.recording import Sidecar
from secondsight.inference.recording_plan import Conversation, Plan
from secondsight.minivlm.turns import WRITER
from secondsight.training.llava.conversations import NAME, conversations


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
    about = _of_training() if captions is None else captions
    return [_record(conversation, about, endpoint, folder) for conversation in plan.conversation]


def _of_training() -> Sequence[str]:
    from secondsight.training.llava.captioned_pictures import pairs  # needed by this alone

    return pairs().captions


def _record(
    planned: Conversation, captions: Sequence[str], endpoint: Endpoint, folder: Path
) -> Path:
    recorder = Recorder("new_episodes", endpoint, folder)
    conversations(captions, planned.prompt, planned.model, recorder)
    path = folder / f"{recorded_as(NAME, planned.prompt, planned.model)}.parquet"
    if path.with_suffix(".jsonl").exists():
        publish(path, describe(planned))
    return path


def describe(planned: Conversation) -> Sidecar:
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
        lookup="request",
        response_form="chat.completion",
        models=[],
    )
