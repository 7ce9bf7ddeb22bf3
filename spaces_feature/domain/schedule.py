"""A Space before it begins: when it may be, what follows its time, and how it starts or does not.

All times are moments in UTC; in which zone a member thinks of them is the page's business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import Conflict, Invalid, WrongState
from .ids import Identity, RoomName, UserId
from .invitations import Patience
from .recording import chosen
from .space import EndReason, InvitationState, Role, Seat, Space, State, require_state

COVERS = ("pine", "blue", "plum", "amber", "violet")
"""Cover colours, by the names that the style sheet knows."""
CARDS = 3
"""Posts pinned to one Space."""
HOST_SOON = timedelta(minutes=30)
SOON = timedelta(minutes=10)
"""How long before the start the host, and those who asked for it, are reminded."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead a Space may be planned, how many by one host, and how late after its time it may still begin."""

    ahead: timedelta
    most: int
    late: timedelta


def require_time(start: datetime, now: datetime, horizon: Horizon) -> datetime:
    """Return ``start`` as a time that a Space may be planned for. Raises Invalid for the past and the far future."""
    if start.tzinfo is None or start.utcoffset() is None:
        raise Invalid(
            "start_without_zone", "A time needs its zone.", "End it with Z or +02:00.", field="scheduled_start"
        )
    if start <= now:
        raise Invalid("start_past", "This time has passed.", "Choose a later one.", field="scheduled_start")
    if start > now + horizon.ahead:
        raise Invalid(
            "start_too_far",
            f"Spaces are planned up to {horizon.ahead.days} days ahead.",
            "Choose an earlier day.",
            field="scheduled_start",
            limit=horizon.ahead.days,
        )
    return start


def require_room_for_more(upcoming: int, horizon: Horizon) -> None:
    """Raise Conflict ``too_many_upcoming`` when the host has planned as many Spaces as they may."""
    if upcoming >= horizon.most:
        raise Conflict(
            "too_many_upcoming",
            f"You have {upcoming} upcoming Spaces.",
            "Start or cancel one first.",
            limit=horizon.most,
        )


def clean_cover(cover: str) -> str:
    """Return a cover that exists, or none. Raises Invalid."""
    if cover and cover not in COVERS:
        raise Invalid("unknown_cover", "This cover does not exist.", f"Choose {', '.join(COVERS)}.", field="cover")
    return cover


def is_upcoming(space: Space, now: datetime, horizon: Horizon) -> bool:
    """Whether a planned Space may still begin. What is past it is over, whether or not anybody wrote so."""
    if space.state is not State.SCHEDULED or space.scheduled_start is None:
        return False
    return now < space.scheduled_start + horizon.late


def as_of(space: Space, now: datetime, horizon: Horizon) -> Space:
    """The Space as it is to be seen now: one whose time went by is canceled, before anybody wrote so."""
    if space.state is State.SCHEDULED and not is_upcoming(space, now, horizon):
        return expire(space)
    return space


def reschedule(space: Space, start: datetime) -> Space:
    """Return the Space at another time; invitations stand that much longer."""
    require_state(space, State.SCHEDULED)
    assert space.scheduled_start is not None
    moved = start - space.scheduled_start
    guests = tuple(replace(one, expires_at=one.expires_at + moved) for one in space.invitations)
    return replace(space, scheduled_start=start, invitations=guests)


def cancel(space: Space, reason: EndReason = EndReason.CANCELED) -> Space:
    """Return the Space canceled, by its host unless ``reason`` says otherwise. Canceling twice changes nothing."""
    if space.state is State.CANCELED:
        return space
    require_state(space, State.SCHEDULED)
    return replace(space, state=State.CANCELED, end_reason=reason, requests=(), invitations=())


def expire(space: Space) -> Space:
    """Return the Space canceled because its time went by."""
    if space.state is not State.SCHEDULED:
        return space
    return replace(space, state=State.CANCELED, end_reason=EndReason.EXPIRED, requests=(), invitations=())


def begin(
    space: Space, room: RoomName, identity: Identity, now: datetime, horizon: Horizon, patience: Patience
) -> Space:
    """Return the Space live, with its host alone on stage. Open invitations count from now on.

    Raises WrongState when it began, was canceled, or its time is over.
    """
    require_startable(space, now, horizon)
    seat = Seat(space.host_id, Role.HOST, identity, now)
    guests = tuple(
        replace(one, expires_at=now + patience.life) if one.state is InvitationState.PENDING else one
        for one in space.invitations
    )
    live = replace(space, state=State.LIVE, started_at=now, room=room, seats=(seat,), invitations=guests)
    return chosen(live)


def require_startable(space: Space, now: datetime, horizon: Horizon) -> None:
    """Raise WrongState unless the Space is planned and its time is not over."""
    # What is begun at once has no time.
    is_late = space.scheduled_start is not None and not is_upcoming(space, now, horizon)
    if (is_late and space.state is State.SCHEDULED) or space.end_reason is EndReason.EXPIRED:
        raise WrongState(
            sentence="The time of this Space is over.", way_on="Start a new one.", state=str(State.CANCELED)
        )
    require_state(space, State.SCHEDULED)


def at_first(space: Space) -> Space:
    """Return the Space at its first version."""
    return replace(space, version=1)


def pin(space: Space, card: str) -> Space:
    """Return the Space with one more post beside it, as the last. Raises Conflict when there are three."""
    if card in space.cards:
        return space
    if len(space.cards) >= CARDS:
        raise Conflict("cards_full", f"Up to {CARDS} posts can be pinned.", "Take one down first.", limit=CARDS)
    return replace(space, cards=(*space.cards, card))


def unpin(space: Space, card: str) -> Space:
    """Return the Space without this post beside it."""
    return replace(space, cards=tuple(one for one in space.cards if one != card))


def heard_of(space: Space) -> frozenset[UserId]:
    """Who is asked to come by an open invitation."""
    return frozenset(one.user_id for one in space.invitations if one.state is InvitationState.PENDING)
