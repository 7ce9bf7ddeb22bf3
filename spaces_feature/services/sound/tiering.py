"""How somebody who joins is to hear: over WebRTC, or by segments once as many as may do that already."""

from __future__ import annotations

from dataclasses import replace

from ...domain.space import Space
from ...domain.tiers import Tier, allowance_of, tier_for, wants_segments
from ..seams import Seams
from ..stays import Stay
from ..store import Work
from .linking import Link, link_to
from .wishes import want_segments

PLAYLIST = "index.m3u8"


def tiered(seams: Seams, work: Work, space: Space, stay: Stay, was: Stay | None) -> Stay:
    """Return the stay with how the member hears; segments are wanted from now on where they are, or soon will be.

    ``was`` is the lasting stay. Raises Unavailable ``space_full`` where there is no way to hear any more.
    """
    over_rtc = _over_rtc(seams, work, space, stay)
    are_open = seams.flags.killed("spaces.hls") is None
    tier = tier_for(space, stay.user_id, over_rtc, was.tier if was else None, are_segments_open=are_open)
    if tier is Tier.HLS or (are_open and wants_segments(space, over_rtc)):
        want_segments(seams, work, space)
    return replace(stay, tier=str(tier))


def _over_rtc(seams: Seams, work: Work, space: Space, stay: Stay) -> int:
    """How many others hear it over WebRTC: of a Space far from its allowance, what memory knows will do."""
    allowance = allowance_of(space)
    known = seams.index.count(space.id)
    if not allowance or known * 2 + 200 < allowance:
        return known
    return work.over_rtc(space.id, besides=stay.user_id)


def playlist_link(seams: Seams, stay: Stay) -> Link:
    """Return where a listener hears the segments of a Space."""
    with seams.store.begin() as work:
        capture = work.capture(stay.space_id)
    # A join that asked for segments wrote the capture; it goes with the Space.
    folder = capture.live_path if capture else f"live/{stay.space_id}/{seams.ids.row_id()}"
    return link_to(seams, stay.user_id, folder, PLAYLIST)
