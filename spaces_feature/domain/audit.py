"""What is written down for ever: every act of moderation and every change of what somebody may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .ids import SpaceId, UserId
from .roles import Standing
from .space import Space

MODERATION = frozenset(
    {
        "request_declined",
        "invited",
        "invitation_withdrawn",
        "invitation_declined",
        "cohost_dismissed",
        "edited",
        "warned",
        "report_closed",
        "recording_asked",
        "recording_stopped",
    }
)
"""Acts that are written down although nobody's rights differ afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is being done, by whom, to whom and why.

    ``kind`` is the past-tense name that events carry too. ``actor`` is None when time or a rule of ours did it.
    """

    kind: str
    actor: UserId | None = None
    is_staff: bool = False
    whom: UserId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit, never changed once written.

    ``acting_as`` is the actor's role then, ``staff``, or ``system``. An entry of kind ``sfu_answered`` says of the
    entry ``about`` what the SFU answered (``answer``) to which call (``reason``). ``version`` is the Space's.
    """

    id: str
    space_id: SpaceId
    at: datetime
    version: int
    kind: str
    acting_as: str
    actor: UserId | None = None
    whom: UserId | None = None
    reason: str = ""
    about: str | None = None
    answer: str = ""


def is_audited(deed: Deed, before: Space, after: Space) -> bool:
    """Whether the deed is to be written down: it moderates, or it changes what somebody may do."""
    return deed.kind in MODERATION or _law(before) != _law(after)


def _law(space: Space) -> object:
    seats = {(seat.user_id, seat.role, seat.is_muted_by_host) for seat in space.seats}
    kept_out = space.removed, space.removed_as, space.removed_by_staff
    return space.state, space.host_id, seats, kept_out, space.is_frozen, space.speak, space.audience


def acting_as(deed: Deed, space: Space) -> str:
    """In what right the deed was done."""
    if deed.actor is None:
        return "system"
    return str(Standing.STAFF if deed.is_staff else space.role_of(deed.actor))
