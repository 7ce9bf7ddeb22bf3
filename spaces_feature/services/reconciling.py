"""The reconciler: compares the SFU with the roster and brings it to the roster, and the roster to the clock.

One process holds the lease. A round evicts whom we do not know, repairs rights, corrects microphones, closes dead
stays, frees dead seats, ends Spaces whose host is gone, gives a missing room a new epoch, and makes owed calls.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain import stage
from ..domain.ids import Identity, RoomName, SpaceId, UserId
from ..domain.media import MediaParticipant
from ..domain.roles import rights_of
from ..domain.roster import compare
from ..domain.space import Space, State, move_room
from ..errors import MediaDown, MediaError, Refusal
from .attending import give_up_place
from .changing import change
from .hosting import end_abandoned
from .outbox import settle_owed
from .seams import Seams
from .store import RacedError, Stay, Work

log = logging.getLogger(__name__)

LEASE = "reconciler"
LEASE_LIFE = timedelta(seconds=6)
SEEN_EVERY = timedelta(seconds=15)
"""How often the database is told who was seen; a crowd costs one statement per 500 members and quarter minute."""
SWEEP_EVERY = timedelta(seconds=10)
"""How often rooms without a live Space are looked for; with nothing live this is all that the SFU is asked."""
FORGET_EVERY = timedelta(minutes=5)


@dataclass(slots=True)
class Reconciler:
    """One process's candidate for the lease. Call ``round`` every second or so; it keeps what rounds compare.

    ``has_lease`` tells whether the last round was ours to do.
    """

    seams: Seams
    holder: str
    has_lease: bool = False
    _forgot_at: datetime | None = None
    _swept_at: datetime | None = None
    _doubts: dict[SpaceId, dict[Identity, bool]] = field(default_factory=dict)
    _rooms: frozenset[RoomName] = frozenset()

    def round(self) -> bool:
        """Do one round if the lease is ours. Returns whether the SFU answered."""
        now = self.seams.clock()
        with self.seams.store.begin() as work:
            self.has_lease = work.take_lease(LEASE, self.holder, now, now + LEASE_LIFE)
            if not self.has_lease:
                return True
            spaces = work.live()
        self._rooms = frozenset(space.room for space in spaces if space.room)
        self._doubts = {space.id: self._doubts[space.id] for space in spaces if space.id in self._doubts}
        self._forget(now)
        sweeps = self._swept_at is None or now - self._swept_at >= SWEEP_EVERY
        if not spaces and not sweeps:
            return True
        if not self.seams.health.look():
            return False
        try:
            self._reconcile(spaces, sweeps=sweeps)
            settle_owed(self.seams)
        except MediaError as error:
            log.warning("the SFU does not answer the reconciler: %s", error.code)
            return False
        return True

    def misses_room(self) -> bool:
        """Whether a room of the last round is gone, so that the next one should not wait: the SFU may have restarted.

        One call to the SFU, and none without the lease or while nothing is live.
        """
        if not self.has_lease or not self._rooms:
            return False
        try:
            return not self._rooms <= self.seams.media.rooms()
        except MediaError:
            return True

    def _reconcile(self, spaces: list[Space], *, sweeps: bool) -> None:
        # The live Spaces were read before the rooms: a room made in between is unknown here, never missing.
        rooms = self.seams.media.rooms()
        for space in spaces:
            try:
                if space.room in rooms:
                    self._check_room(space)
                else:
                    renew_room(self.seams, space)
                expire_absent(self.seams, space)
            except (Refusal, RacedError) as refusal:
                log.info("Space %s changed under the reconciler: %s", space.id, refusal)
            except MediaDown:
                raise
            except MediaError as error:
                # One room that the SFU will not answer for must not cost the others their round.
                log.warning("the SFU refuses the reconciler in Space %s: %s", space.id, error.code)
        if sweeps:
            self._sweep([room for room in rooms if room not in {space.room for space in spaces}])

    def _sweep(self, strays: list[RoomName]) -> None:
        """Delete rooms that are ours but no live Space's; rooms of other programs are left alone."""
        with self.seams.store.begin() as work:
            ended = work.ended_rooms(strays)
        self._swept_at = self.seams.clock()
        for room in ended:
            self.seams.media.delete_room(room)

    def _check_room(self, space: Space) -> None:
        assert space.room is not None
        actual = self.seams.media.participants(space.room)
        with self.seams.store.begin() as work:
            # Read after the SFU answered: whoever joined meanwhile is on the roster before they are in the room.
            fresh = work.load(space.id)
            stays = {stay.identity: stay for stay in work.stays(space.id) if stay.room == space.room}
        if fresh is None or fresh.state is not State.LIVE or fresh.room != space.room:
            return
        expected = {
            identity: rights_of(fresh.seat_of(stay.user_id), was_on_stage=stay.was_on_stage)
            for identity, stay in stays.items()
        }
        repairs = compare(expected, actual)
        for identity in repairs.evict:
            self.seams.media.remove(space.room, identity)
            log.warning("sent away %s, who is not on the roster of %s", identity, space.room)
        for identity, rights in repairs.correct.items():
            self.seams.media.set_rights(space.room, identity, rights)
        self._note_seen(space.room, [stays[identity] for identity in repairs.present], repairs.visible)
        self._correct_microphones(fresh, repairs.present)

    def _note_seen(self, room: RoomName, present: list[Stay], visible: list[Identity]) -> None:
        now = self.seams.clock()
        stale = [stay.id for stay in present if now - stay.seen_at >= SEEN_EVERY]
        if stale or visible:
            with self.seams.store.begin() as work:
                work.touch_stays(stale, now)
                work.mark_on_stage(room, visible)

    def _correct_microphones(self, space: Space, present: dict[Identity, MediaParticipant]) -> None:
        """Follow the SFU when it says the same of a microphone, against the roster, in two rounds running."""
        before, now = self._doubts.get(space.id, {}), {}
        for seat in space.seats:
            participant = present.get(seat.identity)
            is_muted = participant is None or participant.is_muted is not False
            if is_muted == seat.is_muted:
                continue
            if before.get(seat.identity) == is_muted:
                _follow_microphone(self.seams, space.id, seat.user_id, is_open=not is_muted)
            else:
                now[seat.identity] = is_muted
        self._doubts[space.id] = now

    def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at > FORGET_EVERY:
            self._forgot_at = now
            with self.seams.store.begin() as work:
                work.forget_before(now)


