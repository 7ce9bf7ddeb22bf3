"""Which Spaces each viewer's strip showed last, as far as this process made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from threading import Lock

from ...domain.ids import SpaceId, UserId

VIEWERS = 20_000


class Shown:
    """Remembers the last strip of the latest viewers, so that what leaves it need not be worked out from follows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._strips: dict[UserId, frozenset[SpaceId]] = {}
        self._viewers: dict[SpaceId, set[UserId]] = defaultdict(set)

    def note(self, viewer: UserId, spaces: Iterable[SpaceId]) -> None:
        """Keep what the viewer was shown."""
        with self._lock:
            self._forget(viewer)
            shown = frozenset(spaces)
            if shown:
                self._strips[viewer] = shown
                for space_id in shown:
                    self._viewers[space_id].add(viewer)
            if len(self._strips) > VIEWERS:
                self._forget(next(iter(self._strips)))

    def to_whom(self, space_id: SpaceId) -> frozenset[UserId]:
        """Return who was shown the Space."""
        with self._lock:
            return frozenset(self._viewers.get(space_id, ()))

    def _forget(self, viewer: UserId) -> None:
        for space_id in self._strips.pop(viewer, ()):
            viewers = self._viewers[space_id]
            viewers.discard(viewer)
            if not viewers:
                del self._viewers[space_id]
