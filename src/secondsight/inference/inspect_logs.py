"""The logs of inspect_ai, read and written without it.

A log is JSON: `eval` says what was asked of which model, `samples` hold a row an image and epoch.
A file that ends in ``.eval`` is a zip of the same: `header.json`, and a file a sample below
`samples`, packed by deflate or by Zstandard, which Python's zipfile reads only from 3.14 on.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa

from secondsight.errors import DataError
from secondsight.inference.answer_files import at, mapped, parsed_json
from secondsight.inference.body import read_reply
from secondsight.inference.recording import Opened, Sidecar
from secondsight.paths import shown

ZSTANDARD = 93
LOCAL_HEADER = 30
"""Bytes before the name of a file in a zip; the lengths of name and extra field stand last."""
ATTACHED = "attachment://"
NOT_KNOWN = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a log wants a time that nobody knows."""
STOPPED = {"stop": "stop", "length": "max_tokens", "content_filter": "content_filter"}
"""From a finish reason to the log's word for it."""
PLACES = {"image_id": "image_id", "text": "text", "label": "label", "parsed": "parsed"}


@dataclass(frozen=True)
class Log:
    """What a log holds."""

    model: str
    dataset: str
    table: pd.DataFrame  # in the form of `imported`, with `repeat`
    unanswered: int  # samples that hold no answer


def is_log(content: Any) -> bool:
    """Whether the content of a JSON file is a log."""
    return (
        isinstance(content, dict) and isinstance(content.get("eval"), dict) and "version" in content
    )


def read_eval(path: Path) -> Any:
    """Return the content of a log that is a zip; raises DataError if it is absent or damaged."""
    try:
        with zipfile.ZipFile(path) as packed:
            log = parsed_json(_unpacked(path, packed, "header.json"), shown(path))
            names = [name for name in packed.namelist() if name.startswith("samples/")]
            samples = [
                parsed_json(_unpacked(path, packed, n), f"{shown(path)}, {n},") for n in names
            ]
    except FileNotFoundError:
        raise DataError(f"{shown(path)} is missing") from None
    except (zipfile.BadZipFile, KeyError, struct.error, zlib.error, OSError, ValueError) as error:
        raise DataError(f"{shown(path)} is no whole log of inspect: {error}") from None
    return {**log, "samples": samples} if isinstance(log, dict) else log


def _unpacked(path: Path, packed: zipfile.ZipFile, name: str) -> str:
    about = packed.getinfo(name)
    if about.compress_type != ZSTANDARD:
        return packed.read(name).decode()
    with path.open("rb") as file:
        file.seek(about.header_offset)
        lengths = struct.unpack_from("<HH", file.read(LOCAL_HEADER), LOCAL_HEADER - 4)
        file.seek(sum(lengths), 1)
        content = pa.CompressedInputStream(pa.BufferReader(file.read(about.compress_size)), "zstd")
        return bytes(content.read()).decode()


def read_log(content: Any, fields: Mapping[str, str], name: str) -> Log:
    """Return what a log holds; `fields` say what stands elsewhere than usual.

    A sample's id is the image's, its target the label, and what the first scorer took the answer
    to be the reading. The first epoch is repeat 0.

    Raises DataError if the content is no log, or no sample holds an answer.
    """
    if not is_log(content) or not isinstance(content.get("samples"), list):
        raise DataError(f"{name} is no log of inspect that holds samples")
    rows = [_row(sample) for sample in content["samples"] if isinstance(sample, dict)]
    order = at(content, "eval.dataset.sample_ids")
    place = (
        {str(each): number for number, each in enumerate(order)} if isinstance(order, list) else {}
    )
    rows.sort(key=lambda row: (row["repeat"], place.get(str(row["image_id"]), len(place))))
    answered = [row for row in rows if row["text"] is not None]
    if not answered:
        raise DataError(f"{name} is a log of inspect without an answer")
    given = {column for row in answered for column in PLACES if row[column] is not None}
    usual = {column: place for column, place in PLACES.items() if column in given}
    table = mapped(answered, {**usual, "repeat": "repeat", **fields}, name)
    model, dataset = at(content, "eval.model"), at(content, "eval.dataset.name")
    return Log(str(model or ""), str(dataset or ""), table, len(content["samples"]) - len(answered))


