"""How busy the media server is, from its Prometheus page. One short request with a deadline; nothing here raises.

livekit-server 1.13 publishes no load of its own there. It publishes what every Go program does: the processor seconds
that it has used (``process_cpu_seconds_total``) and how many cores it may use (``go_sched_gomaxprocs_threads``). Its
load is the rise of the former between two looks, over the time between them and the cores.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

DEADLINE = 1.0
"""Seconds for one look, connecting included."""
LARGEST = 1_000_000
"""Bytes of a page that are read; the numbers asked for stand in the first tenth of it."""
_USED = re.compile(r"^process_cpu_seconds_total(?:\{[^}]*\})? ([0-9.eE+]+)$", re.MULTILINE)
_CORES = re.compile(r"^go_sched_gomaxprocs_threads(?:\{[^}]*\})? ([0-9.eE+]+)$", re.MULTILINE)


class SfuMetrics:
    """One process's look at the media server. ``seconds`` is a clock that only goes forward."""

    def __init__(self, url: str, *, deadline: float = DEADLINE, seconds: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._deadline = deadline
        self._seconds = seconds
        self._last: tuple[float, float] | None = None

    def __call__(self) -> float | None:
        """Return the share of its processor, 0 to 1, that it used since the last look.

        None for the first look, after a restart of the media server, and when it did not answer in time.
        """
        page = _fetched(self._url, self._deadline)
        used, cores = _number(_USED, page), _number(_CORES, page)
        if used is None or not cores:
            self._last = None
            return None
        now = self._seconds()
        last, self._last = self._last, (now, used)
        if last is None or now <= last[0] or used < last[1]:
            return None
        return min(1.0, (used - last[1]) / (now - last[0]) / cores)


def _number(pattern: re.Pattern[str], page: str) -> float | None:
    found = pattern.search(page)
    if found is None:
        return None
    try:
        return float(found[1])
    except ValueError:
        return None


def _fetched(url: str, deadline: float) -> str:
    """The page, or nothing: no redirects and no proxies."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=deadline)
    # A socket's own time-out begins again with every byte, and a page may come byte by byte.
    end = threading.Timer(deadline, _cut, [connection])
    end.daemon = True
    end.start()
    try:
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("GET", target, headers={"User-Agent": "spaces-feature"})
        answer = connection.getresponse()
        return answer.read(LARGEST).decode("utf-8", "replace") if answer.status == 200 else ""
    except (HTTPException, OSError, ValueError):
        return ""
    finally:
        end.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
