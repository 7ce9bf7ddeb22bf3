"""The storage as one recorder may use it: no longer than it has the Space.

Whoever was stopped for seconds and wakes up still holds sound that it would write. By then another recorder has the
Space, and what that one wrote must not be replaced by what this one missed. So each lease opens the fence until its own
end and no longer, counted from before it was asked for; and what is kept waits while nobody can say whose it may be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from ...domain.media_links import Kind
from ...errors import StorageDown
from ...media_ports import MediaStorage


class Fence:
    """``MediaStorage`` that changes something within a lease only.

    After the lease a change is StorageDown: it may be renewed yet. Once closed nothing changes, and nobody is told.
    """

    def __init__(self, storage: MediaStorage, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._monotonic = monotonic
        self.is_closed = False
        self._leased_until = self._awake_until = float("-inf")

    def renew(self, until: float) -> None:
        """The Space is ours until then, in seconds of ``monotonic``."""
        self._leased_until = self._awake_until = until

    def ask_in_vain(self, until: float) -> None:
        """Whose the Space is cannot be said now: until then a broadcast goes on, and what is kept waits."""
        self._awake_until = until

    def close(self) -> None:
        """From now on nothing is written or deleted. What a thread is doing at this moment is still done."""
        self.is_closed = True

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object while it may be written."""
        if self._is_open(key):
            self._storage.put(key, data, content_type)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return an object, or a part of it."""
        return self._storage.get(key, start, length)

    def size(self, key: str) -> int | None:
        """Return how many bytes an object has."""
        return self._storage.size(key)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``."""
        return self._storage.keys(prefix)

    def folders(self, within: str, after: str = "", limit: int = 100) -> list[str]:
        """Return the names of folders directly in one."""
        return self._storage.folders(within, after, limit)

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects while they may be deleted."""
        if all(self._is_open(key) for key in keys):
            self._storage.delete(keys)

    def _is_open(self, key: str) -> bool:
        is_heard_only = key.startswith(f"{Kind.LIVE}/")
        if not self.is_closed and self._monotonic() >= (self._awake_until if is_heard_only else self._leased_until):
            raise StorageDown("whose this Space is has to be asked first")
        return not self.is_closed
