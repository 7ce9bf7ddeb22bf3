"""``services.hooks.Post`` over HTTP: one short request, no redirects and no proxies, certificates checked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

DEADLINE = 3.0
"""Seconds for connecting, and for the whole of what follows."""


class HttpPost:
    """Posts over a connection of its own each time: by the next message the last one is closed anyway."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """Post and return the status of the answer, None when none came in time. What the answer says is not read."""
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection = kind(parts.hostname or "", parts.port, timeout=self._deadline)
        try:
            connection.connect()
            # A socket's own time-out begins again with every byte, and an answer may come byte by byte.
            end = threading.Timer(self._deadline, _cut, [connection])
            end.daemon = True
            end.start()
            try:
                connection.request("POST", target, body, {"User-Agent": "spaces-feature", **headers})
                return connection.getresponse().status
            finally:
                end.cancel()
        except (HTTPException, OSError, ValueError):
            return None
        finally:
            connection.close()


def _cut(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
