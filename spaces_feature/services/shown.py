"""Which Spaces each viewer's strip showed last, as far as this process made it."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from cachetools import LRUCache

from ..domain.ids import SpaceId, UserId

VIEWERS = 20_000


class Shown:
    """Remembers the last strip of the latest viewers, so that what leaves it need not be worked out from follows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._strips: LRUCache[UserId, frozenset[SpaceId]] = LRUCache(VIEWERS)

    def note(self, viewer: UserId, spaces: Iterable[SpaceId]) -> None:
        """Keep what the viewer was shown."""
        with self._lock:
            self._strips[viewer] = frozenset(spaces)

    def to_whom(self, space_id: SpaceId) -> frozenset[UserId]:
        """Return who was shown the Space."""
        with self._lock:
            return frozenset(viewer for viewer, spaces in self._strips.items() if space_id in spaces)
