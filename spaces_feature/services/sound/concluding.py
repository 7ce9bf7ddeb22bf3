"""How kept sound ends: a Space that is over leaves a recording that can be replayed or nothing, and that ends too."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ...domain.audit import Deed
from ...domain.grid import levels_name_of, merged, ms_between, name_of, number_at, number_in
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.playlists import file_of
from ...domain.roles import owns_recording
from ...domain.space import State
from ...errors import Forbidden, NotFound, SpacesError, StorageDown
from ..access import readable_space
from ..changing import announce, written
from ..seams import Seams
from ..store import Work
from . import clipping
from .capturing import MISSED, lost_sound
from .owed_turns import tell_owed
from .recordings import switch_off
from .sound_store import Capture, Range, RecordingRow

log = logging.getLogger(__name__)

INIT = "init.mp4"
AT_ONCE = 20
"""Recordings whose files are deleted in one round."""
LATE = 2
"""Segments that a recorder may still keep after a recording was deleted."""


def conclude(seams: Seams, capture: Capture) -> bool:
    """Bring the sound of a Space that is over to its end: a recording that can be replayed, and nothing else left.

    Returns False while somebody still chooses a clip from it, or one is being cut: what they need stays until then.
    Doing it again changes nothing. Raises StorageDown, and is then to be done again.
    """
    with seams.store.begin() as work:
        row = work.recording(capture.space_id)
        needed = work.holds_among([capture.space_id], seams.clock()).get(capture.space_id, [])
    seams.storage.delete(seams.storage.keys(f"{capture.live_path}/"))
    kept = seams.storage.keys(f"{capture.kept_path}/")
    numbers = sorted(number for key in kept if (number := number_in(key)) is not None)
    ready = finished(row, numbers) if row is not None and row.deleted_at is None else None
    if ready is not None and ready.state == "recording":
        tell_owed(seams, ready)
        with seams.store.begin() as work:
            row = work.recording(capture.space_id)
    spared = {number_at(ms) for since, until in needed for ms in range(since, until + 1000, 1000)}
    if ready is not None:
        spared |= numbers_in(ready.pieces)
    # What was taken back may have been written after it was deleted: a second is written when it is over.
    names = files_of(capture.kept_path, spared, numbers_in(row.quiet) if row is not None else set())
    seams.storage.delete([key for key in kept if key not in names])
    with seams.store.begin() as work:
        if not needed:
            work.drop_capture(capture.space_id)
        fresh = work.lock_recording(capture.space_id)
        if fresh is not None and fresh.state == "recording":
            _settle(seams, work, fresh, ready)
        if needed:
            return False
        if ready is None:
            # Of what was kept for clips alone nothing else is left, not even who talked when.
            work.forget_turns(capture.space_id)
    return True


def _settle(seams: Seams, work: Work, fresh: RecordingRow, ready: RecordingRow | None) -> None:
    """Write the recording ready, or, where nothing of it is there, gone."""
    now = seams.clock()
    if ready is None:
        work.save_recording(fresh, replace(fresh, state="deleted", deleted_at=now))
        return
    kept_until = now + timedelta(days=seams.config.replay_days)
    gaps = merged((*ready.gaps, *fresh.gaps))
    work.save_recording(
        fresh, replace(fresh, state="ready", pieces=ready.pieces, gaps=gaps, ready_at=now, expires_at=kept_until)
    )
    work.add_sound_job("download", fresh.space_id, fresh.space_id, now, seams.ids.ordered_id())


def files_of(folder: str, numbers: set[int], quiet: set[int]) -> set[str]:
    """Return the keys of these segments and what goes with them: of those taken back, only the silence."""
    if not numbers:
        return set()
    heard = {name(number) for number in numbers - quiet for name in (name_of, levels_name_of)}
    silent = {file_of(number, is_quiet=True) for number in numbers & quiet}
    return {f"{folder}/{name}" for name in {INIT, *heard, *silent}}


def finished(row: RecordingRow, numbers: Sequence[int]) -> RecordingRow | None:
    """Return the recording as far as its segments are there, what is missing in it marked; None when nothing is."""
    there = set(numbers)
    pieces: list[Range] = []
    gaps = list(row.gaps)
    silent = numbers_in(row.quiet)
    for first, last in row.pieces:
        inside = [one for one in numbers if one >= first and (last is None or one <= last)]
        if not inside:
            continue
        pieces.append((first, inside[-1]))
        if last is not None and last > inside[-1] + 1:
            # Behind its end, and so in no replay; that something is missing there is said all the same.
            gaps.append((inside[-1] + 1, last))
        gaps += [(one, one) for one in range(first, inside[-1]) if one not in there and one not in silent]
    return replace(row, pieces=tuple(pieces), gaps=merged(gaps)) if pieces else None


def numbers_in(pieces: Iterable[tuple[int, int | None]]) -> set[int]:
    """Return every number of these runs; what runs still is left out."""
    return {number for first, last in pieces if last is not None for number in range(first, last + 1)}


def delete_recording(seams: Seams, user_id: UserId, space_id: SpaceId) -> RecordingRow:
    """Delete a Space's recording, and every clip of it, for everybody and for good. Deleting twice changes nothing.

    For who created the Space or hosts it, or did at its end, whatever the host app holds against them by now, and for
    staff, who need not know the Space as members. Raises NotFound ``no_recording``.
    """
    is_staff = user_id in seams.identity.staff([user_id])
    with seams.store.begin() as work:
        row = work.lock_recording(space_id) if is_space_id(space_id) else None
        space = work.load(space_id) if row is not None else None
        is_theirs = space is not None and (is_staff or owns_recording(space, user_id))
        if space is None or not is_theirs:
            space, _ = readable_space(seams, work, user_id, space_id)
        if row is None:
            raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
        if not is_theirs:
            raise Forbidden(sentence="You may not do this in this Space.", way_on="It is for: host.")
        if row.deleted_at is not None:
            return row
        gone = _gone(row, seams.clock())
        work.save_recording(row, gone)
        clipping.source_gone(seams, work, space_id)
        entry = written(seams, Deed(kind="recording_deleted", actor=user_id, is_staff=is_staff), space, space.version)
        work.audit([entry])
    announce(seams, entry)
    if space.state is State.LIVE:
        switch_off(seams, space_id, "deleted")
    try:
        _delete_files(seams, gone)
        clipping.sweep_sound(seams)
    except StorageDown as error:
        log.warning("the recording of Space %s is deleted; its files go later: %s", space_id, error.reason)
    return gone


def _gone(row: RecordingRow, now: datetime) -> RecordingRow:
    """The recording deleted; of one that runs, what its recorder keeps until it hears of that goes as well."""
    last = number_at(max(0.0, ms_between(row.began_at, now))) + LATE
    pieces = tuple((first, max(first, last) if until is None else until) for first, until in row.pieces)
    return replace(row, state="deleted", deleted_at=now, pieces=pieces, chapters=(), download_path=None)


def _delete_files(seams: Seams, row: RecordingRow) -> None:
    with seams.store.begin() as work:
        capture = work.capture(row.space_id)
    keys = seams.storage.keys(f"{row.path}/")
    if capture is not None and not capture.is_ending:
        # What is kept for clips lies in the same folder, and a recorder writes there until the end.
        names = files_of(row.path, numbers_in(row.pieces), set()) - {f"{row.path}/{INIT}"}
        keys = [key for key in keys if key in names]
    seams.storage.delete(keys)
    seams.storage.delete(seams.storage.keys(f"downloads/{row.space_id}/"))
    if capture is not None:
        # A recorder may write there yet; whoever brings the Space to its end takes that.
        return
    with seams.store.begin() as work:
        work.sweep_recording(row.space_id)
        work.drop_sound_jobs("download", row.space_id)
        work.drop_sound_jobs("quiet", row.space_id)
        work.forget_turns(row.space_id)


def sweep(seams: Seams) -> None:
    """Delete the files of what is over: expired and deleted recordings and clips. Never raises.

    Expiry is told where sound is asked for; this only gives the room back.
    """
    with seams.store.begin() as work:
        over = work.unswept_recordings(seams.clock(), AT_ONCE)
    try:
        for row in over:
            _delete_files(seams, row)
        clipping.sweep_sound(seams)
    except SpacesError as error:
        log.warning("files of recordings that are over are deleted later: %s", error)


def follow_captures(seams: Seams) -> list[Capture]:
    """Look after what no recorder has: a recording that nobody makes is lost for a while, a Space that is over ends.

    Never raises for one Space. Returns what still waits for a recorder.
    """
    now = seams.clock()
    with seams.store.begin() as work:
        captures = work.captures()
        if captures:
            # Whoever joined at the very moment of the end may have wanted segments of what was over by then.
            work.end_captures()
    waiting = [one for one in captures if now - one.waited_at > MISSED]
    for capture in waiting:
        try:
            if capture.is_ending:
                conclude(seams, capture)
            elif capture.keeps == "recording":
                lost_sound(seams, capture.space_id)
        except SpacesError as error:
            log.info("the sound of Space %s is looked after later: %s", capture.space_id, error)
    return [one for one in waiting if not one.is_ending]
