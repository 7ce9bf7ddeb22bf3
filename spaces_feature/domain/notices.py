"""What members are told outside the page: which kinds there are, when each is due, and in which words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .ids import UserId
from .schedule import HOST_SOON, SOON, Horizon
from .space import Space, State

STALE = timedelta(hours=1)
"""So long after a Space began nobody need be told that it did."""
LATE = timedelta(minutes=10)
"""So long "in half an hour" is true enough."""
SETTLED = timedelta(minutes=2)
"""A new time is told when it has stood for so long: who moves a Space twenty times tells of the last."""
NEWS = timedelta(hours=24)
"""So long what was planned, moved or canceled is worth telling."""


class Kind(StrEnum):
    """What is due: notices by the names that hosts get, and ``expire``, which ends a Space that never began."""

    HOST_SOON = "host_soon"
    HOST_NOW = "host_now"
    SOON = "soon"
    STARTED = "started"
    RESCHEDULED = "rescheduled"
    CANCELED = "canceled"
    SCHEDULED = "scheduled"
    LIVE = "live"
    INVITED = "invited"
    CLIP_ASKED = "clip_asked"
    EXPIRED = "expired"
    EXPIRE = "expire"


TO_HOST = frozenset({Kind.HOST_SOON, Kind.HOST_NOW, Kind.EXPIRED})
TO_FOLLOWERS = frozenset({Kind.SCHEDULED, Kind.LIVE})
OF_A_TIME = frozenset({Kind.HOST_SOON, Kind.HOST_NOW, Kind.SOON, Kind.EXPIRE, Kind.RESCHEDULED})
"""What is due no more once the Space moved to another time."""
OF_A_SPACE = frozenset(Kind) - {Kind.CLIP_ASKED}
"""What is due no more once the Space is over; a clip outlives it."""
BEFORE_START = OF_A_TIME | {Kind.SCHEDULED}
"""What is due no more once the Space began or was canceled."""


@dataclass(frozen=True, slots=True)
class Due:
    """One kind, when it is due, and until when it is worth anything (UTC)."""

    kind: Kind
    at: datetime
    until: datetime


def due_for_plan(space: Space, now: datetime, horizon: Horizon) -> list[Due]:
    """Return what a planned Space will have to be reminded of, and its end if it never begins.

    What would be due in the past is left out: who plans for in five minutes is not told of half an hour.
    """
    start = space.scheduled_start
    assert start is not None
    over = start + horizon.late
    wanted = [
        Due(Kind.HOST_SOON, start - HOST_SOON, start - HOST_SOON + LATE),
        Due(Kind.SOON, start - SOON, start),
        Due(Kind.HOST_NOW, start, over),
        Due(Kind.EXPIRE, over, over + timedelta(days=3650)),
    ]
    return [one for one in wanted if one.at >= now]


def is_still_true(kind: Kind, space: Space, whom: UserId | None) -> bool:
    """Whether what the notice says holds for the Space as it stands; ``whom`` is who it is for, if one member.

    To what staff have frozen nobody is called.
    """
    match kind:
        case Kind.STARTED | Kind.LIVE:
            return space.state is State.LIVE and not space.is_frozen
        case Kind.HOST_SOON | Kind.HOST_NOW | Kind.SOON | Kind.SCHEDULED | Kind.RESCHEDULED | Kind.EXPIRE:
            return space.state is State.SCHEDULED
        case Kind.CANCELED | Kind.EXPIRED:
            return space.state is State.CANCELED
        case Kind.CLIP_ASKED:
            # Whether the clip is there, and waits for them, is seen when they are told.
            return whom is not None
        case Kind.INVITED:
            return space.invitation_of(whom) is not None and not space.is_frozen


def notice_id(task_id: str, user_id: UserId) -> str:
    """The id of what one member is told by one task: the same however often it is told."""
    return hashlib.sha256(f"{task_id}\n{user_id}".encode()).hexdigest()[:40]


def words(kind: Kind, title: str, host: str) -> str:
    """The sentence of a notice. ``host`` is how the host is spoken of, or who made the clip that it is about."""
    return {
        Kind.HOST_SOON: f"Your Space begins in half an hour: {title}",
        Kind.HOST_NOW: f"It is time for your Space: {title}",
        Kind.SOON: f"{host} begins soon: {title}",
        Kind.STARTED: f"{host} has begun: {title}",
        Kind.RESCHEDULED: f"{host} moved a Space to another time: {title}",
        Kind.CANCELED: f"{host} canceled a Space: {title}",
        Kind.SCHEDULED: f"{host} planned a Space: {title}",
        Kind.LIVE: f"{host} is live: {title}",
        Kind.INVITED: f"{host} invites you to a Space: {title}",
        Kind.CLIP_ASKED: f"{host} wants to share a clip with your voice: {title}",
        Kind.EXPIRED: f"Your Space did not begin, and its time is over: {title}",
        Kind.EXPIRE: "",
    }[kind]
