"""The JSON of reports, staff actions and the audit as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from ..inputs import Body, MemberOrPseudonym, Words
from ..schemas import Answer, Profile, RoleName, StateName

CategoryName = Literal[
    "harassment", "hate", "violence", "self_harm", "sexual", "minors", "spam", "impersonation", "illegal", "other"
]
OutcomeName = Literal["acted", "dismissed"]
StageRole = Literal["host", "cohost", "speaker"]


class ReportBody(Body):
    """``POST /reports``. Without ``user_id`` the Space as a whole is meant."""

    category: CategoryName
    user_id: MemberOrPseudonym | None = None
    words: Words = Field(default="", max_length=4000)


class CloseBody(Body):
    """``POST /reports/{id}/close``. ``note`` is for staff."""

    outcome: OutcomeName
    note: Words = Field(default="", max_length=4000)


class StaffActionBody(Body):
    """``POST /staff-actions``. ``reason`` is for staff; a warning's is what the member reads.

    ``user_id``, for ``warn``, ``remove`` and ``lift_removal``, may be an anonymous listener's pseudonym. ``report_id``
    closes that report as acted upon.
    """

    action: Literal["warn", "remove", "lift_removal", "freeze", "unfreeze", "end"]
    reason: Words = Field(max_length=4000)
    user_id: MemberOrPseudonym | None = None
    report_id: str | None = Field(default=None, max_length=26)


class Reported(Answer):
    """All that the reporter learns."""

    id: str
    state: Literal["open"]


class RecentSpeaker(Answer):
    user_id: str
    last_spoke_at: datetime
    is_on_stage: bool
    profile: Profile


class RecentSpeakers(Answer):
    """Who spoke last first."""

    data: list[RecentSpeaker]


class SeatThen(Answer):
    user_id: str
    role: StageRole
    is_muted: bool
    profile: Profile | None


class SpeakerThen(Answer):
    user_id: str
    last_spoke_at: datetime
    profile: Profile | None


class Then(Answer):
    """What could be seen when the report was made."""

    title: str
    version: int
    participant_count: int
    stage: list[SeatThen]
    recent_speakers: list[SpeakerThen]


class Now(Answer):
    """What is true now. ``role`` is the reported person's, null for who is not there or when the Space is meant."""

    state: StateName
    title: str
    is_frozen: bool
    participant_count: int
    role: RoleName | None
    is_removed: bool


class Report(Answer):
    """A report as staff read it. ``offset_s``: the Space's age when it was made."""

    id: str
    state: Literal["open", "closed"]
    space_id: str
    user_id: str | None
    profile: Profile | None
    category: CategoryName
    words: str
    made_at: datetime
    offset_s: int
    reporter_id: str
    reporter: Profile | None
    context: Then
    now: Now
    closed_at: datetime | None
    closed_by: str | None
    closer: Profile | None
    outcome: OutcomeName | None
    note: str


class Reports(Answer):
    """Open ones oldest first, closed ones latest first."""

    data: list[Report]
    next_cursor: str | None


class AuditLine(Answer):
    """One deed. ``sfu_answered`` says of the line ``about`` what the SFU answered to the call ``reason``."""

    id: str
    at: datetime
    version: int
    kind: str
    acting_as: str
    actor: str | None
    actor_profile: Profile | None
    whom: str | None
    whom_profile: Profile | None
    reason: str
    about: str | None
    answer: str


class Audit(Answer):
    """Oldest first."""

    data: list[AuditLine]
    next_cursor: str | None
