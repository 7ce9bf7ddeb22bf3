"""Clips on the wire as pydantic models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from ..answers import Answer, Profile
from ..inputs import Body, Moment, OptionalBody
from .recording_schemas import Seconds, SpokenTurn

LONGEST = 1000


class HoldBody(OptionalBody):
    """``at_s``: the minute of the replay around there. Without it, the last of a Space that runs."""

    at_s: Seconds | None = None


class ClipBody(Body):
    """What is to be cut: the last ``seconds`` (1 to 30) before ``ends_at`` of a Space that runs, or from ``from_s`` on,
    by the clock of what was held or of the replay. With neither, the last ones of a Space that runs.
    """

    seconds: float = Field(allow_inf_nan=False, ge=-1_000_000, le=1_000_000)
    ends_at: Moment | None = None
    from_s: Seconds | None = None
    title: str = Field(default="", max_length=LONGEST)
    words: str = Field(default="", max_length=LONGEST)


class PermissionBody(Body):
    """Whether others may hear a clip with my voice."""

    agrees: bool


class Hold(Answer):
    """Sound that a clip may be cut from. ``peaks`` are 0 to 1, one each ``step_ms``; ``url`` plays it from its start.

    All seconds are of one clock, the replay's for a replay. ``ends_at`` is when ``to_s`` was in a Space that runs, of
    which all this is held until ``held_until``. ``needs``: who would be asked before others hear a clip of all of it.
    """

    from_s: float
    to_s: float
    step_ms: int
    peaks: list[float]
    turns: list[SpokenTurn]
    people: list[Profile]
    url: str
    ends_at: datetime | None
    held_until: datetime | None
    needs: list[str]


class ClipSpeaker(Answer):
    user_id: str
    profile: Profile
    seconds: float


class ClipSpace(Answer):
    """Where a clip is from. ``whole_url``: the replay at this place, null where there is none to hear."""

    id: str
    title: str
    url: str
    whole_url: str | None


class ClipRights(Answer):
    """``withdraw``: my voice is in it, and goes with it."""

    delete: bool
    withdraw: bool


class Clip(Answer):
    """A clip. ``url`` leads to its sound until ``url_expires_at``, and is null while it is made; get it again then.

    ``expires_at``: when it is over for everybody. ``waits_for``: who has to allow it before others hear it. ``peaks``
    are 64 numbers from 0 to 1.
    """

    id: str
    space_id: str
    state: Literal["making", "ready"]
    title: str
    words: str
    url: str | None
    url_expires_at: datetime | None
    download_url: str | None
    page_url: str
    duration_s: float
    created_at: datetime
    expires_at: datetime
    maker: Profile
    speakers: list[ClipSpeaker]
    peaks: list[float]
    space: ClipSpace
    waits_for: list[str]
    plays: int
    may: ClipRights


class Clips(Answer):
    """Newest first, at most a hundred. ``next_cursor`` leads to older ones; that page may turn out to be empty."""

    data: list[Clip]
    next_cursor: str | None
