"""Recordings on the wire as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, RootModel

from ..answers import Answer, Profile
from ..inputs import Body
from ..schemas import Snapshot

Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class ConsentBody(Body):
    """Whether my voice may be kept, as it was asked in ``me.consent.words``."""

    agrees: bool


class ChapterFields(Body):
    """A chapter begins at this second of the replay."""

    at_s: Seconds
    title: str


class RecordingBody(Body):
    """What is to be otherwise. ``starts_at_s``: seconds cut off from the start of all that was kept; 0 undoes it."""

    starts_at_s: Seconds | None = None
    chapters: list[ChapterFields] | None = None


class Gap(Answer):
    """Missing in the replay: lost, or taken back by somebody who is heard in it."""

    from_s: float
    to_s: float
    reason: Literal["interrupted", "withdrawn"]


class Chapter(Answer):
    at_s: float
    title: str


class SpokenTurn(Answer):
    user_id: str
    from_s: float
    to_s: float


class RecordedSpeaker(Answer):
    user_id: str
    profile: Profile
    talked_s: float


class ReactionMoment(Answer):
    """How many reactions came within five seconds from here."""

    at_s: float
    count: int


class FragmentReason(Answer):
    code: str
    text: str


class Fragment(Answer):
    """A part worth sharing."""

    from_s: float
    seconds: float
    reason: FragmentReason
    user_ids: list[str]


class RecordingRights(Answer):
    edit: bool
    delete: bool
    download: bool
    withdraw: bool
    clip: bool


class Recording(Answer):
    """A Space's recording. ``url`` is an HLS playlist for this browser until ``url_expires_at``; get it again then.

    All seconds are of the replay. ``expires_at``: when it is over for everybody. ``is_short``: something is missing.
    ``download_url`` is there for its host once the file is made. ``fragments`` are for its host.
    """

    space_id: str
    state: Literal["recording", "ready", "deleted"]
    url: str | None
    url_expires_at: datetime | None
    page_url: str
    download_url: str | None
    duration_s: float
    starts_at_s: float
    started_at: datetime | None
    expires_at: datetime | None
    plays: int
    is_short: bool
    gaps: list[Gap]
    chapters: list[Chapter]
    turns: list[SpokenTurn]
    speakers: list[RecordedSpeaker]
    reactions: list[ReactionMoment]
    fragments: list[Fragment]
    title: str
    host: Profile
    came: int
    may: RecordingRights


class TakenBack(Answer):
    """All that is said to somebody whom the Space is closed to, or of which no recording was made."""

    space_id: str
    agrees: bool


class Consented(RootModel[Snapshot | Recording | TakenBack]):
    """The Space while it is live, its recording afterwards; neither where there is none for who answered."""
