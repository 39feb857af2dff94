"""A downloader for pooch that takes up a cut-off download where it stopped."""

import shutil
from pathlib import Path
from typing import IO, Any

import requests
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from secondsight.errors import SourceError

CONNECT_SECONDS = 10
READ_SECONDS = 30
CHUNK = 1 << 16


class Downloader:
    """Download a URL, keeping what has come so far in the file `partial` between two runs."""

    def __init__(self, partial: Path, *, progress: bool = False) -> None:
        self.partial = partial
        self.progress = progress

    def __call__(self, url: str, output_file: str | IO[bytes], pooch: Any) -> None:  # noqa: ARG002
        """Bring `url` into `output_file`; pooch's protocol for downloaders."""
        self.partial.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._bring(url)
            shutil.copyfile(self.partial, str(output_file))  # not by way of memory: some are large
        except requests.RequestException as error:
            raise SourceError(
                f"cannot reach {url} ({_reason(error)}): go online and run the same again, "
                "or name a folder that holds the file in SECONDSIGHT_MIRROR"
            ) from None
        except OSError as error:
            raise SourceError(f"cannot write {self.partial}: {error.strerror}") from None
        self.partial.unlink()

    def _bring(self, url: str) -> None:
        have = self.partial.stat().st_size if self.partial.exists() else 0
        headers = {"Accept-Encoding": "identity"}  # what is packed can't be taken up half-way
        if have:
            headers["Range"] = f"bytes={have}-"
        with requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)
        ) as reply:
            if reply.status_code == requests.codes.requested_range_not_satisfiable:
                return  # the whole file had come; the hash will tell
            reply.raise_for_status()
            resumed = reply.status_code == requests.codes.partial_content
            total = int(reply.headers.get("Content-Length", 0)) + (have if resumed else 0)
            with self.partial.open("ab" if resumed else "wb") as file, self._bar() as bar:
                task = bar.add_task(self.partial.stem, total=total, completed=have * resumed)
                for chunk in reply.iter_content(CHUNK):
                    file.write(chunk)
                    bar.advance(task, len(chunk))

    def _bar(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            disable=not self.progress,
        )


def _reason(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"HTTP {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    return "no connection"
