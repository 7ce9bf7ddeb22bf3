"""The connections beneath the sockets, and how one is cut for good.

Engine.IO ends a connection by a word to the client and waits until it was read. Who does not read, or floods us, gets
no word: the queue is emptied and the TCP connection itself is ended, which frees the threads that wait for either.
"""

from __future__ import annotations

import logging
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ECONNRESET
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET
from typing import Any
from urllib.parse import parse_qs

log = logging.getLogger(__name__)

SILENT = 5.0
"""Seconds without an answer to a ping after which a socket makes room for the member's next one."""
AT_ONCE = struct.pack("ii", 1, 0)
"""Linger for no time at all: what the kernel still holds for the client is dropped."""

Environ = dict[str, Any]


class Lines:
    """The connections of one python-socketio server; ``of`` makes one for each server."""

    def __init__(self, server: Any) -> None:
        self._eio = server.eio
        self._environ: dict[str, Environ] = server.environ
        self._upgrading: dict[str, list[Any]] = {}
        self._answer: Callable[[Environ, Any], Iterable[bytes]] = self._eio.handle_request
        self._eio.handle_request = self._watched

    @classmethod
    def of(cls, server: Any) -> Lines:
        """Return the server's, from its first asking on."""
        known = getattr(server.eio.handle_request, "__self__", None)
        return known if isinstance(known, cls) else cls(server)

    def _watched(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request. What goes wrong inside a websocket is nonsense of its client, and the end of it at once.

        Engine.IO would let it pass for a failure of the app, and keep the connection's socket until its ping is due.
        """
        if "HTTP_UPGRADE" not in environ:
            return self._answer(environ, start_response)
        try:
            with self._known(environ):
                return self._answer(environ, start_response)
        except (OSError, StopIteration):  # by these web servers are told that a websocket is over
            raise
        except Exception as nonsense:
            sid = _sid(environ) or next((sid for sid, first in self._environ.copy().items() if first is environ), "")
            self.cut(sid, f"what it sent cannot be read ({type(nonsense).__name__})")
            raise ConnectionResetError(ECONNRESET, "nonsense") from None

    @contextmanager
    def _known(self, environ: Environ) -> Iterator[None]:
        """Know the TCP connection of a websocket that began with polling; others' is known from their first request."""
        sid = _sid(environ)
        if not sid:
            yield
            return
        connection = _tcp(environ)
        self._upgrading.setdefault(sid, []).append(connection)
        try:
            yield
        finally:
            self._upgrading[sid].remove(connection)
            if not self._upgrading[sid]:
                del self._upgrading[sid]

    def is_silent(self, eio_sid: str) -> bool:
        """Whether the client owes the answer to a ping, or is gone."""
        socket = self._eio.sockets.get(eio_sid)
        if socket is None or socket.closed:
            return True
        return bool(socket.last_ping) and time.time() - socket.last_ping > SILENT

    def cut(self, eio_sid: str, why: str) -> None:
        """End a connection with all that it carries, without a word to the client."""
        socket = self._eio.sockets.get(eio_sid)
        connections = [*self._upgrading.get(eio_sid, ())]
        if socket is not None and socket.upgraded and not connections:
            connections = [_tcp(self._environ.get(eio_sid, {}))]
        if socket is not None and not socket.closed:
            log.warning("a socket was cut: %s", why)
        if socket is not None:
            # It lets everybody know, this server's other namespaces too; `abort`, for nothing more can be sent.
            socket.close(wait=False, abort=True, reason=self._eio.reason.SERVER_DISCONNECT)
            _empty(socket.queue, self._eio.get_queue_empty_exception())
        for connection in connections:
            with suppress(OSError, AttributeError):
                connection.setsockopt(SOL_SOCKET, SO_LINGER, AT_ONCE)
                connection.shutdown(SHUT_RDWR)


def _sid(environ: Environ) -> str:
    """The connection that a request says to belong to; empty for a new one."""
    return next(iter(parse_qs(environ.get("QUERY_STRING", "")).get("sid", ())), "")


def _empty(queue: Any, empty: type[Exception]) -> None:
    with suppress(empty):
        while True:
            queue.get(block=False)
            queue.task_done()
    queue.put(None)  # what waits for something to send ends


def _tcp(environ: Environ) -> Any:
    """The TCP connection of a websocket, where its web server tells (werkzeug, gunicorn, eventlet, gevent), or None."""
    for key in ("werkzeug.socket", "gunicorn.socket"):
        if key in environ:
            return environ[key]
    if "eventlet.input" in environ:
        return environ["eventlet.input"].get_socket()
    with suppress(AttributeError, KeyError):
        return environ["wsgi.websocket"].stream.handler.socket
    with suppress(AttributeError, KeyError):
        given: Any = environ["wsgi.input"]
        file: Any = given.rfile if hasattr(given, "rfile") else given
        return file.raw._sock
    return None
