"""One member's presence in one Space, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..domain.ids import Identity, RoomName, SpaceId, UserId

ANONYMOUS = "anonymous:"
"""How the ids begin by which those who run the Space know who listens anonymously."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One member's stay in one Space. ``was_on_stage`` is about this very room. Times are UTC.

    ``is_listed``: their face may be shown to everybody. ``anonymous`` is the number by which those who run the Space
    know somebody who listens anonymously, None for everybody else. ``tier`` is how they hear (``tiers.Tier``).
    """

    id: str
    space_id: SpaceId
    user_id: UserId
    room: RoomName
    identity: Identity
    was_on_stage: bool
    joined_at: datetime
    seen_at: datetime
    left_at: datetime | None = None
    is_listed: bool = True
    anonymous: int | None = None
    tier: str = "rtc"

    @property
    def pseudonym(self) -> str:
        """The id of an anonymous listener, for those who run the Space; it leads nowhere else."""
        return f"{ANONYMOUS}{self.id}"
