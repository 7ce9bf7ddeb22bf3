"""The reconciler: compares the SFU with the roster and brings it to the roster, and the roster to the clock.

One process holds the lease. A round evicts whom we do not know, repairs rights, corrects microphones, closes dead
stays, frees dead seats, ends Spaces whose host is gone, gives a missing room a new epoch, and makes owed calls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ..domain import stage
from ..domain.audit import Deed
from ..domain.ids import Identity, RoomName, SpaceId, UserId
from ..domain.media import MediaParticipant
from ..domain.roles import roster_rights
from ..domain.roster import compare
from ..domain.space import Space, State, move_room
from ..errors import MediaDown, MediaError, Refusal
from .absence import Absence
from .changing import change
from .flags.ramping import Ramping
from .flags.switching_off import enforce_kills
from .law.forgetting import forget_old
from .law.intruders import send_off
from .law.law import enforce, everyone_in
from .measures.summing_up import History
from .outbox import settle_owed
from .seams import Seams
from .sound.concluding import follow_captures, sweep
from .sound.leftovers import Leftovers
from .store import RacedError, Stay, Work

log = logging.getLogger(__name__)

LEASE = "reconciler"
LEASE_LIFE = timedelta(seconds=6)
STAGE_SEEN_EVERY = timedelta(seconds=5)
"""The same for those on stage, whose seats are kept by it."""
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
    _law_at: datetime | None = None
    _unseen_since: dict[SpaceId, datetime] = field(default_factory=dict)
    _absence: Absence = field(init=False)
    _leftovers: Leftovers = field(init=False)
    _history: History = field(init=False)
    _ramping: Ramping = field(init=False)

    def __post_init__(self) -> None:
        self._absence = Absence(self.seams)
        self._leftovers = Leftovers(self.seams)
        self._history = History(self.seams)
        self._ramping = Ramping(self.seams)

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
        self._absence.keep_only({space.id for space in spaces})
        self._unseen_since = {space.id: at for space in spaces if (at := self._unseen_since.get(space.id))}
        self._enforce_kills()
        self._leftovers.follow(follow_captures(self.seams))
        self._forget(now)
        self._history.follow()
        self._ramping.follow()
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

    def _enforce_kills(self) -> None:
        try:
            enforce_kills(self.seams)
        except Exception:
            log.exception("kill switches could not be enforced; the next round tries again")

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
        keeps_law = self._law_is_due()
        for space in spaces:
            if keeps_law:
                self._attempt(space, partial(self._keep_law, space))
            look = self._check_room if space.room in rooms else partial(renew_room, self.seams)
            if self._attempt(space, partial(look, space)):
                self._unseen_since.pop(space.id, None)
            if self._may_miss(space):
                self._attempt(space, partial(self._follow, space))
        if sweeps:
            self._sweep([room for room in rooms if room not in {space.room for space in spaces}])

    def _may_miss(self, space: Space) -> bool:
        """Whether absence counts: where nobody could be looked for, nobody is missed until the grace is over."""
        since = self._unseen_since.get(space.id)
        return since is None or self.seams.clock() - since > timedelta(seconds=self.seams.config.host_grace)

    def _attempt(self, space: Space, deed: Callable[[], object]) -> bool:
        """Do one thing for one Space: what fails there must not cost the rest its round. Returns whether it was done.

        Raises MediaDown when the SFU is away altogether: each further call would wait out its deadline as well.
        """
        try:
            deed()
        except (Refusal, RacedError) as refusal:
            log.info("Space %s changed under the reconciler: %s", space.id, refusal)
        except MediaError as error:
            # One room whose owner is dead times out while the SFU answers for all others.
            if isinstance(error, MediaDown) and not self.seams.health.look():
                raise
            log.warning("the SFU refuses the reconciler in Space %s: %s", space.id, error.code)
        else:
            return True
        self._unseen_since.setdefault(space.id, self.seams.clock())
        return False

    def _sweep(self, strays: list[RoomName]) -> None:
        """Delete rooms that are ours but no live Space's, and end stays there; other programs' rooms are left alone."""
        self._swept_at = self.seams.clock()
        with self.seams.store.begin() as work:
            ended = work.ended_rooms(strays)
            work.close_left_over(self._swept_at)
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
            identity: rights
            for identity, stay in stays.items()
            if (rights := roster_rights(fresh, space.room, stay.user_id, was_on_stage=stay.was_on_stage))
        }
        repairs = compare(expected, actual)
        self._attempt(fresh, partial(send_off, self.seams, fresh, space.room, repairs.evict))
        for identity, rights in repairs.correct.items():
            self._attempt(fresh, partial(self.seams.media.set_rights, space.room, identity, rights))
        seen = [stays[identity] for identity in repairs.present]
        self._absence.note(fresh, [stay.user_id for stay in seen])
        self._note_seen(fresh, seen, repairs.visible)
        self._correct_microphones(fresh, repairs.present)

    def _note_seen(self, space: Space, present: list[Stay], visible: list[Identity]) -> None:
        assert space.room is not None
        now = self.seams.clock()
        on_stage = {seat.user_id for seat in space.seats}
        stale = [
            stay.id
            for stay in present
            if now - stay.seen_at >= (STAGE_SEEN_EVERY if stay.user_id in on_stage else SEEN_EVERY)
        ]
        if stale or visible:
            with self.seams.store.begin() as work:
                work.touch_stays(stale, now)
                work.mark_on_stage(space.room, visible)

    def _follow(self, space: Space) -> None:
        """Bring the Space, as it stands after this round's commands, up to the clock; who watches it is there."""
        with self.seams.store.begin() as work:
            fresh = work.load(space.id) or space
        self._absence.note(fresh, self.seams.broadcaster.watching(space.id))
        self._absence.follow(fresh)

    def _law_is_due(self) -> bool:
        now = self.seams.clock()
        if self._law_at is not None and now - self._law_at < timedelta(seconds=self.seams.config.law_interval):
            return False
        self._law_at = now
        return True

    def _keep_law(self, space: Space) -> None:
        with self.seams.store.begin() as work:
            fresh = work.load(space.id)
            people = everyone_in(work, fresh) if fresh and fresh.state is State.LIVE else frozenset()
        if fresh is not None and people:
            enforce(self.seams, fresh, people)

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
            forget_old(self.seams, now)
            sweep(self.seams)
            self._leftovers.sweep()


def _follow_microphone(seams: Seams, space_id: SpaceId, user_id: UserId, *, is_open: bool) -> None:
    def rule(space: Space, _: Work) -> Space:
        seat = space.seat_of(user_id)
        if seat is None or space.state is not State.LIVE:
            return space
        if is_open and (seat.is_muted_by_host or space.is_frozen):
            # The SFU has not taken the mute yet; what it says is what is being repaired.
            return space
        return stage.set_microphone(space, user_id, is_open=is_open)

    change(seams, space_id, Deed(kind="microphone", whom=user_id), rule)


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

    moved = change(seams, space.id, Deed(kind="room_moved"), rule, {"rejoin": {"spread_ms": spread}})
    if moved.room != room:
        seams.media.delete_room(room)
    else:
        log.warning("the room of Space %s was gone; it goes on in %s", space.id, room)
