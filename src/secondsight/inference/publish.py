"""Turn what was recorded into a published recording: journals into Parquet and sidecar."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from secondsight.errors import RecordingError
from secondsight.inference.disk import sync
from secondsight.inference.journal import Journal, read_journal
from secondsight.inference.recording import (
    NONE_CHOSEN,
    Sidecar,
    read_rows,
    read_sidecar,
    write_recording,
)
from secondsight.inference.schema import ROWS

NOT_KNOWN = "not known"


def publish(path: Path, sidecar: Sidecar, others: Sequence[Path] = ()) -> Sidecar:
    """Merge the journal beside the recording at `path`, and others, into it, and drop them.

    A response in a journal replaces a published one of the same key; that of the journal beside it
    counts most. Journals go only when the disk keeps the recording: a process killed before that
    publishes the same again.

    Raises RecordingError if there is no journal, another process is writing to one, or what is
    published already can't be read.
    """
    beside = path.with_suffix(".jsonl")
    journals = [journal for journal in (*others, beside) if journal.exists()]
    if not journals:
        raise RecordingError(f"nothing to publish: there is no {beside.name}")
    with ExitStack() as held:
        for journal in journals:
            held.enter_context(Journal(journal))
        parts = []
        if path.exists():
            parts = [read_rows(path)]
            sidecar = _with_earlier(sidecar, read_sidecar(path))
        parts += map(read_journal, journals)
        measured = write_recording(path, newest(parts), sidecar)
        for journal in journals:
            journal.unlink()
            sync(journal.parent)
    return measured


def _with_earlier(sidecar: Sidecar, before: Sidecar) -> Sidecar:
    """Return a sidecar that also names who answered, and who asked, when it was first published.

    A licence that was chosen then stays where none is now.
    """
    fields = ("endpoint", "recorded_by")
    both = {name: _either(getattr(before, name), getattr(sidecar, name)) for name in fields}
    if sidecar.licence == NONE_CHOSEN:
        both["licence"] = before.licence
    return sidecar.model_copy(update=both)


def _either(before: str | None, now: str | None) -> str | None:
    if before == now:
        return now
    return ", ".join(dict.fromkeys(f"{before or NOT_KNOWN}, {now or NOT_KNOWN}".split(", ")))


def newest(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the last row of each key over `parts`, in the parts' order."""
    rows = pa.concat_tables([part.select(ROWS.names).cast(ROWS) for part in parts])
    place = pa.array(range(rows.num_rows), pa.int64())
    last = (
        pa.table({"key": rows["key"].cast(pa.binary()), "place": place})
        .group_by("key")
        .aggregate([("place", "max")])
    )
    return rows.take(last["place_max"])
