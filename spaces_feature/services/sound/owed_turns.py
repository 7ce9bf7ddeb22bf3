"""Turns that no recorder told of: one that was killed owes up to ten seconds of them, which lie beside the sound.

Without them nobody could take those seconds out again. Where a recorder was lost, a recording has a gap or an end.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...domain.grid import begins_ms, merged
from ...domain.timeline import Turn, voiced
from ..seams import Seams
from .capturing import note_turns
from .clip_sources import kept_sound
from .sound_store import Range, RecordingRow
from .taking_out import delete_sound, segments_of, take_segments_out

OWED = 13
"""Segments before an edge in which somebody may talk untold: ten seconds, and the pause that ends a turn."""
PAUSE_MS = 700
"""A turn is told up to its last sound; so much behind it, and before it, still belongs to who talks."""
MOST = 20
"""Edges that are looked at: a recorder that is lost more often was never there for long."""


def tell_owed(seams: Seams, row: RecordingRow) -> None:
    """Read who talks right before each edge of a recording, and write it down; what that means for a no follows.

    A voice that nobody is known by, since the room moved meanwhile, is taken out unless a recorder had told who talks
    there: who else could ever take it back? Raises Unavailable and StorageDown while the storage is away.
    """
    edges = [last for _, last in row.pieces if last is not None] + [first - 1 for first, _ in row.gaps]
    for last in sorted({one for one in edges if one >= 0})[-MOST:]:
        _tell(seams, row, (max(0, last - OWED + 1), last))


def _tell(seams: Seams, row: RecordingRow, numbers: Range) -> None:
    sound = kept_sound(seams, row.path, round(begins_ms(numbers[0])), round(begins_ms(numbers[1] + 1)))
    if not sound.levels:
        return
    heard = {name: voiced(levels, sound.step_ms, sound.from_ms) for name, levels in sound.levels.items()}
    with seams.store.begin() as work:
        people = work.called(row.space_id, heard.keys())
        turns = [Turn(people[name], *one) for name, spans in heard.items() if name in people for one in spans]
        nobodys = [span for name, spans in heard.items() if name not in people for span in spans]
        told = work.turns(row.space_id, sound.from_ms, sound.to_ms) if nobodys else []
        # What somebody says under their name of now says nothing about the name of before.
        others = [turn for turn in told if not any(_is_same(turn, one) for one in turns)]
        taken = merged(segments_of(*span) for span in _untold(nobodys, others))
        take_segments_out(seams, work, row.space_id, taken)
    delete_sound(seams, row.space_id, taken)
    note_turns(seams, row.space_id, turns)


def _is_same(told: Turn, read: Turn) -> bool:
    return told.user_id == read.user_id and read.from_ms < told.to_ms and told.from_ms < read.to_ms


def _untold(spans: Iterable[tuple[int, int]], told: Iterable[Turn]) -> list[tuple[int, int]]:
    """What of these stretches, in milliseconds, lies in no turn that was told."""
    left = list(spans)
    for turn in told:
        since, until = turn.from_ms - PAUSE_MS, turn.to_ms + PAUSE_MS
        outside = [((begin, min(end, since)), (max(begin, until), end)) for begin, end in left]
        left = [part for parts in outside for part in parts if part[1] > part[0]]
    return left
