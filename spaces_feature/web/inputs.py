"""The bodies that the API accepts, as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _written(moment: object) -> object:
    if not isinstance(moment, str):
        raise PydanticCustomError("moment", "Write a moment out, such as 2026-11-24T09:00:00Z.")
    return moment


# Not every database takes a NUL, and none a longer id than its column holds.
Words = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""What somebody wrote."""
MemberId = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
CardId = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
MemberOrPseudonym = Annotated[str, Field(pattern=r"^(anonymous:)?[^\x00-\x1f\x7f]{1,64}$")]
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_written)]
"""A moment as JSON has it: in words, and no number of seconds."""

AudienceName = Literal["everyone", "followers", "following", "invited"]
SpeakName = Literal["everyone", "following", "invited"]


class Body(BaseModel):
    """A request body: unknown fields are an error, so that a typing mistake never passes for a default.

    Nothing is taken for what it is not: 0 is no false, and "no" neither.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


class StartBody(Body):
    """``POST /spaces``. ``title`` counts 1 to 70 characters after normalisation."""

    title: str = Field(max_length=1000)
    topic_ids: list[str] = Field(default_factory=list, max_length=20)
    audience: AudienceName = "everyone"
    speak: SpeakName = "everyone"
    scheduled_start: Moment | None = None
    is_recorded: bool = False
    allows_clips: bool = False
    allows_anonymous: bool = False
    allows_guests: bool = False
    cohost_ids: list[MemberId] = Field(default_factory=list)
    cover: str | None = Field(default=None, max_length=16)
    card_ids: list[CardId] = Field(default_factory=list, max_length=20)


class OptionalBody(Body):
    """A body that need not be sent at all."""


class EditBody(Body):
    """``PATCH /spaces/{id}``: what is to change; the rest stays."""

    title: str | None = Field(default=None, max_length=1000)
    topic_ids: list[str] | None = Field(default=None, max_length=20)
    audience: AudienceName | None = None
    speak: SpeakName | None = None
    allows_anonymous: bool | None = None
    allows_guests: bool | None = None
    is_recorded: bool | None = None
    allows_clips: bool | None = None
    cover: str | None = Field(default=None, max_length=16)
    scheduled_start: Moment | None = None


class JoinBody(OptionalBody):
    """``POST /join``. ``is_anonymous``: counted and not listed; without it a lasting stay is left as it is."""

    # What a client may say besides of itself is not looked at: who joins is who is signed in.
    model_config = ConfigDict(extra="ignore", strict=True)

    is_anonymous: bool | None = None


class MemberBody(Body):
    """Names a member."""

    user_id: MemberId


class InvitationBody(MemberBody):
    """``POST /invitations``."""

    role: Literal["speaker", "cohost"] = "speaker"


class MuteBody(OptionalBody):
    """``PUT /mute``. ``reason`` is shown to the muted member."""

    reason: Words = Field(default="", max_length=1000)


class RemovalBody(Body):
    """``POST /removals``. ``reason`` is for those who run the Space and for staff; the removed are not told it."""

    user_id: MemberOrPseudonym
    reason: Words = Field(default="", max_length=1000)


class PreferencesBody(Body):
    """``PATCH /me``."""

    shares_listening: bool


class ReminderBody(OptionalBody):
    """``PUT /reminder``. ``is_early``: ten minutes before the start as well."""

    is_early: bool = False


class BellBody(Body):
    """``PUT /bells/{user_id}``: what I want to be told of a host whom I follow."""

    level: Literal["all", "scheduled", "off"]


class ReactionBody(Body):
    """``POST /reactions``: one of the set."""

    emoji: str = Field(min_length=1, max_length=16)


class MicrophoneBody(Body):
    """``PUT /stage/me/microphone``: what the speaker's own client says."""

    is_open: bool
    is_talking: bool | None = None
