"""The live index: which Spaces are live and who is on their stages, in memory, per process.

It follows this process's own commits at once and other processes' within a second (``refresh``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock

from ..domain.ids import SpaceId
from ..domain.space import Space, State


class LiveIndex:
    """Live Spaces by id with their participant counts. Reading returns values that nobody changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spaces: dict[SpaceId, Space] = {}
        self._counts: Mapping[SpaceId, int] = {}
        self._stamp: object = None

    @property
    def stamp(self) -> object:
        """What the database looked like at the last ``replace``; None before the first."""
        return self._stamp

    def spaces(self) -> list[Space]:
        """Every live Space."""
        with self._lock:
            return list(self._spaces.values())

    def count(self, space_id: SpaceId) -> int:
        """How many are present, as of the last refresh."""
        return self._counts.get(space_id, 0)

    def put(self, space: Space) -> None:
        """Follow one commit: a Space that is live is in, any other is out. An older version changes nothing."""
        with self._lock:
            known = self._spaces.get(space.id)
            if known is not None and known.version >= space.version:
                return
            if space.state is State.LIVE:
                self._spaces[space.id] = space
            else:
                self._spaces.pop(space.id, None)

    def replace(self, spaces: Iterable[Space], stamp: object) -> None:
        """Follow the database as a whole."""
        with self._lock:
            self._spaces = {space.id: space for space in spaces}
            self._stamp = stamp

    def set_counts(self, counts: Mapping[SpaceId, int]) -> None:
        """Replace the participant counts."""
        self._counts = counts
