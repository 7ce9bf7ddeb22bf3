"""Who was found to be in no Space, for as long as nobody can come into one."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from ...domain.ids import UserId

MEMBERS = 100_000
KEPT = timedelta(seconds=30)


class Outsiders:
    """Remembers for half a minute whose stay was looked for and not there, so that their pages ask nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: dict[UserId, datetime] = {}

    def has(self, user_id: UserId, now: datetime) -> bool:
        """Whether somebody was found outside lately."""
        with self._lock:
            return self._until.get(user_id, now) > now

    def clear(self) -> None:
        """Forget everybody: somebody may have come in since."""
        with self._lock:
            self._until.clear()

    def drop(self, user_id: UserId) -> None:
        """Note that somebody is inside."""
        with self._lock:
            self._until.pop(user_id, None)

    def add(self, user_id: UserId, now: datetime) -> None:
        """Note that somebody is outside."""
        with self._lock:
            if len(self._until) >= MEMBERS:
                self._until.clear()
            self._until[user_id] = now + KEPT
