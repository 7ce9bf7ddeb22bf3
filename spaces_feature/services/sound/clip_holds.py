"""What somebody chooses a clip from: the last of a running Space, held while they do, or a minute of a replay."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from ...domain import clips
from ...domain.clips import HELD, Window
from ...domain.grid import begins_ms, number_at
from ...domain.ids import SpaceId, UserId
from ...domain.playlists import held_name
from ...domain.timeline import Turn, merged, talked
from ...domain.wire import Json, iso
from ...errors import WrongState
from ..seams import Seams
from ..snapshots import profile_fields
from .clip_sources import Ground, Sound, ground, kept_sound, recent_sound
from .clip_voices import to_ask, turns_in
from .linking import link_to
from .sound_store import Range

FRAME_MS = 22
"""A segment ends up to so much after its second."""


def hold(seams: Seams, user_id: UserId, space_id: SpaceId, at_s: float | None = None) -> Json:
    """Return the sound that a clip may be cut from, and hold it for two minutes where it would be let go of.

    Of a Space that runs the last of what is kept; of a replay the minute around ``at_s``. Seconds are the replay's, or
    of a running Space those since its sound is taken in. Raises what ``ground`` raises, WrongState ``nothing_kept``,
    Unavailable ``sound_away``.
    """
    with seams.store.begin() as work:
        there = ground(seams, work, user_id, space_id)
    sound, numbers = _replayed(seams, there, at_s or 0.0) if there.timeline is not None else _recent(seams, there)
    window = _of_segments(numbers)
    until = seams.clock() + HELD
    with seams.store.begin() as work:
        if there.timeline is None:
            work.add_hold(seams.ids.ordered_id(), space_id, user_id, window, until)
        turns = merged(turns_in(work, space_id, sound, window))
    # The link ends with what it is good for, also where nobody is asked whether it still is.
    link = link_to(
        seams, user_id, there.path, held_name(numbers), until=until if there.timeline is None else there.ends_at
    )
    return _fields(seams, there, sound, numbers, turns, user_id) | {
        "url": link.url,
        "held_until": iso(until) if there.timeline is None else None,
    }


def _of_segments(numbers: Range) -> Window:
    """From when to when these segments last."""
    return Window(ceil(begins_ms(numbers[0])), ceil(begins_ms(numbers[1] + 1)))


def _recent(seams: Seams, there: Ground) -> tuple[Sound, Range]:
    sound = recent_sound(seams, there.path)
    window = clips.recent(sound.to_ms, sound.from_ms, there.kept_for)
    # Whole segments: what is shown is what is heard when it is tried out.
    first = number_at(window.from_ms)
    first += begins_ms(first) < window.from_ms
    last = number_at(window.to_ms + FRAME_MS) - 1
    if last < first:
        raise WrongState("nothing_kept", "Nothing is kept of this Space.", "Try again in a few seconds.")
    return sound, (first, last)


def _replayed(seams: Seams, there: Ground, at_s: float) -> tuple[Sound, Range]:
    assert there.timeline is not None
    since, until = there.timeline.piece_at(at_s)
    window = clips.around(there.timeline.take_ms(at_s), since, until)
    first, last = number_at(window.from_ms + 1), number_at(window.to_ms - 1)
    window = _of_segments((first, last))
    return kept_sound(seams, there.path, window.from_ms, window.to_ms), (first, last)


def _fields(seams: Seams, there: Ground, sound: Sound, numbers: Range, turns: list[Turn], user_id: UserId) -> Json:
    window = _of_segments(numbers)
    voices = talked(turns, window.from_ms, window.to_ms, there.quiet)
    profiles = seams.memory.profiles(voices.keys())

    def at(take_ms: float) -> float:
        return round(there.timeline.at(take_ms) if there.timeline is not None else take_ms / 1000, 3)

    return {
        "from_s": at(window.from_ms),
        "to_s": at(window.to_ms),
        "step_ms": sound.step_ms,
        "peaks": sound.between(window.from_ms, window.to_ms),
        "turns": [
            {
                "user_id": turn.user_id,
                "from_s": at(max(turn.from_ms, window.from_ms)),
                "to_s": at(min(turn.to_ms, window.to_ms)),
            }
            for turn in turns
            if turn.user_id in voices
        ],
        "people": [profile_fields(profiles[one]) for one in voices],
        "ends_at": iso(there.began_at + timedelta(milliseconds=window.to_ms)) if there.timeline is None else None,
        "needs": sorted(to_ask(seams, voices, user_id)),
    }
