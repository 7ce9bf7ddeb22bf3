"""Clients that do not read what they are sent: a look at every queue each second, and an end to those that only grow.

Engine.IO keeps what a client has not taken in a queue without a bound, and takes an answered ping for a sign of life.
Up to some megabytes the kernel's own buffers take what nobody reads; a queue grows from there on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .lines import Lines

LOOK = 1.0
"""Seconds between two looks."""
PACKETS = 256
SIZE = 1_000_000
"""Packets and characters that may wait for one client at two looks one after the other: who reads empties the queue."""
STUCK = 60.0
"""Seconds for which the oldest packet may wait."""


@dataclass(slots=True)
class Waiting:
    """What the last look saw of one queue: its oldest packet, since when that waits, and whether there was too much."""

    oldest: Any
    since: float
    is_full: bool


class Backlog:
    """Watches the queues of one namespace's sockets."""

    def __init__(self, server: Any, namespace: str, lines: Lines, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._namespace = namespace
        self._lines = lines
        self._clock = clock
        self._seen: dict[str, Waiting] = {}

    def turn(self) -> float:
        """Look once, cut who does not read, and return the seconds until the next look."""
        seen = {}
        for eio_sid, socket in self._server.eio.sockets.copy().items():
            if socket.queue.qsize() == 0 or self._server.manager.sid_from_eio_sid(eio_sid, self._namespace) is None:
                continue
            packets = list(socket.queue.queue)
            if not packets or socket.closed:
                continue
            seen[eio_sid] = self._waiting(packets, self._seen.get(eio_sid))
            if problem := self._problem(seen[eio_sid], self._seen.get(eio_sid)):
                self._lines.cut(eio_sid, problem)
        self._seen = seen
        return LOOK

    def _waiting(self, packets: list[Any], before: Waiting | None) -> Waiting:
        is_full = len(packets) >= PACKETS or sum(_size(packet) for packet in packets) > SIZE
        is_same = before is not None and before.oldest is packets[0]
        return Waiting(packets[0], before.since if before and is_same else self._clock(), is_full)

    def _problem(self, now: Waiting, before: Waiting | None) -> str:
        if now.is_full and before is not None and before.is_full:
            return "it does not read what it is sent"
        return "it read nothing for a minute" if self._clock() - now.since >= STUCK else ""


def _size(packet: Any) -> int:
    """Characters of a packet; a queue's last word is None."""
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, (str, bytes)) else 0
