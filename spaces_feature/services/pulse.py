"""What every process does each second: follow what others committed, and tell watchers of it and of who listens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain.ids import SpaceId, UserId
from ..domain.rollout import Kill
from ..domain.schedule import as_of
from ..domain.space import Space, State
from .access import horizon
from .finding.discovery import refresh_index
from .finding.nudging import listeners_changed, strips_of, talking_changed
from .flags.switching_off import enforce_kills
from .law.law import answer_summons, unwelcome_watchers
from .reacting import tell_reactions
from .seams import Seams
from .snapshots import listeners_of
from .sound.clip_news import tell_clips
from .telling import send_away, tell_listeners, tell_missed

WATCHERS_EVERY = timedelta(seconds=4)
LISTENERS_EVERY = timedelta(seconds=5)
LISTENERS_AT_LEAST = timedelta(seconds=15)
LISTENERS_SHARE = 50
"""Reading who listens everywhere takes one part in so many of a process's time, unless that were too seldom."""
PULSE_SECONDS = 1.0
"""What a beat may take for what a kill switch ends."""
MOST_TOLD = 50
"""People who came or went, whose followers are told of it at once; those of a crowd find out within half a minute."""
QUIET = timedelta(seconds=6)
"""A Space talks until nobody has for so long: the ring in a strip does not stop for a breath."""


@dataclass(slots=True)
class Pulse:
    """Keeps what was last told, so that a Space where nothing happens costs no message."""

    seams: Seams
    _told: dict[SpaceId, tuple[int, int]] = field(default_factory=dict)
    _kills: Mapping[str, Kill] | None = None
    _law_at: datetime | None = None
    _touched_at: datetime | None = None
    _listeners_at: datetime | None = None
    _listeners_pause: timedelta = LISTENERS_EVERY
    _talking: frozenset[SpaceId] = frozenset()
    _planned_at: datetime | None = None
    _planned: dict[SpaceId, Space] = field(default_factory=dict)

    def beat(self) -> None:
        """Refresh the live index; tell of what others committed; send ``listeners`` where the audience may differ.

        Whoever watches by a socket is noted as seen, and sent away when the host app no longer lets them know.
        """
        self._follow_kills()
        named = self.seams.summons.take()
        answer_summons(self.seams, named)
        if named:
            strips_of(self.seams, named)
        refresh_index(self.seams)
        self._catch_up()
        self._follow_listeners()
        self._follow_talk()
        tell_reactions(self.seams)
        tell_clips(self.seams)
        self._note_watchers()
        self._keep_law()
        self._follow_planned()
        live = self.seams.index.spaces()
        for space in live:
            # Who goes on stage and comes back is present all the time, and answers to commands told of the way there.
            present = (self.seams.index.count(space.id), space.version)
            if self._told.get(space.id) == present or not self.seams.broadcaster.watching(space.id):
                continue
            tell_listeners(self.seams, space, listeners_of(self.seams, space))
            self._told[space.id] = present
        for space_id in self._told.keys() - {space.id for space in live}:
            del self._told[space_id]

    def _follow_kills(self) -> None:
        """Know of flags what others decided; where a kill switch was pressed or released every strip looks again."""
        self.seams.book.refresh()
        kills = self.seams.book.kills()
        if kills != (self._kills or {}):
            self.seams.outsiders.clear()
            # Whoever was clicked, or reconciles, may have died just then.
            enforce_kills(self.seams, seconds=PULSE_SECONDS)
        if self._kills is not None and kills != self._kills:
            strips_of(self.seams, self.seams.broadcaster.online())
        self._kills = kills

    def _follow_listeners(self) -> None:
        """Read who listens and lets followers see it, and tell those of whoever came or went."""
        now = self.seams.clock()
        index = self.seams.index
        if not _is_due(self._listeners_at, now, self._listeners_pause) or not (index.spaces() or index.listeners):
            return
        began = time.monotonic()
        with self.seams.store.begin() as work:
            listed = work.listed_listeners()
        share = timedelta(seconds=LISTENERS_SHARE * (time.monotonic() - began))
        self._listeners_at, self._listeners_pause = now, min(max(LISTENERS_EVERY, share), LISTENERS_AT_LEAST)
        before, live = index.listeners, {space.id: space for space in index.spaces()}
        audience = {
            space_id: people - {seat.user_id for seat in live[space_id].seats}
            for space_id, people in listed.items()
            if space_id in live
        }
        index.set_listeners(audience)
        nobody: frozenset[UserId] = frozenset()
        told = 0
        for space_id, space in live.items():
            # Who went up on stage, that was told.
            moved = (audience.get(space_id, nobody) ^ before.get(space_id, nobody)) - {
                seat.user_id for seat in space.seats
            }
            told += len(moved)
            if moved and told <= MOST_TOLD:
                listeners_changed(self.seams, space, moved)

    def _follow_talk(self) -> None:
        """Let the rings in strips move where somebody talks, and stand where nobody does any more."""
        since = (self.seams.clock() - QUIET).timestamp()
        talking = self.seams.index.still_talking(since)
        for space in self.seams.index.spaces():
            if (space.id in talking) is not (space.id in self._talking):
                talking_changed(self.seams, space, space.id in talking)
        self._talking = talking

    def _note_watchers(self) -> None:
        """Note in the database, for whoever reconciles, that members are there by their sockets."""
        now = self.seams.clock()
        if not _is_due(self._touched_at, now, WATCHERS_EVERY):
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
        if not _is_due(self._law_at, now, timedelta(seconds=self.seams.config.law_interval)):
            return
        self._law_at = now
        for space in self.seams.index.spaces():
            watching = self.seams.broadcaster.watching(space.id)
            for user_id, code in unwelcome_watchers(self.seams, space, watching).items():
                send_away(self.seams, space, [user_id], code)
        self.seams.store.rest()

    def _follow_planned(self) -> None:
        """Tell watchers of planned Spaces what other processes did to them, or time; send away who may not know.

        What is live the index follows, each second.
        """
        now = self.seams.clock()
        if not _is_due(self._planned_at, now, WATCHERS_EVERY):
            return
        self._planned_at = now
        index = self.seams.index
        watched = self.seams.broadcaster.watched() - {space.id for space in index.spaces()}
        spaces: list[Space] = []
        if watched:
            with self.seams.store.begin() as work:
                spaces = [as_of(space, now, horizon(self.seams)) for space in work.spaces_among(sorted(watched))]
        for space in spaces:
            before = self._planned.get(space.id)
            if before is not None and before.state is State.SCHEDULED:
                is_news = space.version > max(before.version, index.told(space.id)) or (
                    space.state is not before.state and space.version == before.version
                )
                if is_news:
                    tell_missed(self.seams, before, space)
            if space.state is State.SCHEDULED:
                watching = self.seams.broadcaster.watching(space.id)
                for user_id, code in unwelcome_watchers(self.seams, space, watching).items():
                    send_away(self.seams, space, [user_id], code)
        self._planned = {space.id: space for space in spaces}
        self.seams.store.rest()

    def _catch_up(self) -> None:
        """Tell of what a reconciler run apart, or another web process, committed since the last beat."""
        for space_id, before in self.seams.index.take_missed().items():
            with self.seams.store.begin() as work:
                space = work.load(space_id)
            if space is not None:
                tell_missed(self.seams, before, space)


def _is_due(last: datetime | None, now: datetime, pause: timedelta) -> bool:
    """Whether something is to be done again. A clock that was set back does not put it off."""
    return last is None or abs(now - last) >= pause
