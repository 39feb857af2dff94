"""The files that clients upload, and those in which batches put their results.

A file's content is written first and its note after it, so that a note always has its content.
"""

import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from secondsight.minivlm.server.errors import Refused
from secondsight.minivlm.server.folder import read_notes, write_note

Note = dict[str, Any]

LONGEST_NAME = 200


class Files:
    """The files in a folder.

    Parameters
    ----------
    folder : Path
        Made already.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._notes: dict[str, Note] = {note["id"]: note for note in read_notes(folder)}

    def path(self, file_id: str) -> Path:
        """Return where a file's content lies."""
        return self.folder / f"{self.note(file_id)['id']}.content"

    def note(self, file_id: str) -> Note:
        """Return what is known of a file.

        Raises
        ------
        Refused
            If there is no such file.
        """
        if file_id not in self._notes:
            text = f"No such File object: {file_id}"
            raise Refused(text, status=404, param="id", code="file_not_found")
        return self._notes[file_id]

    def all(self, purpose: str | None = None) -> list[Note]:
        """Return what is known of every file of a purpose, oldest first."""
        return [note for note in self._notes.values() if purpose in (None, note["purpose"])]

    def add(self, content: BinaryIO, filename: str) -> Note:
        """Keep an uploaded file; its content is copied, never held in memory."""
        file_id = f"file-{uuid.uuid4().hex[:24]}"
        with (self.folder / f"{file_id}.content").open("wb") as kept:
            shutil.copyfileobj(content, kept, 1 << 20)
        return self._keep(file_id, filename, "batch")

    def add_lines(self, file_id: str, lines: Iterable[bytes], filename: str) -> Note:
        """Keep lines as a file of this id; done twice, it is still one file."""
        with (self.folder / f"{file_id}.content").open("wb") as kept:
            kept.writelines(lines)
        return self._keep(file_id, filename, "batch_output")

    def delete(self, file_id: str) -> None:
        """Remove a file, its note first."""
        content = self.path(file_id)
        (self.folder / f"{file_id}.json").unlink(missing_ok=True)
        content.unlink(missing_ok=True)
        del self._notes[file_id]

    def _keep(self, file_id: str, filename: str, purpose: str) -> Note:
        note = {
            "id": file_id,
            "made": time.time_ns(),
            "bytes": (self.folder / f"{file_id}.content").stat().st_size,
            "filename": filename[:LONGEST_NAME].encode(errors="replace").decode(),
            "purpose": purpose,
        }
        write_note(self.folder / f"{file_id}.json", note)
        self._notes[file_id] = note
        return note


def file_object(note: Note) -> dict[str, Any]:
    """Return a file in OpenAI's form."""
    return {
        "id": note["id"],
        "object": "file",
        "bytes": note["bytes"],
        "created_at": note["made"] // 10**9,
        "expires_at": None,
        "filename": note["filename"],
        "purpose": note["purpose"],
        "status": "processed",
        "status_details": None,
    }
