"""The answers about the strip as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .schemas import Answer, Profile, Space


class Reason(Answer):
    code: str
    text: str


class SpaceEntry(Answer):
    kind: Literal["space"]
    space: Space
    people: list[Profile]
    reason: Reason
    is_talking: bool


class ItemEntry(Answer):
    """What the host app adds, such as somebody's fleets; gone at ``expires_at``."""

    kind: Literal["fleet"]
    id: str
    url: str
    people: list[Profile]
    is_seen: bool
    expires_at: datetime


class Strip(Answer):
    """Best first; a Space that the viewer hosts comes before all, with the reason ``own``; then the host app's items,
    those unseen before those seen.
    """

    entries: list[SpaceEntry | ItemEntry]


class Rings(Answer):
    """By user id; whoever has no ring is left out."""

    data: dict[str, Literal["live", "unseen", "seen"]]
