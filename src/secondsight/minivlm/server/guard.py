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

from secondsight.minivlm.server.errors import Refused


def is_loopback(host: str) -> bool:
    """Whether `host` is a name or an address that only this machine can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """Lets a request through if its host is known and it comes from no other origin.

    Parameters
    ----------
    app : callable
        What is guarded.
    exposed : bool
        Whether other machines may ask too: then any address is a known host, and this machine's
        name is one.
    """

    def __init__(self, app: ASGIApp, exposed: bool = False) -> None:
        self._app = app
        self._exposed = exposed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refused = self._refused(headers.get("host", ""), headers.get("origin"))
            if refused is not None:
                await JSONResponse(refused.body, refused.status)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refused(self, host: str, origin: str | None) -> Refused | None:
        if not self._known(_name(f"//{host}")):
            text = f"This server is not {host!r}: ask it by its own address."
            return Refused(text, status=421, code="unknown_host")
        if origin is not None and origin.partition("://")[2] != host:
            text = "This server answers no requests from web pages elsewhere."
            return Refused(text, status=403, code="foreign_origin")
        return None

    def _known(self, host: str) -> bool:
        if is_loopback(host):
            return True
        return self._exposed and (_is_address(host) or host == socket.gethostname().lower())


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
