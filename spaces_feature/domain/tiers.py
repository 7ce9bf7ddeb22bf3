"""How a member hears: from the SFU at once, or segments a few seconds later, which is without a limit."""

from __future__ import annotations

from enum import StrEnum

from ..errors import Unavailable
from .ids import UserId
from .space import Space

ALLOWANCE = "spaces.max_rtc_listeners"
SEGMENTS = "spaces.hls"
NEARLY = 0.8
"""From this part of the allowance on segments are made, so that nobody who comes past it waits for the first one."""


class Tier(StrEnum):
    """``rtc``: WebRTC from the SFU. ``hls``: segments."""

    RTC = "rtc"
    HLS = "hls"


def allowance_of(space: Space) -> int | None:
    """How many plain listeners may hear this Space over WebRTC; None where nothing was laid down (no limit)."""
    allowance = space.terms.get(ALLOWANCE)
    return None if allowance is None else int(allowance)


def has_segments(space: Space) -> bool:
    """Whether the Space may be heard a few seconds later."""
    return bool(space.terms.get(SEGMENTS, False))


def wants_segments(space: Space, over_rtc: int) -> bool:
    """Whether segments are to be made while so many plain listeners hear it over WebRTC."""
    allowance = allowance_of(space)
    return has_segments(space) and allowance is not None and over_rtc >= NEARLY * allowance


def belongs_to_the_room(space: Space, user_id: UserId, tier: str) -> bool:
    """Whether somebody with this tier has business at the SFU: the stage always has, and who hears over WebRTC."""
    return tier != Tier.HLS or space.seat_of(user_id) is not None


def tier_for(space: Space, user_id: UserId, over_rtc: int, was: str | None, *, are_segments_open: bool) -> Tier:
    """How the member is to hear now.

    ``over_rtc`` plain listeners hear it over WebRTC without them; ``was`` is the tier of their lasting stay. The stage
    is on WebRTC always, and who hears over WebRTC keeps it, unless it is for no plain listener at all. Raises
    Unavailable ``space_full`` past the allowance where there are no segments.
    """
    allowance = allowance_of(space)
    if allowance is None or space.seat_of(user_id) is not None:
        return Tier.RTC
    if allowance > 0 and (was == Tier.RTC or over_rtc < allowance):
        return Tier.RTC
    if has_segments(space) and are_segments_open:
        return Tier.HLS
    raise Unavailable("space_full", "This Space is full.", "Try again when somebody has left.", retry_after=30)
