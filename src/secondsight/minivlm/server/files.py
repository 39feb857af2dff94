"""The files that clients upload, and those in which batches put their results.

A file's content is written before the file is known, so that a known file always has its content.
"""

import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Literal

from openai.types import FileObject

from secondsight.minivlm.server.store import Store

LONGEST_NAME = 200


class Files:
    """The files in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def path(self, file_id: str) -> Path:
        """Return where a file's content lies."""
        return self._place(self.get(file_id).id)

    def get(self, file_id: str) -> FileObject:
        """Return what is known of a file; refuse one that there isn't."""
        return self.store.get(FileObject, file_id)

    def all(self, purpose: str | None = None) -> list[FileObject]:
        """Return what is known of every file of a purpose, oldest first."""
        return [file for file in self.store.all(FileObject) if purpose in (None, file.purpose)]

    def add(self, content: BinaryIO, filename: str) -> FileObject:
        """Keep an uploaded file; its content is copied, never held in memory."""
        file_id = f"file-{uuid.uuid4().hex[:24]}"
        with self._place(file_id).open("wb") as kept:
            shutil.copyfileobj(content, kept, 1 << 20)
        return self._keep(file_id, filename, "batch")

    def add_lines(self, file_id: str, lines: Iterable[bytes], filename: str) -> FileObject:
        """Keep lines as a file of this id; done twice, it is still one file."""
        with self._place(file_id).open("wb") as kept:
            kept.writelines(lines)
        return self._keep(file_id, filename, "batch_output")

    def delete(self, file_id: str) -> None:
        """Remove a file, its content last."""
        self.store.ask("DELETE FROM things WHERE id = ?", file_id)
        self._place(file_id).unlink(missing_ok=True)

    def _place(self, file_id: str) -> Path:
        return self.store.folder / "files" / file_id

    def _keep(
        self, file_id: str, filename: str, purpose: Literal["batch", "batch_output"]
    ) -> FileObject:
        file = FileObject(
            id=file_id,
            object="file",
            bytes=self._place(file_id).stat().st_size,
            created_at=int(time.time()),
            filename=filename[:LONGEST_NAME].encode(errors="replace").decode(),
            purpose=purpose,
            status="processed",
        )
        self.store.keep(file)
        return file
