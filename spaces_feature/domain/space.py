"""A Space and its life cycle: what it is, and which state may follow which.

Every function takes a Space and returns the Space that follows, or raises a Refusal; nothing is changed in place.
An unchanged Space returned means that there was nothing to do (a repeated command).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ..errors import WrongState
from .ids import Identity, RoomName, SpaceId, UserId


class State(StrEnum):
    """Where a Space is in its life."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELED = "canceled"


class Role(StrEnum):
    """What a member is in one Space. Host, co-host and speaker are the stage."""

    HOST = "host"
    COHOST = "cohost"
    SPEAKER = "speaker"
    LISTENER = "listener"


class Audience(StrEnum):
    """Who may listen: all, who follows the host, whom the host follows, or who was invited."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    INVITED = "invited"


class Speak(StrEnum):
    """Who may ask to speak: all, whom the host follows, or nobody uninvited."""

    EVERYONE = "everyone"
    FOLLOWING = "following"
    INVITED = "invited"


class EndReason(StrEnum):
    """Why a Space ended: its host ended it, or was gone too long, or staff did, or nobody was left on stage, or Spaces
    were switched off.

    Of one that never began: its host canceled it, or let its time go by.
    """

    HOST = "host"
    HOST_GONE = "host_gone"
    STAFF = "staff"
    EMPTY = "empty"
    SWITCHED_OFF = "switched_off"
    CANCELED = "canceled"
    EXPIRED = "expired"


class Recording(StrEnum):
    """Where the recording of a live Space is: not wanted, wanted and not begun, kept now, or lost for a while."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    INTERRUPTED = "interrupted"


