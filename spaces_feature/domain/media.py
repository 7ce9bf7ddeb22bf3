"""What a member may do with sound, as facts that the SFU must hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .ids import Identity, RoomName


@dataclass(frozen=True, slots=True)
class MediaRights:
    """The whole of what one participant may do at the SFU.

    Everything else (data packets, metadata, administration) is always refused, to everybody.

    ``can_publish``: may send one microphone. ``is_hidden``: not broadcast to other clients; true only for a listener
    who has never been on stage in this room (a visible participant made hidden again leaves a ghost on other clients).
    """

    can_publish: bool
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class MediaParticipant:
    """One participant as the SFU lists it.

    ``is_muted`` is None without a microphone track. ``is_ours`` is true for kinds that only our own workers may have
    (egress, agent). ``sid`` is new per connection, ``identity`` is not.
    """

    identity: Identity
    sid: str
    rights: MediaRights
    is_muted: bool | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class JoinGrant:
    """What a browser needs to enter a room: never stored, never logged. ``expires_at`` is UTC."""

    url: str
    token: str
    identity: Identity
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MediaFact:
    """One verified statement of the SFU (a webhook).

    ``id`` is unique per event and repeats on redelivery. ``kind`` is LiveKit's event name, such as
    ``participant_joined``. ``at`` has whole seconds only. ``identity``, ``sid`` and ``rights`` are None for events
    about a room. ``is_duplicate_identity`` is true for a leave that was caused by the same person joining again.
    """

    id: str
    kind: str
    room: RoomName
    at: datetime
    identity: Identity | None = None
    sid: str | None = None
    rights: MediaRights | None = None
    is_ours: bool = False
    is_duplicate_identity: bool = False
