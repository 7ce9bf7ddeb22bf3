"""The bodies that the API accepts, as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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


class OptionalBody(Body):
    """A body that need not be sent at all."""


class EditBody(Body):
    """``PATCH /spaces/{id}``: what is to change; the rest stays."""

    title: str | None = Field(default=None, max_length=1000)
    topic_ids: list[str] | None = Field(default=None, max_length=20)
    speak: SpeakName | None = None
    allows_anonymous: bool | None = None


class JoinBody(OptionalBody):
    """``POST /join``. ``is_anonymous``: counted and not listed; without it a lasting stay is left as it is."""

    # What a client may say besides of itself is not looked at: who joins is who is signed in.
    model_config = ConfigDict(extra="ignore")

    is_anonymous: bool | None = None


class MemberBody(Body):
    """Names a member."""

    user_id: str = Field(min_length=1, max_length=64)


class InvitationBody(MemberBody):
    """``POST /invitations``."""

    role: Literal["speaker", "cohost"] = "speaker"


class MuteBody(OptionalBody):
    """``PUT /mute``. ``reason`` is shown to the muted member."""

    reason: str = Field(default="", max_length=1000)


class RemovalBody(Body):
    """``POST /removals``. ``reason`` is for those who run the Space and for staff; the removed are not told it."""

    user_id: str = Field(min_length=1, max_length=100)
    reason: str = Field(default="", max_length=1000)


class PreferencesBody(Body):
    """``PATCH /me``."""

    shares_listening: bool


class MicrophoneBody(Body):
    """``PUT /stage/me/microphone``: what the speaker's own client says."""

    is_open: bool
    is_talking: bool | None = None
