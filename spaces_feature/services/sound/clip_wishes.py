"""Which part of a Space somebody wants a clip of, as far as it is there to be cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ...domain import clips
from ...domain.clips import Window
from ...domain.grid import ms_between
from ...errors import Invalid
from .clip_sources import Ground, Sound

AHEAD_MS = 5_000
"""Clocks differ: so far in the future "now" may be, and is then taken for now."""
FRAME_MS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The clip that somebody wants: the last ``seconds`` before ``ends_at`` of a Space that runs, or did when it was
    chosen, or from ``from_s`` of its replay on. With neither, the last ones that there are.
    """

    seconds: float
    ends_at: datetime | None = None
    from_s: float | None = None
    title: str = ""
    words: str = ""


def window_of(there: Ground, held: Window | None, sound: Sound | None, wish: Wish, now: datetime) -> Window:
    """Return what a wish means. ``held`` is what who wants it holds, ``sound`` the last minute of a Space that runs.

    Raises Invalid ``clip_length`` and ``clip_place_missing``, WrongState ``clip_out_of_reach``.
    """
    if there.timeline is not None:
        return _window_of_replay(there, wish)
    if there.held is not None:
        # The Space is over: what is held is all there is of it.
        return clips.cut(_end_of(there, wish, there.held.to_ms), wish.seconds, there.held)
    assert sound is not None
    whole = clips.recent(sound.to_ms, sound.from_ms, there.kept_for)
    now_ms = int(ms_between(there.began_at, now))
    if wish.ends_at is None and wish.from_s is None:
        # Where less was said than was asked for, all of it.
        length = max(min(clips.length_of(wish.seconds), whole.length_ms), clips.SHORTEST_MS)
        return clips.cut(whole.to_ms, length / 1000, whole)
    ends_ms = _end_of(there, wish, whole.to_ms)
    # What is said this very moment is there to be cut a moment later, which the recorder waits for.
    ends_ms = now_ms if now_ms < ends_ms <= now_ms + AHEAD_MS else ends_ms
    if held is not None and held.from_ms <= ends_ms - clips.length_of(wish.seconds) and ends_ms <= held.to_ms:
        # Held, and perhaps all that is left from before what is kept now.
        return clips.cut(ends_ms, wish.seconds, held)
    return clips.cut(ends_ms, wish.seconds, Window(whole.from_ms, max(whole.to_ms, now_ms)))


def _end_of(there: Ground, wish: Wish, latest_ms: int) -> int:
    """Where a clip of a running Space ends, by the clock of its take."""
    if wish.ends_at is not None:
        return int(ms_between(there.began_at, wish.ends_at))
    return latest_ms if wish.from_s is None else round((wish.from_s + wish.seconds) * 1000)


def _window_of_replay(there: Ground, wish: Wish) -> Window:
    assert there.timeline is not None
    if wish.from_s is None and wish.ends_at is not None:
        # Chosen while the Space ran: the moment is the same, wherever the replay has it.
        ends_ms = int(ms_between(there.began_at, wish.ends_at))
        return clips.cut(ends_ms, wish.seconds, Window(*there.timeline.piece_of(ends_ms - 1)))
    if wish.from_s is None:
        raise Invalid("clip_place_missing", "Say where the clip begins.", "Give from_s, in seconds.", field="from_s")
    # A player counts in other steps than segments do: a frame before a start is the start, one beyond an end the end.
    since, until = there.timeline.piece_at(wish.from_s + FRAME_MS / 1000)
    ends_ms = max(since, there.timeline.take_ms(wish.from_s)) + round(wish.seconds * 1000)
    ends_ms = min(ends_ms, until) if ends_ms <= until + FRAME_MS else ends_ms
    there_ms = ends_ms - since
    is_all_of_it = there_ms < wish.seconds * 1000 <= there_ms + FRAME_MS
    return clips.cut(ends_ms, there_ms / 1000 if is_all_of_it else wish.seconds, Window(since, until))
