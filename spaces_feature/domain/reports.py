"""Reports of a person or a Space, made while it is live, with what could be seen then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .ids import SpaceId, UserId

RECENT = timedelta(minutes=5)
"""So long somebody counts as a recent speaker after their microphone closed (SEC-30)."""


class Category(StrEnum):
    """What a report is about."""

    HARASSMENT = "harassment"
    HATE = "hate"
    VIOLENCE = "violence"
    SELF_HARM = "self_harm"
    SEXUAL = "sexual"
    MINORS = "minors"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    ILLEGAL = "illegal"
    OTHER = "other"


class Outcome(StrEnum):
    """What staff made of a report."""

    ACTED = "acted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class RecentSpeaker:
    """Somebody whose microphone was open lately. ``last_spoke_at`` is when it was open last, now for who speaks."""

    user_id: UserId
    last_spoke_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. ``user_id`` is None when the Space as a whole is meant.

    ``offset_s`` is the Space's age in seconds when it was made. ``context`` is what could be seen then: ``title``,
    ``stage`` [{user_id, role, is_muted}], ``recent_speakers`` [{user_id, last_spoke_at}], ``participant_count``.
    """

    id: str
    space_id: SpaceId
    reporter_id: UserId
    category: Category
    made_at: datetime
    offset_s: int
    context: dict[str, Any]
    user_id: UserId | None = None
    words: str = ""
    closed_at: datetime | None = None
    closed_by: UserId | None = None
    outcome: Outcome | None = None
    note: str = ""
