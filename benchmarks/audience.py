"""Thousands of members' open pages in one thread: sockets that wait, and note when each is told that its strip differs.

They speak as much of HTTP, WebSocket, Engine.IO and Socket.IO as that takes.
"""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

OPENING = 64
"""Connections that are being made at once."""
LIMIT = 120.0
WELCOME = '40/spaces,{"sid"'
STRIP = '42/spaces,["strip",'
_UPGRADE = """GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r
Host: {host}:{port}\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
Sec-WebSocket-Version: 13\r
Cookie: {cookie}\r
\r
"""


class Told(NamedTuple):
    """One member was told something: at a moment of ``time.perf_counter``, over which connection, and what."""

    at: float
    number: int
    message: dict[str, Any]


@dataclass(slots=True)
class _Page:
    wire: socket.socket
    unread: bytes = b""
    is_upgraded: bool = False
    is_in: bool = False


class Audience:
    """Open pages. Nothing is read but inside ``wait``."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._poll = select.epoll()
        self._pages: dict[int, _Page] = {}
        self._ready = 0
        self.told: list[Told] = []

    def open(self, cookies: Iterable[str]) -> None:
        """Open a page for each of these members. Raises RuntimeError when one is refused."""
        for number, cookie in enumerate(cookies, 1):
            host, port = self._address
            page = self._connect()
            page.wire.sendall(_UPGRADE.format(host=host, port=port, cookie=cookie).encode())
            self.wait(lambda opened=number: self._ready > opened - OPENING)  # type: ignore[misc]
        self.wait(lambda: self._ready == len(self._pages))

    def adopt(self, count: int) -> None:
        """Open connections that whatever is sent over them goes to as it is: for a sender that asks for no upgrade."""
        for _ in range(count):
            page = self._connect()
            page.is_upgraded = page.is_in = True

    def _connect(self) -> _Page:
        wire = socket.create_connection(self._address, timeout=LIMIT)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        page = self._pages[wire.fileno()] = _Page(wire)
        self._poll.register(wire, select.EPOLLIN)
        return page

    def wait(self, until: Callable[[], bool], within: float = LIMIT) -> bool:
        """Read until something holds; False when it does not in time."""
        ends_at = time.perf_counter() + within
        while not until():
            if time.perf_counter() > ends_at:
                return False
            for number, _ in self._poll.poll(0.01):
                self._read(number, self._pages[number])
        return True

    def _read(self, number: int, page: _Page) -> None:
        part = page.wire.recv(65536)
        at = time.perf_counter()
        if not part:
            raise RuntimeError(f"a page was cut off: {page.unread[:200]!r}")
        page.unread += part
        if not page.is_upgraded:
            head, found, rest = page.unread.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head.decode(errors="replace"))
            page.unread, page.is_upgraded = rest, True
        while (text := _frame(page)) is not None:
            self._take(at, number, page, text)

    def _take(self, at: float, number: int, page: _Page, text: str) -> None:
        if text.startswith(STRIP):
            self.told.append(Told(at, number, json.loads(text[text.index("[") :])[1]))
        elif text == "2":
            _say(page, "3")
        elif text.startswith("0{"):
            _say(page, "40/spaces,")
        elif text.startswith(WELCOME):
            page.is_in = True
            self._ready += 1
        elif text.startswith("44"):
            raise RuntimeError(text)

    def close(self) -> None:
        """Close every page."""
        for page in self._pages.values():
            page.wire.close()
        self._poll.close()


def _frame(page: _Page) -> str | None:
    """Take one whole frame off what was read."""
    data = page.unread
    if len(data) < 2:
        return None
    size, start = data[1] & 127, 2
    if size == 126:
        size, start = int.from_bytes(data[2:4], "big"), 4
    if len(data) < start + size:
        return None
    page.unread = data[start + size :]
    return data[start : start + size].decode() if data[0] == 0x81 else ""


def _say(page: _Page, text: str) -> None:
    page.wire.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode())
