"""Recording by many processes side by side: each asks its own share, then all is published.

A request belongs to the shard that its key names, so every request is in exactly one, whatever
else changes. A shard writes into a folder of its own below the recordings, and no two processes
ever write to one file.
"""

import glob
import re
from dataclasses import dataclass, replace
from pathlib import Path

from secondsight.errors import ParameterError
from secondsight.inference.cache import Cache
from secondsight.inference.journal import read_journal
from secondsight.inference.publish import publish
from secondsight.inference.recorder import Recorder, Requests, absent_places
from secondsight.inference.recording import Sidecar
from secondsight.inference.workers import Ask

FOLDER = "shards"
"""Where shards write, below the folder of recordings."""
HOST = ".host"
"""What the file beside a shard's journal ends in that names who answered."""
_FORM = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Shard:
    """One of `count` shares of what is to be asked; the first has the number 1."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> "Shard":
        """Return the shard that such a text as ``"3/16"`` names, or raise a ParameterError."""
        form = _FORM.fullmatch(text)
        if form is not None and int(form[1]) > int(form[2]):
            raise ParameterError(
                f"no shard {form[1]} of {form[2]}: the last is {form[2]}/{form[2]}"
            )
        if form is None:
            raise ParameterError(f"no shard {text!r}: of sixteen they are 1/16, 2/16, to 16/16")
        return cls(int(form[1]), int(form[2]))

    def holds(self, key: bytes) -> bool:
        """Whether the request of this key is in the shard."""
        return int.from_bytes(key[:8]) % self.count == self.number % self.count

    def folder(self, recordings: Path) -> Path:
        """Return where the shard writes."""
        return recordings / FOLDER / f"{self.number}-of-{self.count}"


@dataclass(frozen=True)
class Part:
    """Some of the requests of a call, under its name."""

    whole: Requests
    places: list[int]

    @property
    def name(self) -> str:
        """The name under which the call's responses are recorded."""
        return self.whole.name

    @property
    def keys(self) -> list[bytes]:
        """The requests' keys."""
        return [self.whole.keys[place] for place in self.places]

    def canonical(self, place: int) -> bytes:
        """Return the canonical form of the request at `place`."""
        return self.whole.canonical(self.places[place])

    def ask(self, place: int) -> Ask:
        """Return the request at `place`, ready to be put."""
        return self.whole.ask(self.places[place])


def record_shard(plan: Requests, shard: Shard, recorder: Recorder) -> Path:
    """Record what a shard holds of a call and the recorder's folder lacks; return its journal.

    There is no journal if nothing was to be asked.

    A run that was cut off resumes. Raises EndpointError if requests failed.
    """
    folder = shard.folder(recorder.folder)
    places = [place for place, key in enumerate(plan.keys) if shard.holds(key)]
    for known in _before(recorder.folder, shard):
        part = Part(plan, places)
        places = [places[absent] for absent in absent_places(Cache(known).find(part.keys))]
    part = Part(plan, places)
    journal = folder / f"{plan.name}.jsonl"
    if places:
        folder.mkdir(parents=True, exist_ok=True)
        journal.with_suffix(HOST).write_text(recorder.endpoint.host, encoding="utf-8")
    replace(recorder, mode="new_episodes", folder=folder).responses(part, "the same again")
    return journal


def _before(recordings: Path, shard: Shard) -> list[Path]:
    """Return the folders of what need not be asked: also what another number of shards left."""
    others = sorted(recordings.glob(f"{FOLDER}/*"))
    return [recordings, *(path for path in others if not path.match(f"*-of-{shard.count}"))]


def gather(path: Path, sidecar: Sidecar) -> int:
    """Publish what shards recorded for the recording at `path`, and drop their journals.

    Returns how many responses they held. The sidecar names each host that answered a shard. A
    process killed meanwhile publishes the same again.

    Raises RecordingError if a shard is still writing.
    """
    journals = sorted(path.parent.glob(f"{FOLDER}/*/{glob.escape(path.stem)}.jsonl"))
    if not journals:
        return 0
    rows: int = sum(read_journal(journal).num_rows for journal in journals)
    notes = [journal.with_suffix(HOST) for journal in journals]
    hosts = sorted({note.read_text(encoding="utf-8") for note in notes if note.exists()})
    publish(path, sidecar.model_copy(update={"endpoint": ", ".join(hosts) or None}), journals)
    for note in notes:
        note.unlink(missing_ok=True)
    return rows
