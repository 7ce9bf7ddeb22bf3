"""livekit-api without an event loop: the only module that knows its client is written for asyncio.

livekit-api's methods are coroutines over an aiohttp session, of which they use only ``timeout`` and ``post()``.
``SyncSession`` stands in for that session with a plain urllib3 request, so such a coroutine never has anything to wait
for and ``run_to_end`` drives it to its value in a single step. The sockets are ordinary ones: green where the host
patched them, blocking under threads. There is no loop, no thread and nothing that a fork could lose.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, TypeVar

import urllib3

from ..errors import MediaDown

T = TypeVar("T")

#: Calls that may be sent a second time: twice has the effect of once.
REPEATABLE = frozenset(
    {"CreateRoom", "DeleteRoom", "ListRooms", "ListParticipants", "UpdateParticipant", "RemoveParticipant"}
)

MAX_IDLE_CONNECTIONS = 100
#: A connection that takes longer than this will not come; the rest of the deadline is better spent by the caller.
MAX_CONNECT_SECONDS = 2.0

#: Told, after each call: its name, the seconds it took, and why it failed (``unavailable``, a status), empty if not.
OnCall = Callable[[str, float, str], None]


def run_to_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the value of a coroutine that never suspends. Raises what it raises.

    Raises RuntimeError if it does suspend: then livekit-api awaits something that ``SyncSession`` does not replace.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    raise RuntimeError("a livekit-api call suspended; this version of it does not fit the bridge")


class SyncSession:
    """What livekit-api takes for an aiohttp session: synchronous requests over kept-alive connections.

    ``deadline`` (seconds) bounds a call: the wait for a free connection, connecting, a repetition and each wait for
    bytes. An SFU that cannot be reached or falls silent for that long raises MediaDown.
    """

    #: Read by livekit-api to decide about its own fail-over, which we switch off.
    timeout = None

    def __init__(self, *, deadline: float, on_call: OnCall | None = None) -> None:
        self.deadline = deadline
        self._on_call = on_call
        self._pool = _new_pool()
        self._owner = os.getpid()

    def post(self, url: str, *, headers: Mapping[str, str], data: bytes, timeout: object = None) -> _Exchange:
        """Return the exchange that livekit-api enters. Its ``timeout`` is ignored: it is always None."""
        return _Exchange(self, url, headers, data)

    def send(self, url: str, headers: Mapping[str, str], data: bytes) -> _Answer:
        """Post ``data`` and return the whole answer, whatever its status. Raises MediaDown."""
        began, error = time.monotonic(), "unavailable"
        try:
            answer = self._sent(url, headers, data)
            error = "" if answer.status < 400 else str(answer.status)
        finally:
            if self._on_call is not None:
                self._on_call(url.rpartition("/")[2], time.monotonic() - began, error)
        return answer

    def _sent(self, url: str, headers: Mapping[str, str], data: bytes) -> _Answer:
        ends_at = time.monotonic() + self.deadline
        try:
            return _ask(self._own_pool(), "POST", url, headers, data, ends_at)
        except urllib3.exceptions.ProtocolError:
            if url.rpartition("/")[2] not in REPEATABLE:
                raise MediaDown from None
        except urllib3.exceptions.HTTPError:
            raise MediaDown from None
        # The SFU closed a kept-alive connection while we were sending. Others in the pool may be as dead, so the one
        # repetition gets a connection of its own.
        try:
            with _new_pool() as fresh:
                return _ask(fresh, "POST", url, headers, data, ends_at)
        except urllib3.exceptions.HTTPError:
            raise MediaDown from None

    def answers(self, url: str, *, within: float) -> bool:
        """Return whether ``url`` answers 200 to a new connection within so many seconds. Never raises."""
        try:
            with _new_pool() as fresh:
                return _ask(fresh, "GET", url, {}, None, time.monotonic() + within).status == 200
        except (urllib3.exceptions.HTTPError, OSError):
            return False

    async def close(self) -> None:
        """Close the idle connections."""
        self._pool.clear()

    def _own_pool(self) -> urllib3.PoolManager:
        # A forked worker must not write into its parent's connections.
        if self._owner != os.getpid():
            self._pool, self._owner = _new_pool(), os.getpid()
        return self._pool


def _new_pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=1, maxsize=MAX_IDLE_CONNECTIONS, block=True)


def _ask(
    pool: urllib3.PoolManager, method: str, url: str, headers: Mapping[str, str], data: bytes | None, ends_at: float
) -> _Answer:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise urllib3.exceptions.TimeoutError
    response = pool.request(
        method,
        url,
        body=data,
        headers=headers,
        timeout=urllib3.Timeout(connect=min(MAX_CONNECT_SECONDS, left), total=left),
        pool_timeout=left,
        retries=False,
        redirect=False,
    )
    return _Answer(response.status, response.data)


class _Answer:
    """The part of an aiohttp response that livekit-api reads. The body is here already."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self._body = body

    async def read(self) -> bytes:
        return self._body

    async def json(self) -> dict[str, Any]:
        value = json.loads(self._body)
        return value if isinstance(value, dict) else {}


class _Exchange:
    """The asynchronous context that livekit-api enters to get its answer; entering it makes the request."""

    def __init__(self, session: SyncSession, url: str, headers: Mapping[str, str], data: bytes) -> None:
        self._session, self._url, self._headers, self._data = session, url, headers, data

    async def __aenter__(self) -> _Answer:
        return self._session.send(self._url, self._headers, self._data)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open: the body was read whole."""