def _row(sample: Mapping[str, Any]) -> dict[str, Any]:
    target, epoch = sample.get("target"), sample.get("epoch")
    if isinstance(target, list):
        target = target[0] if len(target) == 1 else None
    scores = sample.get("scores")
    score = next(iter(scores.values()), None) if isinstance(scores, dict) else None
    return {
        **sample,
        "image_id": sample.get("id"),
        "text": _answer(sample),
        "label": target or None,
        "parsed": at(score, "answer") or None,
        "repeat": epoch - 1 if isinstance(epoch, int) and epoch > 0 else 0,
    }


def _answer(sample: Mapping[str, Any]) -> Any:
    """Return a sample's answer, from where it was put aside if it was; None if there is none."""
    content = at(sample, "output.choices.0.message.content")
    if isinstance(content, str) and content.startswith(ATTACHED):
        return at(sample, f"attachments.{content.removeprefix(ATTACHED)}")
    return content


def logs_of(recording: Opened) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a name and a log for each model of a recording; the viewer opens both.

    The name has the form that the viewer looks for. Images are not in a recording: where one
    stood, the log has the SHA-256 of its bytes.
    """
    about, rows = recording.sidecar, recording.rows().to_pylist()
    created = about.first_recorded or NOT_KNOWN
    asked = [orjson.loads(row["request"]) for row in rows]
    for number, model in enumerate(about.models):
        pairs = zip(rows, asked, strict=True)
        samples = [_sample(row, each) for row, each in pairs if each["model"] == model]
        samples.sort(key=lambda sample: (sample["id"], sample["epoch"]))
        task, task_id = recording.path.stem.replace("_", "-"), f"{about.sha256[:16]}{number}"
        name = f"{created:%Y-%m-%dT%H-%M-%S}+00-00_{task}_{task_id}"
        yield (
            name,
            {
                "version": 2,
                "status": "success",
                "eval": _spec(about, task, task_id, model, samples),
                "plan": {"config": _known(asked[0].get("sampling", {}))},
                "results": {"total_samples": len(samples), "completed_samples": len(samples)},
                "stats": {
                    "started_at": created.isoformat(),
                    "completed_at": (about.last_recorded or created).isoformat(),
                },
                "samples": samples,
            },
        )


def _spec(
    about: Sidecar, task: str, task_id: str, model: str, samples: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a log says of who was asked about what."""
    ids = list(dict.fromkeys(sample["id"] for sample in samples))
    return {
        "eval_id": task_id,
        "run_id": task_id,
        "created": (about.first_recorded or NOT_KNOWN).isoformat(),
        "task": task,
        "task_id": task_id,
        "dataset": {"name": about.dataset, "samples": len(ids), "sample_ids": ids},
        "model": model,
        "config": {"epochs": max(sample["epoch"] for sample in samples)},
        "metadata": about.model_dump(mode="json", exclude_none=True),
    }


def _known(sampling: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a request's sampling a log has a word for."""
    names = ("temperature", "top_p", "max_tokens", "seed", "reasoning_effort")
    return {name: sampling[name] for name in names if name in sampling}


def _sample(row: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    whole = row["response"] if asked.get("messages") else None
    reply = read_reply(whole) if whole else None
    text = (reply.text or "") if reply else row["response"]
    reason = STOPPED.get((reply.finish_reason if reply else None) or "", "unknown")
    answer = {"role": "assistant", "content": text, "source": "generate"}
    messages = [_message(message) for message in asked.get("messages", [])]
    parsed = row["parsed_elsewhere"]
    return {
        "id": row["image_id"],
        "epoch": row["repeat"] + 1,
        "input": messages or "(what was asked is not known)",
        "target": row["label"] or "",
        "messages": [*messages, answer],
        "output": {
            "model": asked["model"],
            "choices": [{"message": answer, "stop_reason": reason}],
            "completion": text,
        },
        "scores": {"released": _score(row["label"], parsed)} if parsed else {},
        "metadata": {"key": row["key"].hex(), "recorded_at": str(row["recorded_at"] or "")},
    }


def _score(label: str | None, parsed: str) -> dict[str, str]:
    return {"value": "C" if parsed == label else "I", "answer": parsed}


def _message(message: Mapping[str, Any]) -> dict[str, str]:
    content: Sequence[Mapping[str, str]] = message["content"]
    texts = [part.get("text") or f"[image, SHA-256 {part['sha256']}]" for part in content]
    return {"role": message["role"], "content": "\n\n".join(texts)}
