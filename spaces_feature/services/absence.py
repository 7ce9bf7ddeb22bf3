"""Who of a Space is gone: stays nobody has seen, seats whose connection is lost, and what follows when time is up.

Seen means by the SFU, by a socket, or by a heartbeat. A seat is kept for the grace after its member was seen last;
then a speaker is off the stage, and a host is followed by the longest-serving co-host who is there, or the Space ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..domain import hosts, invitations, stage
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.space import EndReason, Role, Seat, Space, State
from .attending import give_up_place
from .changing import Naming, change
from .hosting import ended
from .seams import Seams
from .store import Stay, Work

HEARTBEATS = timedelta(seconds=30)
"""Somebody who was only ever heard of by heartbeats is quiet between two of them."""


@dataclass(slots=True)
class Absence:
    """One process's account of when each member on stage was seen last; the database knows it less exactly."""

    seams: Seams
    _seen: dict[tuple[SpaceId, UserId], datetime] = field(default_factory=dict)

    def note(self, space: Space, seen: Collection[UserId]) -> None:
        """Note whom of the stage the SFU or a socket shows at this moment."""
        now = self.seams.clock()
        on_stage = {seat.user_id for seat in space.seats}
        self._seen.update({(space.id, user_id): now for user_id in on_stage.intersection(seen)})

    def keep_only(self, spaces: Collection[SpaceId]) -> None:
        """Forget Spaces that are not live any more."""
        self._seen = {key: at for key, at in self._seen.items() if key[0] in spaces}

    def follow(self, space: Space) -> None:
        """Bring one Space up to the clock: its stays, its seats, its queue and its invitations."""
        now = self.seams.clock()
        config = self.seams.config
        with self.seams.store.begin() as work:
            work.close_unseen(space.id, now - timedelta(seconds=config.stay_grace))
            waiting = {asked.user_id: asked.requested_at for asked in space.requests}
            placed = {seat.user_id for seat in space.seats}.union(waiting)
            present = {stay.user_id: stay for stay in work.stays_among(space.id, placed)}
            away = placed - present.keys()
            last = {user_id: work.last_stay(space.id, user_id) for user_id in away}
        grace = timedelta(seconds=config.host_grace)
        quiet_since: list[datetime] = []
        for seat in space.seats:
            seen_at, patience = self._seen_at(space, seat, present.get(seat.user_id), last.get(seat.user_id))
            quiet_since.append(seen_at)
            if seat.lost_at is None and now - seen_at > patience:
                _lose(self.seams, space, seat, seen_at, grace)
            elif seat.lost_at is not None and seen_at > seat.lost_at:
                _regain(self.seams, space, seat)
            elif seat.kept_until is not None and now > seat.kept_until:
                _expire_seat(self.seams, space, seat)
        for user_id, asked_at in waiting.items():
            stay = last.get(user_id)
            gone_at = max(stay.left_at or stay.seen_at, asked_at) if stay else asked_at
            if user_id not in present and now - gone_at > grace:
                give_up_place(self.seams, user_id, space.id, "left", unless_present=True)
        if quiet_since and now - max(quiet_since) > timedelta(seconds=config.stage_grace):
            _end(self.seams, space.id, EndReason.EMPTY)
        _expire_waiting(self.seams, space, now)

    def _seen_at(self, space: Space, seat: Seat, stay: Stay | None, last: Stay | None) -> tuple[datetime, timedelta]:
        """When the member was seen last, and how long they may be quiet before that counts as lost."""
        shown = self._seen.get((space.id, seat.user_id))
        known = shown or seat.seated_at
        lost_after = timedelta(seconds=self.seams.config.lost_after)
        if stay is not None:
            return max(known, stay.seen_at, seat.seated_at), lost_after if shown else max(lost_after, HEARTBEATS)
        if last is not None:
            # Whoever left, or was not seen for a whole grace, is not waited for again.
            return max(last.left_at or last.seen_at, seat.seated_at), timedelta(0)
        return max(known, seat.seated_at), max(lost_after, HEARTBEATS)


