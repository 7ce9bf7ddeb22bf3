"""Who runs a Space: co-hosts, handing over, and what becomes of it when its host's connection is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..errors import Conflict, NotFound
from .ids import UserId
from .invitations import withdraw
from .space import Invitation, InvitationState, Role, Space, State, require_live
from .stage import in_order, require_free, with_seat


def dismiss_cohost(space: Space, user_id: UserId, now: datetime, max_speakers: int) -> Space:
    """Return the Space with the co-host a speaker again. Raises NotFound for who is none, Conflict ``stage_full``."""
    require_live(space)
    seat = space.seat_of(user_id)
    if seat is None or seat.role is not Role.COHOST:
        raise NotFound("not_cohost", "They are not a co-host.", "See the stage.")
    require_free(space.seats, Role.SPEAKER, max_speakers)
    return _with_roles(space, {user_id: Role.SPEAKER}, now)


def hand_over(space: Space, user_id: UserId, now: datetime) -> Space:
    """Return the Space with the member its host; the former host takes their role, so that nobody loses a seat.

    Handing over to the host changes nothing. Raises Conflict ``not_on_stage`` for somebody in the audience, Conflict
    ``connection_lost`` for somebody who is not there to take over.
    """
    require_live(space)
    seat = space.seat_of(user_id)
    if user_id == space.host_id:
        return space
    if seat is None:
        raise Conflict("not_on_stage", "They are not on stage.", "Invite them as co-host first.")
    if seat.lost_at is not None:
        raise Conflict("connection_lost", "Their connection is lost.", "Wait for them, or choose somebody else.")
    swapped = _with_roles(space, {user_id: Role.HOST, space.host_id: seat.role}, now)
    return _unbound(replace(swapped, host_id=user_id), user_id)


def heirs_of(space: Space) -> tuple[UserId, ...]:
    """The co-hosts whose connection holds, longest-serving first."""
    return tuple(seat.user_id for seat in space.seats if seat.role is Role.COHOST and seat.lost_at is None)


def successor_of(space: Space) -> UserId | None:
    """The longest-serving co-host whose connection holds."""
    return next(iter(heirs_of(space)), None)


def succeed(space: Space, heir: UserId, now: datetime) -> Space:
    """Return the Space with ``heir`` its host and the host who is gone off the stage."""
    require_live(space)
    after = _with_roles(space, {heir: Role.HOST}, now)
    seats = tuple(seat for seat in after.seats if seat.user_id != space.host_id)
    return _unbound(replace(after, host_id=heir, seats=seats), heir)


def lose(space: Space, user_id: UserId, since: datetime, grace: timedelta) -> Space:
    """Return the Space with the member's connection lost ``since`` then: muted, the seat kept for ``grace``.

    Who is not on stage, or lost already, changes nothing.
    """
    seat = space.seat_of(user_id)
    if seat is None or seat.lost_at is not None:
        return space
    return with_seat(space, replace(seat, is_muted=True, lost_at=since, kept_until=since + grace))


def regain(space: Space, user_id: UserId) -> Space:
    """Return the Space with the member's connection back. Who was not lost changes nothing."""
    seat = space.seat_of(user_id)
    return with_seat(space, replace(seat, lost_at=None, kept_until=None)) if seat and seat.lost_at else space


def _with_roles(space: Space, roles: dict[UserId, Role], now: datetime) -> Space:
    """New roles begin now, so whoever takes one comes last among those who have it."""
    staying = tuple(seat for seat in space.seats if seat.user_id not in roles)
    moved = tuple(
        replace(seat, role=roles[seat.user_id], seated_at=now) for seat in space.seats if seat.user_id in roles
    )
    return replace(space, seats=in_order((*staying, *moved)))


def _unbound(space: Space, user_id: UserId) -> Space:
    """A host is muted by nobody, and has no invitation to answer: a yes to it would leave the Space without a host."""
    space = withdraw(space, user_id)
    seat = space.seat_of(user_id)
    assert seat is not None
    return with_seat(space, replace(seat, is_muted_by_host=False, muted_by=None, mute_reason=""))


def only_by_those_who_may(space: Space) -> Space:
    """Return the Space without pending invitations of whoever may not give them any more.

    An invitation goes with the right of whoever gave it: to the stage with host and co-hosts, to be co-host with the
    host.
    """

    def stands(invitation: Invitation) -> bool:
        roles = (Role.HOST,) if invitation.role is Role.COHOST else (Role.HOST, Role.COHOST)
        return invitation.state is not InvitationState.PENDING or space.role_of(invitation.by) in roles

    if space.state is not State.LIVE or all(stands(one) for one in space.invitations):
        return space
    return replace(space, invitations=tuple(one for one in space.invitations if stands(one)))
