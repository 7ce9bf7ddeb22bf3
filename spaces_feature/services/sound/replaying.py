"""What is done with a recording that can be replayed: its playlist, who played it, its start, its chapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...domain.grid import nearest, number_at
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.playlists import playlist_text
from ...domain.roles import owns_recording
from ...domain.space import Space
from ...domain.timeline import Timeline, chapters_in
from ...domain.titles import clean_title
from ...errors import Forbidden, Invalid, NotFound, WrongState
from ..access import readable_space, require_flag
from ..seams import Seams
from .replays import FLAG, is_over
from .sound_store import Range, RecordingRow

CHAPTERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEdit:
    """What its host wants otherwise; None leaves it. ``starts_at_s``: seconds cut off from all that was kept.

    ``chapters``: where each begins, seconds of the replay as it is now, and its title.
    """

    starts_at_s: float | None = None
    chapters: Sequence[tuple[float, str]] | None = None


def edit_recording(seams: Seams, user_id: UserId, space_id: SpaceId, wanted: RecordingEdit) -> Space:
    """Change where a replay begins, and its chapters. For who created the Space or hosts it.

    Raises NotFound ``no_recording``, WrongState ``not_ready``, Invalid ``starts_too_late`` and ``too_many_chapters``.
    """
    with seams.store.begin() as work:
        locked = work.lock_recording(space_id) if is_space_id(space_id) else None
        space, _ = readable_space(seams, work, user_id, space_id)
        row = _ready(seams, locked)
        if not owns_recording(space, user_id):
            raise Forbidden(sentence="You may not do this in this Space.", way_on="It is for: host.")
        changed = row
        if wanted.chapters is not None:
            changed = replace(changed, chapters=_chapters(row, wanted.chapters))
        if wanted.starts_at_s is not None:
            changed = replace(changed, trim_n=_trim(row, wanted.starts_at_s))
        if changed != row:
            # The file for download is as the replay is: it is made anew.
            work.save_recording(row, replace(changed, download_path=None))
            work.add_sound_job("download", space_id, space_id, seams.clock(), seams.ids.ordered_id())
    return space


def _ready(seams: Seams, row: RecordingRow | None) -> RecordingRow:
    if row is None or is_over(seams, row):
        raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
    if row.state != "ready":
        raise WrongState("not_ready", "The recording is not ready yet.", "Try again in a moment.")
    return row


def _trim(row: RecordingRow, starts_at_s: float) -> int:
    whole = Timeline.of(row.pieces)
    if not 0 <= starts_at_s < whole.seconds - 1:
        raise Invalid(
            "starts_too_late", "Nothing would be left to hear.", "Choose an earlier start.", field="starts_at_s"
        )
    # Seconds are told to the millisecond: where a segment begins by that, it begins.
    return number_at(whole.take_ms(starts_at_s) + 1) if starts_at_s else 0


def _chapters(row: RecordingRow, wanted: Sequence[tuple[float, str]]) -> tuple[tuple[int, str], ...]:
    """The chapters of the replay as wanted, and as they are those before its start, which its host does not see."""
    line = Timeline.of(row.pieces, row.trim_n)
    seen = chapters_in(line, row.chapters)
    named = {number: title for number, title in row.chapters if (number, title) not in seen}
    named |= {nearest(line.take_ms(at_s)): clean_title(title) for at_s, title in wanted}
    if len(named) > CHAPTERS:
        cut_off = " Some lie before its start now." if len(named) > len(wanted) else ""
        raise Invalid(
            "too_many_chapters",
            f"There may be {CHAPTERS} chapters.{cut_off}",
            "Let some go.",
            field="chapters",
            limit=CHAPTERS,
        )
    return tuple(sorted(named.items()))


def played(seams: Seams, user_id: UserId, space_id: SpaceId) -> None:
    """Count somebody who listens to a recording, once. Raises NotFound ``no_recording``."""
    with seams.store.begin() as work:
        readable_space(seams, work, user_id, space_id)
        require_flag(seams, FLAG, user_id)
        _ready(seams, work.recording(space_id))
        work.count_play(space_id, seams.ids.member_key(user_id))


def replay_playlist(seams: Seams, space_id: SpaceId, folder: str, part: Range | None = None) -> str | None:
    """Return the playlist of a recording that lies in this folder, None where none does (any more).

    ``part``: of these numbers alone, as far as they are replayed.
    """
    with seams.store.begin() as work:
        row = work.recording(space_id)
    if row is None or row.path != folder or row.state != "ready" or is_over(seams, row):
        return None
    made = {number for first, last in row.quieted for number in range(first, last + 1)}
    silent = {number for first, last in row.quiet for number in range(first, last + 1)}
    pieces = Timeline.of(row.pieces, row.trim_n).pieces
    if part is not None:
        pieces = tuple((max(a, part[0]), min(b, part[1])) for a, b in pieces if a <= part[1] and b >= part[0])
    return playlist_text(pieces, quiet=row.quiet, unmade=silent - made)
