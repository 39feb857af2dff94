"""A small file server on this machine, for tests: ranges, cuts, and packed replies."""

import gzip
from http.server import BaseHTTPRequestHandler
from typing import Any

from local_http import LocalServer, Server


class FileServer(LocalServer):
    """Serve one file; a context manager.

    Attributes
    ----------
    content : bytes
        What is served.
    cuts : list of int
        For each of the next requests, after how many bytes its connection is closed.
    ranges : bool
        Whether a range may be asked for.
    hangs : bool
        Whether the connection is taken but never answered.
    gone : bool
        Whether the answer is 404.
    requests : list of dict
        The headers of every request that came.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(_Handler)
        self.content = content
        self.cuts: list[int] = []
        self.ranges = True
        self.hangs = False
        self.gone = False
        self.requests: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where the file is."""
        return f"{self.address}/file.bin"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        files: FileServer = self.server.owner
        files.requests.append(dict(self.headers))
        if files.hangs:
            files.closing.wait(30)
            return
        if files.gone:
            self.send_error(404)
            return
        body, headers, status = files.content, {}, 200
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body, mtime=0), {"Content-Encoding": "gzip"}
        asked = self.headers.get("Range")
        if asked and files.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            status = 206 if start < len(body) else 416
            body = body[start:]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: files.cuts.pop(0)] if files.cuts else body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""
