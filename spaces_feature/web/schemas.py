"""The answers of the API as pydantic models, for OpenAPI and the tests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import RootModel

from .answers import Answer as Answer
from .answers import OwnConsent
from .answers import Profile as Profile
from .inputs import AudienceName, SpeakName

RoleName = Literal["host", "cohost", "speaker", "listener"]
StateName = Literal["scheduled", "live", "ended", "canceled"]


class HostLost(Answer):
    """The host's connection is lost; at ``until`` the successor takes over, or the Space ends."""

    since: datetime
    until: datetime
    successor_id: str | None


class Space(Answer):
    """X API v2's names, and ours."""

    id: str
    state: StateName
    title: str
    topic_ids: list[str]
    lang: str
    creator_id: str
    host_ids: list[str]
    speaker_ids: list[str]
    invited_user_ids: list[str]
    participant_count: int
    subscriber_count: int
    is_ticketed: bool
    created_at: datetime
    updated_at: datetime
    scheduled_start: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    version: int
    audience: AudienceName
    speak: SpeakName
    is_recorded: bool
    is_recording: bool
    recording: Literal["off", "starting", "on", "interrupted"]
    allows_clips: bool
    allows_anonymous: bool
    is_frozen: bool
    host_lost: HostLost | None
    end_reason: Literal["host", "host_gone", "staff", "empty", "switched_off", "canceled", "expired"] | None
    cover: Literal["", "pine", "blue", "plum", "amber", "violet"]
    allows_guests: bool
    card_ids: list[str]


class Seat(Answer):
    """``lost_at``: their connection is lost since then, and the seat is theirs until ``kept_until``.

    ``seated_at``: since when they have their role. ``is_kept``: their voice is in what is kept now, told to who is on
    stage; null to everybody else, and while nothing is kept. ``consent``: how they answered when they were asked about
    that, told to host and co-hosts.
    """

    user_id: str
    identity: str
    role: Literal["host", "cohost", "speaker"]
    is_muted: bool
    is_muted_by_host: bool
    is_kept: bool | None
    consent: Literal["asked", "agreed", "declined"] | None
    lost_at: datetime | None
    kept_until: datetime | None
    seated_at: datetime
    is_blocked_by_me: bool
    profile: Profile


class Acquaintance(Answer):
    """How a member and the Space's host know each other; ``mutuals`` whom the host follows follow the member."""

    follows_host: bool
    is_followed_by_host: bool
    mutuals: int


class SpeakRequest(Answer):
    """``removed_at``: when this host last removed them from another Space."""

    user_id: str
    position: int
    requested_at: datetime
    relation: Acquaintance
    removed_at: datetime | None
    profile: Profile


class Invitation(Answer):
    """``declined_at`` and ``again_at``: when they said no, and from when on they may be asked again."""

    user_id: str
    role: Literal["speaker", "cohost"]
    state: Literal["pending", "declined"]
    by: str
    invited_at: datetime
    expires_at: datetime
    declined_at: datetime | None
    again_at: datetime | None
    profile: Profile


class Listeners(Answer):
    count: int
    sample: list[Profile]


class OwnRequest(Answer):
    state: Literal["pending"]
    position: int


class OwnInvitation(Answer):
    state: Literal["pending"]
    role: Literal["speaker", "cohost"]
    by: str
    expires_at: datetime


class OwnMute(Answer):
    """Who muted me, and why; I may not publish until it is lifted."""

    by: str
    reason: str


class OwnReminder(Answer):
    """I am told when it begins, and ten minutes before as well if ``is_early``."""

    is_early: bool


class Me(Answer):
    user_id: str
    role: RoleName
    request: OwnRequest | None
    invitation: OwnInvitation | None
    mute: OwnMute | None
    consent: OwnConsent | None
    permissions: list[str]
    reminder: OwnReminder | None


class Snapshot(Answer):
    """A Space as its viewer sees it; the answer of every command on a Space."""

    space: Space
    stage: list[Seat]
    requests: list[SpeakRequest]
    invitations: list[Invitation]
    listeners: Listeners
    me: Me


class RtcGrant(Answer):
    """A join grant. ``token`` is for the SFU at ``url`` and lives until ``expires_at``."""

    tier: Literal["rtc"]
    url: str
    token: str
    identity: str
    expires_at: datetime
    is_anonymous: bool
    snapshot: Snapshot


class HlsGrant(Answer):
    """Where the sound is heard a few seconds later: an HLS playlist at ``url``, for this browser, until ``expires_at``.

    It answers 404 for the first seconds. Join again for a fresh one.
    """

    tier: Literal["hls"]
    url: str
    expires_at: datetime
    is_anonymous: bool
    snapshot: Snapshot


class Joined(RootModel[RtcGrant | HlsGrant]):
    """What lets a browser hear a Space; ``tier`` says how."""


class Bell(Answer):
    user_id: str
    level: Literal["all", "scheduled", "off"]


class Card(Answer):
    """A post of the host app."""

    id: str
    url: str
    text: str
    author: Profile
    at: datetime


class Cards(Answer):
    data: list[Card]


class Participant(Answer):
    user_id: str
    role: RoleName
    joined_at: datetime
    profile: Profile


class Participants(Answer):
    data: list[Participant]
    next_cursor: str | None


class OwnAccount(Answer):
    """``shares_listening``: followers may see what I listen to."""

    user_id: str
    profile: Profile
    flags: dict[str, bool | int]
    shares_listening: bool


class Removal(Answer):
    user_id: str
    by: str | None
    reason: str
    is_by_staff: bool
    removed_at: datetime
    profile: Profile


class Removals(Answer):
    """Latest first."""

    data: list[Removal]


class Topic(Answer):
    id: str
    name: str


class Topics(Answer):
    data: list[Topic]


class Problem(Answer):
    """RFC 9457; ``code`` is stable, ``title`` a sentence for people, ``detail`` the way on."""

    type: str
    title: str
    status: int
    detail: str
    code: str