def _follow_microphone(seams: Seams, space_id: SpaceId, user_id: UserId, *, is_open: bool) -> None:
    def rule(space: Space, _: Work) -> Space:
        if not space.seat_of(user_id) or space.state is not State.LIVE:
            return space
        return stage.set_microphone(space, user_id, is_open=is_open)

    change(seams, space_id, "microphone", rule)


def renew_room(seams: Seams, space: Space) -> None:
    """Give a Space whose room is gone a room under a new epoch, and call its clients there, spread over a while."""
    room = seams.ids.room(space.id)
    seams.media.create_room(room)
    spread = seams.index.count(space.id) // 100 * seams.config.rejoin_spread_ms

    def rule(fresh: Space, work: Work) -> Space:
        if fresh.state is not State.LIVE or fresh.room != space.room:
            return fresh
        # Nobody could be seen while the SFU was away; everyone has the whole grace to come back.
        work.touch_stays([stay.id for stay in work.stays(space.id)], seams.clock())
        return move_room(fresh, room, {seat.user_id: seams.ids.identity(room, seat.user_id) for seat in fresh.seats})

    moved = change(seams, space.id, "room_moved", rule, {"rejoin": {"spread_ms": spread}})
    if moved.room != room:
        seams.media.delete_room(room)
    else:
        log.warning("the room of Space %s was gone; it goes on in %s", space.id, room)


def expire_absent(seams: Seams, space: Space) -> None:
    """Close stays nobody has seen for the stay's grace; free seats and end the Space past the host's grace."""
    now = seams.clock()
    with seams.store.begin() as work:
        work.close_unseen(space.id, now - timedelta(seconds=seams.config.stay_grace))
        present = {stay.user_id for stay in work.stays(space.id)}
        since = {asked.user_id: asked.requested_at for asked in space.requests}
        since |= {seat.user_id: seat.seated_at for seat in space.seats}
        last = {user_id: work.last_stay(space.id, user_id) for user_id in since.keys() - present}
    grace = timedelta(seconds=seams.config.host_grace)
    gone = [
        user_id
        for user_id, stay in last.items()
        if now - max((stay.left_at or stay.seen_at) if stay else since[user_id], since[user_id]) > grace
    ]
    if space.host_id in gone:
        end_abandoned(seams, space.id)
        return
    for user_id in sorted(gone):
        give_up_place(seams, user_id, space.id, "left", unless_present=True)