class InvitationState(StrEnum):
    """Where an invitation is. Only a pending one may be accepted."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Seat:
    """One member's place on stage. ``identity`` is theirs at the SFU in the present room.

    ``seated_at`` is when they took their present role. ``lost_at`` is when their connection was last seen, set while
    it is lost; the seat is theirs until ``kept_until``. ``muted_by`` and ``mute_reason`` say whose mute holds, and why.
    """

    user_id: UserId
    role: Role
    identity: Identity
    seated_at: datetime
    is_muted: bool = True
    is_muted_by_host: bool = False
    muted_by: UserId | None = None
    mute_reason: str = ""
    lost_at: datetime | None = None
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """The latest invitation of one guest.

    ``declined_at`` and ``again_at``: when they said no, and that they are not to be asked again before.
    """

    user_id: UserId
    role: Role
    state: InvitationState
    by: UserId
    invited_at: datetime
    expires_at: datetime
    declined_at: datetime | None = None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    """A pending request to speak; the queue is first come, first served."""

    user_id: UserId
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A Space with its stage and its queue, as one consistent value. Times are UTC.

    ``sent`` maps a class of viewer (``views.ViewerClass``) to the version last sent to it; ``spoke`` lists everyone
    who ever had a seat, in order of first sitting down (X API's ``speaker_ids``, hosts left out). ``silenced`` are the
    seats of those who left the stage under a mute that nobody lifted. While staff have the stage frozen (``is_frozen``)
    nobody publishes and nobody takes a seat.

    ``removed`` are those who may not come back, ``removed_by_staff`` whom of them staff removed. ``removed_as`` are the
    names under which those who run the Space know of it, user ids and pseudonyms: of whom they removed without knowing
    who it was they must not learn it.

    ``cover`` is one of ``schedule.COVERS`` or empty; ``cards`` are ids of the host app's posts, pinned. ``terms`` are
    the flags that shape it, by key, as they stood when it began: no later decision changes a Space that runs.

    ``is_recorded``: its host chose a recording, now or then. ``consents`` are the answers of those who were asked
    whether their voice may be kept: by member, then by what was asked for (``recording.Keeping``).
    """

    id: SpaceId
    state: State
    title: str
    creator_id: UserId
    host_id: UserId
    created_at: datetime
    updated_at: datetime
    topic_ids: tuple[str, ...] = ()
    lang: str = ""
    audience: Audience = Audience.EVERYONE
    speak: Speak = Speak.EVERYONE
    is_recorded: bool = False
    allows_clips: bool = False
    allows_anonymous: bool = False
    scheduled_start: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    room: RoomName | None = None
    version: int = 1
    sent: dict[str, int] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()
    silenced: frozenset[Seat] = frozenset()
    requests: tuple[SpeakRequest, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    spoke: tuple[UserId, ...] = ()
    removed: frozenset[UserId] = frozenset()
    removed_as: frozenset[str] = frozenset()
    removed_by_staff: frozenset[UserId] = frozenset()
    is_frozen: bool = False
    end_reason: EndReason | None = None
    cover: str = ""
    allows_guests: bool = False
    cards: tuple[str, ...] = ()
    terms: dict[str, bool | int] = field(default_factory=dict)
    recording: Recording = Recording.OFF
    consents: Mapping[UserId, Mapping[str, bool]] = field(default_factory=dict)

    def seat_of(self, user_id: UserId | None) -> Seat | None:
        """The member's seat, or None for who is not on stage."""
        return next((seat for seat in self.seats if seat.user_id == user_id), None)

    def role_of(self, user_id: UserId | None) -> Role:
        """The member's role; whoever has no seat is a listener. Before the start nobody sits, and the host is host."""
        seat = self.seat_of(user_id)
        if seat is not None:
            return seat.role
        return Role.HOST if self.started_at is None and user_id == self.host_id else Role.LISTENER

    def place_in_queue(self, user_id: UserId | None) -> int | None:
        """1 for who is next, None for who did not ask."""
        return next((place for place, asked in enumerate(self.requests, 1) if asked.user_id == user_id), None)

    def invitation_of(self, user_id: UserId | None) -> Invitation | None:
        """The member's pending invitation."""
        return next(
            (one for one in self.invitations if one.user_id == user_id and one.state is InvitationState.PENDING), None
        )

    @property
    def host_ids(self) -> tuple[UserId, ...]:
        """Host, then co-hosts."""
        if self.started_at is None:
            return (self.host_id,)
        return tuple(seat.user_id for seat in self.seats if seat.role in (Role.HOST, Role.COHOST))

    @property
    def people(self) -> frozenset[UserId]:
        """Everyone with a seat, a request or an invitation, and the host."""
        return frozenset(
            {
                self.host_id,
                *(seat.user_id for seat in self.seats),
                *(asked.user_id for asked in self.requests),
                *(one.user_id for one in self.invitations),
            }
        )


def require_live(space: Space) -> None:
    """Raise WrongState, with the state, unless the Space is live."""
    require_state(space, State.LIVE)


def require_state(space: Space, *states: State) -> None:
    """Raise WrongState, with the state, unless the Space is in one of these."""
    if space.state not in states:
        sentence = {
            State.ENDED: "This Space has ended.",
            State.SCHEDULED: "This Space has not started yet.",
            State.CANCELED: "This Space was canceled.",
            State.LIVE: "This Space is live already.",
        }[space.state]
        raise WrongState(sentence=sentence, way_on="See who is talking now.", state=str(space.state))


def end(space: Space, now: datetime, reason: EndReason) -> Space:
    """Return the Space ended: the stage stays readable, queue and invitations are closed.

    Ending twice changes nothing, not even the reason.
    """
    if space.state is State.ENDED:
        return space
    require_live(space)
    over = replace(space, state=State.ENDED, ended_at=now, end_reason=reason, recording=Recording.OFF)
    return replace(over, requests=(), invitations=())


def move_room(space: Space, room: RoomName, identities: dict[UserId, Identity]) -> Space:
    """Return the Space in a new room: same stage, all muted, nobody lost yet, under new ``identities``."""
    require_live(space)
    seats = tuple(
        replace(seat, identity=identities[seat.user_id], is_muted=True, lost_at=None, kept_until=None)
        for seat in space.seats
    )
    return replace(space, room=room, seats=seats)
