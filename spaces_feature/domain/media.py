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


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified token of the SFU lets its holder do in ``room``.

    ``beyond`` names everything it grants that no member ever has: other sources than the microphone, data packets,
    metadata, administration, being a recorder or an agent.
    """

    room: RoomName
    identity: Identity
    rights: MediaRights
    beyond: frozenset[str] = frozenset()


def says_more(claims: TokenClaims, rights: MediaRights) -> bool:
    """Whether a token lets its holder do more than ``rights``: the SFU would believe the token, not the roster.

    Being hidden is less, since nobody is heard from there; publishing while hidden is more than anybody may. So a
    listener's older grant is good on stage, where the arrival check completes it, and a speaker's is not off it.
    """
    publishes_more = claims.rights.can_publish and (claims.rights.is_hidden or not rights.can_publish)
    return publishes_more or bool(claims.beyond)
