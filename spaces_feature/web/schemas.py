"""The JSON of the API as pydantic models: what is accepted, and what is answered (for OpenAPI and the tests)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RoleName = Literal["host", "cohost", "speaker", "listener"]
StateName = Literal["scheduled", "live", "ended", "canceled"]
AudienceName = Literal["everyone", "followers", "following", "invited"]
SpeakName = Literal["everyone", "following", "invited"]


class Body(BaseModel):
    """A request body: unknown fields are an error, so that a typing mistake never passes for a default."""

    model_config = ConfigDict(extra="forbid")


class StartBody(Body):
    """``POST /spaces``. ``title`` counts 1 to 70 characters after normalisation."""

    title: str = Field(max_length=1000)
    topic_ids: list[str] = Field(default_factory=list, max_length=20)
    audience: AudienceName = "everyone"
    speak: SpeakName = "everyone"
    scheduled_start: datetime | None = None
    is_recorded: bool = False
    allows_clips: bool = False
    allows_anonymous: bool = False
    cohost_ids: list[str] = Field(default_factory=list)
    cover: str | None = None


class MicrophoneBody(Body):
    """``PUT /stage/me/microphone``: what the speaker's own client says."""

    is_open: bool
    is_talking: bool | None = None


class Answer(BaseModel):
    """An answer; described, not parsed."""


class Profile(Answer):
    user_id: str
    username: str
    name: str
    avatar_url: str
    url: str


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
    allows_clips: bool
    allows_anonymous: bool


class Seat(Answer):
    user_id: str
    identity: str
    role: Literal["host", "cohost", "speaker"]
    is_muted: bool
    is_muted_by_host: bool
    is_blocked_by_me: bool
    profile: Profile


class SpeakRequest(Answer):
    user_id: str
    position: int
    requested_at: datetime
    profile: Profile


class Listeners(Answer):
    count: int
    sample: list[Profile]


class OwnRequest(Answer):
    state: Literal["pending"]
    position: int


class OwnInvitation(Answer):
    state: str
    role: Literal["speaker", "cohost"]


class Me(Answer):
    user_id: str
    role: RoleName
    request: OwnRequest | None
    invitation: OwnInvitation | None
    permissions: list[str]


class Snapshot(Answer):
    """A Space as its viewer sees it; the answer of every command on a Space."""

    space: Space
    stage: list[Seat]
    requests: list[SpeakRequest]
    listeners: Listeners
    me: Me


class Joined(Answer):
    """A join grant. ``token`` is for the SFU at ``url`` and lives until ``expires_at``."""

    tier: Literal["rtc"]
    url: str
    token: str
    identity: str
    expires_at: datetime
    snapshot: Snapshot


class Reason(Answer):
    code: str
    text: str


class StripEntry(Answer):
    kind: Literal["space"]
    space: Space
    people: list[Profile]
    reason: Reason


class Strip(Answer):
    """Best first; a Space that the viewer hosts comes before all, with the reason ``own``."""

    entries: list[StripEntry]


class Participant(Answer):
    user_id: str
    role: RoleName
    joined_at: datetime
    profile: Profile


class Participants(Answer):
    data: list[Participant]
    next_cursor: str | None


class OwnAccount(Answer):
    user_id: str
    profile: Profile
    flags: dict[str, bool | int]


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
