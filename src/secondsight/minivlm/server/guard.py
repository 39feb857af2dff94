"""Who may ask: a page in a browser that was led to this address may not.

A web page elsewhere can make its own name point at this machine and so read what a server on the
loopback answers. Its requests give themselves away: they name a strange host, or another origin.
"""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from secondsight.inference.client import is_this_machine
from secondsight.minivlm.server.errors import Refused


class Guard:
    """Lets a request through if its host is known and it comes from no other origin.

    If the server is `exposed`, other machines may ask too: then any address is a known host, and
    this machine's name is one.
    """

    def __init__(self, app: ASGIApp, *, exposed: bool = False) -> None:
        self._app, self._exposed = app, exposed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        app = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refused = self._refused(headers.get("host", ""), headers.get("origin"))
            app = JSONResponse(refused.body, refused.status) if refused else app
        await app(scope, receive, send)

    def _refused(self, host: str, origin: str | None) -> Refused | None:
        if not self._known(_name(f"//{host}")):
            text = f"This server is not {host!r}: ask it by its own address."
            return Refused(text, status=421, code="unknown_host")
        if origin is not None and origin.partition("://")[2] != host:
            text = "This server answers no requests from web pages elsewhere."
            return Refused(text, status=403, code="foreign_origin")
        return None

    def _known(self, host: str) -> bool:
        own = _is_address(host) or host == socket.gethostname().lower()
        return is_this_machine(host) or (self._exposed and own)


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
