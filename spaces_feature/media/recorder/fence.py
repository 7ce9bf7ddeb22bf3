"""The storage as one recorder may use it: no longer than it has the Space.

Whoever was stopped for seconds and wakes up still holds sound that it would write. By then another recorder has the
Space, and what that one wrote must not be replaced by what this one missed.
"""

from __future__ import annotations

from collections.abc import Collection

from ...media_ports import MediaStorage


class Fence:
    """``MediaStorage`` that changes nothing once it is closed, and says nothing about it."""

    def __init__(self, storage: MediaStorage) -> None:
        self._storage = storage
        self._is_closed = False

    def close(self) -> None:
        """From now on nothing is written or deleted. What a thread is doing at this moment is still done."""
        self._is_closed = True

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object while it may be written."""
        if not self._is_closed:
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

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects while they may be deleted."""
        if not self._is_closed:
            self._storage.delete(keys)
