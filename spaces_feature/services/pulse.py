"""What every process does each second: follow what others committed, and tell watchers of it and of who listens."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..domain.ids import SpaceId
from .discovery import refresh_index
from .seams import Seams
from .snapshots import listeners_of
from .telling import event, tell_missed


@dataclass(slots=True)
class Pulse:
    """Keeps what was last told, so that a Space where nothing happens costs no message."""

    seams: Seams
    _told: dict[SpaceId, tuple[int, int]] = field(default_factory=dict)

    def beat(self) -> None:
        """Refresh the live index; tell of what others committed; send ``listeners`` where the audience may differ."""
        refresh_index(self.seams)
        self._catch_up()
        live = self.seams.index.spaces()
        for space in live:
            # Who goes on stage and comes back is present all the time, and answers to commands told of the way there.
            present = (self.seams.index.count(space.id), space.version)
            if self._told.get(space.id) == present or not self.seams.broadcaster.watching(space.id):
                continue
            data = listeners_of(self.seams, space)
            self.seams.broadcaster.to_all(space.id, event(space, "listeners", None, None, data))
            self._told[space.id] = present
        for space_id in self._told.keys() - {space.id for space in live}:
            del self._told[space_id]

    def _catch_up(self) -> None:
        """Tell of what a reconciler run apart, or another web process, committed since the last beat."""
        for space_id, before in self.seams.index.take_missed().items():
            with self.seams.store.begin() as work:
                space = work.load(space_id)
            if space is not None:
                tell_missed(self.seams, before, space)
