"""Taking a voice out of what is kept: its seconds are deleted at once, and silence stands in for them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from ...domain.grid import begins_ms, levels_name_of, merged, ms_between, name_of, number_at
from ...domain.ids import SpaceId, UserId
from ...domain.recording import Keeping, agreed_since
from ...domain.timeline import Turn
from ...errors import StorageDown
from ..seams import Seams
from ..store import Work
from . import clipping
from .sound_store import ConsentRow, Range, RecordingRow

log = logging.getLogger(__name__)

MARGIN_MS = 250
"""So much before and after a turn goes with it: a voice begins before it is loud."""
LAST_SEGMENT = timedelta(seconds=3)
"""While a Space runs, the second in which somebody talks is written when it is over: what is silenced waits for it."""


def take_voice_out(seams: Seams, work: Work, space_id: SpaceId, user_id: UserId) -> tuple[Range, ...]:
    """Take all that a member said out of what is kept, and every clip with their voice; see ``take_turns_out``."""
    work.lock_recording(space_id)
    clipping.withdraw_voice(seams, work, space_id, user_id)
    return take_turns_out(seams, work, space_id, [one for one in work.turns(space_id) if one.user_id == user_id])


def take_turns_out(seams: Seams, work: Work, space_id: SpaceId, turns: Collection[Turn]) -> tuple[Range, ...]:
    """Mark every segment in which somebody talks as taken back.

    Returns the segments, for ``delete_sound`` after the transaction, also of a buffer that is in no recording.
    """
    taken = merged(segments_of(turn.from_ms, turn.to_ms) for turn in turns)
    return take_segments_out(seams, work, space_id, taken)


def segments_of(from_ms: int, to_ms: int) -> Range:
    """The first and the last segment that may have somebody in them who talks from here to there."""
    return number_at(max(0, from_ms - MARGIN_MS)), number_at(to_ms + MARGIN_MS)


def take_segments_out(seams: Seams, work: Work, space_id: SpaceId, taken: Sequence[Range]) -> tuple[Range, ...]:
    """The same for segments by their numbers."""
    row = work.lock_recording(space_id)
    if row is not None and row.deleted_at is None and taken:
        # The file for download has the voice in it: it goes, and is made anew.
        work.save_recording(row, replace(row, quiet=merged((*row.quiet, *taken)), download_path=None))
        work.add_sound_job("quiet", space_id, space_id, due_at(seams, row), seams.ids.ordered_id())
    return tuple(taken)


def due_at(seams: Seams, row: RecordingRow) -> datetime:
    """When something may be cut of a recording: of one that runs, once the present second is written."""
    return seams.clock() + (LAST_SEGMENT if row.state == "recording" else timedelta())


def delete_sound(seams: Seams, space_id: SpaceId, taken: Iterable[Range]) -> None:
    """Delete sound that was taken back; what the storage cannot do now, the recorder does with its silence."""
    numbers = [number for first, last in taken for number in range(first, last + 1)]
    if not numbers:
        return
    with seams.store.begin() as work:
        row, capture = work.recording(space_id), work.capture(space_id)
    folders = {path for path in (row and row.path, capture and capture.kept_path) if path}
    names = [name(number) for number in numbers for name in (name_of, levels_name_of)]
    try:
        seams.storage.delete([f"{folder}/{name}" for folder in folders for name in names])
        seams.storage.delete(seams.storage.keys(f"downloads/{space_id}/"))
    except StorageDown as error:
        log.warning("segments of Space %s that were taken back are deleted later: %s", space_id, error.reason)


def not_agreed(turn: Turn, answers: Sequence[ConsentRow], row: RecordingRow | None, began_at: datetime) -> list[Turn]:
    """Return the parts of a turn that may not be kept, by all answers of who talks, oldest first.

    In a recording it takes a yes to that, in what passes one to clips; and what was said before a no is nobody's.
    """
    given = [(one.covers, one.agrees, one.at) for one in answers]
    first_yes = next((place for place, one in enumerate(answers) if one.agrees), len(answers))
    took_back = not all(one.agrees for one in answers[first_yes:])

    def refused(kept_for: Keeping, from_ms: float, to_ms: float) -> list[Turn]:
        since = agreed_since(given, kept_for)
        if since is not None:
            # Nobody is kept before their first yes, and clocks differ: only what a later no took back is looked for.
            to_ms = min(to_ms, ms_between(began_at, since)) if took_back else from_ms
        return [turn._replace(from_ms=int(from_ms), to_ms=ceil(to_ms))] if to_ms > from_ms else []

    found = refused(Keeping.CLIPS, turn.from_ms, turn.to_ms)
    for first, last in row.pieces if row is not None else ():
        until = turn.to_ms if last is None else min(turn.to_ms, begins_ms(last + 1))
        found += refused(Keeping.RECORDING, max(turn.from_ms, begins_ms(first)), until)
    return found
