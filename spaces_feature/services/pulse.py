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
    """Keeps what was last told, so that a Space where nothing happens costs no message."""

    seams: Seams
    _told: dict[SpaceId, tuple[int, int]] = field(default_factory=dict)

    def beat(self) -> None:
        """Refresh the live index; send ``listeners`` to the watchers of Spaces whose audience may have changed."""
        refresh_index(self.seams)
        live = self.seams.index.spaces()
        for space in live:
            # Who goes on stage and comes back is present all the time, and answers to commands told of the way there.
            present = (self.seams.index.count(space.id), space.version)
            if self._told.get(space.id) == present or not self.seams.broadcaster.watching(space.id):
                continue
            self._told[space.id] = present
            data = listeners_of(self.seams, space)
            self.seams.broadcaster.to_all(space.id, event(space, "listeners", None, None, data))
        for space_id in self._told.keys() - {space.id for space in live}:
            del self._told[space_id]
