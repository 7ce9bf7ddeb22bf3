"""Whom the host app wants looked at again, from its life-cycle call until this process's next pulse."""

from __future__ import annotations

from collections.abc import Collection
from threading import Lock

from ...domain.ids import UserId


class Summons:
    """Members whom the host app wants looked at again, until the next pulse of this process takes them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._named: set[UserId] = set()

    def name(self, user_ids: Collection[UserId]) -> None:
        """Add members."""
        with self._lock:
            self._named.update(user_ids)

    def take(self) -> frozenset[UserId]:
        """Return, once, who was named."""
        with self._lock:
            named, self._named = self._named, set()
            return frozenset(named)
