"""Who hears over WebRTC and who a few seconds later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spaces_feature.domain.space import Space
from spaces_feature.domain.tiers import Tier, tier_for, wants_segments
from spaces_feature.errors import Unavailable

from .building import ALAN, GRACE, LINUS, a_space


def a_large_space(allowance: int | None, *, has_segments: bool = True) -> Space:
    """Ada's Space with Grace on stage and so many places over WebRTC."""
    terms = {} if allowance is None else {"spaces.max_rtc_listeners": allowance, "spaces.hls": has_segments}
    return replace(a_space(speakers=(GRACE,), waiting=(LINUS,)), terms=terms)


@pytest.mark.parametrize(
    ("allowance", "over_rtc", "was", "tier"),
    [
        (None, 10_000, None, Tier.RTC),
        (2, 1, None, Tier.RTC),
        (2, 2, None, Tier.HLS),
        (2, 9, "rtc", Tier.RTC),
        (2, 1, "hls", Tier.RTC),
        (0, 0, None, Tier.HLS),
        (0, 0, "rtc", Tier.HLS),
    ],
)
def test_how_a_listener_hears(allowance: int | None, over_rtc: int, was: str | None, tier: Tier) -> None:
    """Over WebRTC up to the allowance, and who has that keeps it; with none for anybody all hear segments."""
    assert tier_for(a_large_space(allowance), ALAN, over_rtc, was, are_segments_open=True) is tier


def test_the_stage_is_on_webrtc_always() -> None:
    """However many are there before, and though nobody else is."""
    assert tier_for(a_large_space(0), GRACE, 10_000, "hls", are_segments_open=True) is Tier.RTC


@pytest.mark.parametrize(("has_segments", "are_open"), [(False, True), (True, False)])
def test_a_full_space_without_segments_says_so(has_segments: bool, are_open: bool) -> None:
    """Where there is no other way to hear it the next one is asked to come again; who hears it goes on."""
    space = a_large_space(2, has_segments=has_segments)
    with pytest.raises(Unavailable) as refusal:
        tier_for(space, ALAN, 2, None, are_segments_open=are_open)
    assert refusal.value.code == "space_full"
    assert tier_for(space, ALAN, 2, "rtc", are_segments_open=are_open) is Tier.RTC


@pytest.mark.parametrize(("over_rtc", "wants"), [(7, False), (8, True), (10, True)])
def test_segments_are_there_before_they_are_needed(over_rtc: int, wants: bool) -> None:
    """From four fifths of the allowance on; where nobody may have them never."""
    assert wants_segments(a_large_space(10), over_rtc) is wants
    assert not wants_segments(a_large_space(10, has_segments=False), over_rtc)
    assert not wants_segments(a_large_space(None), over_rtc)
