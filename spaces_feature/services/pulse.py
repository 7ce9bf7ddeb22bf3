"""What every process does each second: follow other processes' commits and tell watchers how many listen."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..domain.ids import SpaceId
from .discovery import refresh_index
from .seams import Seams
from .snapshots import listeners_of
from .telling import event


@dataclass(slots=True)
class Pulse:
    """Keeps the counts last told, so that a Space where nobody comes or goes costs no message."""

    seams: Seams
    _told: dict[SpaceId, int] = field(default_factory=dict)

    def beat(self) -> None:
        """Refresh the live index; send ``listeners`` to the watchers of Spaces whose number of participants changed."""
        refresh_index(self.seams)
        live = self.seams.index.spaces()
        for space in live:
            count = self.seams.index.count(space.id)
            if self._told.get(space.id) == count or not self.seams.broadcaster.watching(space.id):
                continue
            self._told[space.id] = count
            data = listeners_of(self.seams, space)
            self.seams.broadcaster.to_all(space.id, event(space, "listeners", None, None, data))
        for space_id in self._told.keys() - {space.id for space in live}:
            del self._told[space_id]
