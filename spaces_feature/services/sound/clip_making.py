"""Asking for a clip: what it is of, whose voices are in it, who is to allow it."""

from __future__ import annotations

from datetime import timedelta

from ...domain import clips
from ...domain.admission import may_know
from ...domain.clips import Clip
from ...domain.ids import SpaceId, UserId
from ..access import guest_relations
from ..seams import Seams
from ..store import Work
from .clip_sources import Ground, Sound, ground, held_ground, kept_sound, recent_sound
from .clip_voices import to_ask, voices_in
from .clip_wishes import Wish, window_of
from .clipping import CUT_WITHIN


def make(seams: Seams, maker: UserId, space_id: SpaceId, wish: Wish) -> Clip:
    """Ask for a clip, and return it as it is being made.

    Raises Invalid ``clip_length``, ``clip_place_missing`` and what ``clean_clip_title`` raises; WrongState
    ``clip_out_of_reach``; Forbidden ``clip_voice`` when somebody heard in it has not agreed to clips, or does not any
    more; and what ``ground`` raises.
    """
    title = clips.clean_clip_title(wish.title, seams.config.blocked_words)
    words = clips.clean_clip_words(wish.words, seams.config.blocked_words)
    now = seams.clock()
    with seams.store.begin() as work:
        there = _ground(seams, work, maker, space_id)
        held = work.held_by(space_id, maker, now)
    sound = _sound(seams, there)
    window = window_of(there, held, sound, wish, now)
    with seams.store.begin() as work:
        # Read again: while the storage was asked somebody may have taken their voice out.
        there = _ground(seams, work, maker, space_id)
        voices = voices_in(work, space_id, there.quiet, sound, window)
        clips.require_agreed(there.space, voices.keys())
        clip = Clip(
            id=seams.ids.clip_id(),
            space_id=space_id,
            maker_id=maker,
            window=window,
            source=there.source_of(window),
            created_at=now,
            expires_at=now + timedelta(days=seams.config.clip_days),
            title=title,
            words=words,
            speakers=voices,
            waits_for=to_ask(seams, voices, maker),
            is_open=may_know(there.space, None, guest_relations(seams, there.space)),
        )
        work.add_clip(clip)
        if there.timeline is None:
            work.add_hold(clip.id, space_id, None, window, now + CUT_WITHIN)
        work.add_sound_job("clip", clip.id, space_id, now, seams.ids.ordered_id())
    return clip


def _ground(seams: Seams, work: Work, maker: UserId, space_id: SpaceId) -> Ground:
    return held_ground(seams, work, maker, space_id) or ground(seams, work, maker, space_id)


def _sound(seams: Seams, there: Ground) -> Sound | None:
    """How loud it was, as far as that has to be read to know what can be cut; of a replay who talked is written."""
    if there.held is not None:
        return kept_sound(seams, there.path, there.held.from_ms, there.held.to_ms)
    return recent_sound(seams, there.path) if there.timeline is None else None
