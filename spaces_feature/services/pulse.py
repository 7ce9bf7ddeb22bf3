"""What every process does each second: follow what others committed, and tell watchers of it and of who listens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain.ids import SpaceId
from .discovery import refresh_index
from .law import answer_summons, unwelcome
from .seams import Seams
from .snapshots import listeners_of
from .telling import event, send_away, tell_missed

WATCHERS_EVERY = timedelta(seconds=4)


@dataclass(slots=True)
class Pulse:
    """Keeps what was last told, so that a Space where nothing happens costs no message."""

    seams: Seams
    _told: dict[SpaceId, tuple[int, int]] = field(default_factory=dict)
    _law_at: datetime | None = None
    _touched_at: datetime | None = None

    def beat(self) -> None:
        """Refresh the live index; tell of what others committed; send ``listeners`` where the audience may differ.

        Whoever watches by a socket is noted as seen, and sent away when the host app no longer lets them know.
        """
        answer_summons(self.seams, self.seams.summons.take())
        refresh_index(self.seams)
        self._catch_up()
        self._note_watchers()
        self._keep_law()
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

    def _note_watchers(self) -> None:
        """Note in the database, for whoever reconciles, that members are there by their sockets."""
        now = self.seams.clock()
        if self._touched_at is not None and now - self._touched_at < WATCHERS_EVERY:
            return
        self._touched_at = now
        for space in self.seams.index.spaces():
            on_stage = {seat.user_id for seat in space.seats}
            if watching := self.seams.broadcaster.watching(space.id) & on_stage:
                with self.seams.store.begin() as work:
                    work.touch_members(space.id, watching, now)

    def _keep_law(self) -> None:
        """Send away watchers who may not know the Space any more; whoever is in it the reconciler puts out."""
        now = self.seams.clock()
        if self._law_at is not None and now - self._law_at < timedelta(seconds=self.seams.config.law_interval):
            return
        self._law_at = now
        for space in self.seams.index.spaces():
            watching = self.seams.broadcaster.watching(space.id)
            for user_id, code in unwelcome(self.seams, space, watching).items():
                send_away(self.seams, space, [user_id], code)
        self.seams.store.rest()

    def _catch_up(self) -> None:
        """Tell of what a reconciler run apart, or another web process, committed since the last beat."""
        for space_id, before in self.seams.index.take_missed().items():
            with self.seams.store.begin() as work:
                space = work.load(space_id)
            if space is not None:
                tell_missed(self.seams, before, space)
