"""Small files in the place of real ones, and a catalogue of sources that knows their hashes."""

import hashlib
from pathlib import Path

import pytest

from secondsight import paths
from secondsight.datasets import sources
from secondsight.datasets.sources import Source


class Places:
    """Where the outside files of a test stand; made by the fixture `places`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.known = dict(sources.catalogue())
        monkeypatch.setattr(paths, "DOWNLOADS", folder)
        monkeypatch.delenv("SECONDSIGHT_MIRROR", raising=False)
        monkeypatch.setattr(sources, "catalogue", lambda: self.known)

    def path(self, name: str) -> Path:
        """Return where the file of a source stands; its folder exists."""
        path = self.folder / self.known[name].path
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def accept(self, name: str) -> None:
        """Make the file that stands there the right one, in the hash that the source has."""
        content = self.path(name).read_bytes()
        about = self.known[name].model_dump()
        for kind, found in (
            ("sha256", hashlib.sha256(content).hexdigest()),
            ("md5", hashlib.md5(content).hexdigest()),
            ("git_blob", hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()[:8]),
        ):
            if about[kind]:
                about[kind] = found
        self.known[name] = Source(**about)