def _lose(seams: Seams, space: Space, seat: Seat, since: datetime, grace: timedelta) -> None:
    def rule(fresh: Space, work: Work) -> Space:
        if fresh.state is not State.LIVE or _is_seen_since(work, space.id, seat.user_id, since):
            return fresh
        return hosts.lose(fresh, seat.user_id, since, grace)

    change(
        seams, space.id, Deed(kind="host_lost" if seat.role is Role.HOST else "speaker_lost", whom=seat.user_id), rule
    )


def _regain(seams: Seams, space: Space, seat: Seat) -> None:
    def rule(fresh: Space, work: Work) -> Space:
        return hosts.regain(fresh, seat.user_id) if fresh.state is State.LIVE else fresh

    change(
        seams, space.id, Deed(kind="host_back" if seat.role is Role.HOST else "speaker_back", whom=seat.user_id), rule
    )


def _expire_seat(seams: Seams, space: Space, seat: Seat) -> None:
    """The grace is over: unless they came back this very moment, the seat is free, or the Space has another host."""

    def rule(fresh: Space, work: Work) -> Space:
        held = fresh.seat_of(seat.user_id)
        if fresh.state is not State.LIVE or held is None or held.lost_at is None:
            return fresh
        if _is_seen_since(work, space.id, seat.user_id, held.lost_at):
            return fresh
        return without(seams, work, fresh, seat.user_id, EndReason.HOST_GONE)

    change(seams, space.id, departure(seat.user_id, "gone"), rule)


def departure(user_id: UserId, reason: str, actor: UserId | None = None) -> Naming:
    """Name what came of somebody's going: the Space has another host, or it ended, or they are off their place.

    ``handed_over`` is about who has the Space now; its reason says who had it.
    """

    def name(before: Space, after: Space) -> Deed:
        is_staff = actor is not None
        if after.state is not State.LIVE:
            return Deed(kind="ended", actor=actor, is_staff=is_staff, whom=user_id, reason=reason)
        if after.host_id != before.host_id:
            had = f"{reason} ({user_id})"
            return Deed(kind="handed_over", actor=actor, is_staff=is_staff, whom=after.host_id, reason=had)
        return Deed(kind="left", actor=actor, is_staff=is_staff, whom=user_id, reason=reason)

    return name


def without(seams: Seams, work: Work, space: Space, user_id: UserId, reason: EndReason) -> Space:
    """Return the Space without the member in seat, queue or invitations.

    Without its host it goes on with the longest-serving co-host who is there and hosts nothing else, or it ends.
    """
    rest = stage.take_back(invitations.withdraw(space, user_id), user_id)
    if user_id != rest.host_id:
        return stage.leave_stage(rest, user_id)
    heir = heir_of(seams, work, rest)
    if heir is None:
        return ended(seams, work, space, reason)
    return hosts.succeed(rest, heir, seams.clock())


def heir_of(seams: Seams, work: Work, space: Space) -> UserId | None:
    """The longest-serving co-host who is there, may take part, and hosts nothing else."""
    heirs = hosts.heirs_of(space)
    barred = seams.identity.barred(heirs) if heirs else frozenset()
    return next((heir for heir in heirs if heir not in barred and work.live_space_of(heir) is None), None)


def _is_seen_since(work: Work, space_id: SpaceId, user_id: UserId, moment: datetime) -> bool:
    stay = work.stay(space_id, user_id)
    return stay is not None and stay.seen_at > moment


def _end(seams: Seams, space_id: SpaceId, reason: EndReason) -> None:
    def rule(space: Space, work: Work) -> Space:
        return ended(seams, work, space, reason) if space.state is State.LIVE else space

    change(seams, space_id, Deed(kind="ended"), rule)


def _expire_waiting(seams: Seams, space: Space, now: datetime) -> None:
    """Let requests and invitations go that waited too long: one request at a time, as the queue's events count."""
    life = timedelta(seconds=seams.config.request_life)
    for asked in space.requests:
        if now - asked.requested_at >= life:
            change(
                seams,
                space.id,
                Deed(kind="request_expired", whom=asked.user_id),
                lambda fresh, _, guest=asked.user_id: stage.take_back(fresh, guest),  # type: ignore[misc]
            )
    if invitations.expire(space, now) != space:
        change(
            seams,
            space.id,
            Deed(kind="invitation_expired"),
            lambda fresh, _: invitations.expire(fresh, now) if fresh.state is State.LIVE else fresh,
        )
