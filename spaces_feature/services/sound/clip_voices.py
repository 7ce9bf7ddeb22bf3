"""Whose voices are in a stretch of kept sound, and whether each of them has a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...domain import clips
from ...domain.clips import Window
from ...domain.ids import SpaceId, UserId
from ...domain.recording import ClipPermission
from ...domain.timeline import Turn, merged, talked, voiced
from ..seams import Seams
from ..store import Work
from .clip_sources import Sound
from .sound_store import Range

LOUD_DB = -45
"""What is louder a recorder takes for talk, and writes down; see ``media/recorder/talking.py``."""


def turns_in(work: Work, space_id: SpaceId, sound: Sound | None, window: Window) -> list[Turn]:
    """Return who talks in a stretch: as a recorder wrote it down, and as loud as the sound itself says.

    The one may come a moment late, the other does not know whom a name at the SFU belonged to before a room moved.
    """
    turns = work.turns(space_id, window.from_ms, window.to_ms)
    if sound is not None and sound.levels:
        people = work.called(space_id, sound.levels.keys())
        turns += [
            Turn(people[identity], since, until)
            for identity, levels in sound.levels.items()
            if identity in people
            for since, until in voiced(levels, sound.step_ms, sound.from_ms)
        ]
    return [turn for turn in turns if turn.to_ms > window.from_ms and turn.from_ms < window.to_ms]


def voices_in(
    work: Work, space_id: SpaceId, quiet: Sequence[Range], sound: Sound | None, window: Window
) -> dict[UserId, int]:
    """For how many milliseconds each is heard in a stretch."""
    turns = turns_in(work, space_id, sound, window)
    return {user_id: round(ms) for user_id, ms in talked(turns, window.from_ms, window.to_ms, quiet).items()}


def has_unnamed(work: Work, space_id: SpaceId, sound: Sound, window: Window) -> bool:
    """Whether somebody talks there of whom nobody knows (yet) who it is: they can neither be named nor asked.

    Who was called otherwise before the room moved is known once a recorder has told who talked then.
    """
    known = work.called(space_id, sound.levels.keys())
    written = merged(work.turns(space_id, window.from_ms, window.to_ms))
    for identity in sound.levels.keys() - known.keys():
        loud = voiced(sound.levels[identity], sound.step_ms, sound.from_ms, LOUD_DB)
        for turn in merged(Turn(UserId(identity), since, until) for since, until in loud):
            since, until = max(turn.from_ms, window.from_ms), min(turn.to_ms, window.to_ms)
            told = max((min(until, one.to_ms) - max(since, one.from_ms) for one in written), default=0)
            if until > since and told < (until - since) / 2:
                return True
    return False


def to_ask(seams: Seams, voices: Collection[UserId], maker: UserId) -> frozenset[UserId]:
    """Who is to allow a clip with these voices, by the rule of this house, before others hear it."""
    return clips.asked(voices, maker, ClipPermission(seams.config.clip_permission))
