"""The numbers of large Spaces that are live, kept for a moment: counting them must not take a process's time."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from ...domain.ids import SpaceId
from ...domain.wire import Json

SHARE = 50
"""Counting takes at most one part in so many of a process's time, whoever asks and how often."""
WORTH_KEEPING = 0.05
"""Seconds of counting below which it is done again."""
MOST = 200
"""Spaces."""


class Counted:
    """What was counted a moment ago, by Space."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[SpaceId, tuple[datetime, Json]] = {}

    def get(self, space_id: SpaceId, now: datetime) -> Json | None:
        """Return what was counted while it may still stand."""
        with self._lock:
            until, body = self._kept.get(space_id, (now, None))
        return body if until > now else None

    def keep(self, space_id: SpaceId, body: Json, took: float, now: datetime) -> None:
        """Keep what took ``took`` seconds to count."""
        if took < WORTH_KEEPING:
            return
        with self._lock:
            self._kept.pop(space_id, None)
            self._kept[space_id] = (now + timedelta(seconds=SHARE * took), body)
            if len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
