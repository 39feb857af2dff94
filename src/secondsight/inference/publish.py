"""Turn what was recorded into a published recording: journals into Parquet and sidecar."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from secondsight.errors import RecordingError
from secondsight.inference.disk import sync
from secondsight.inference.journal import Journal, read_journal
from secondsight.inference.recording import Sidecar, read_rows, write_recording
from secondsight.inference.schema import ROWS


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
        parts = [read_rows(path)] if path.exists() else []
        parts += map(read_journal, journals)
        measured = write_recording(path, newest(parts), sidecar)
        for journal in journals:
            journal.unlink()
            sync(journal.parent)
    return measured


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
