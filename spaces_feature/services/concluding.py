"""How kept sound ends: a Space that is over leaves a recording that can be replayed or nothing, and that ends too."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ..domain.audit import Deed
from ..domain.grid import levels_name_of, merged, name_of, number_at, number_in
from ..domain.ids import SpaceId, UserId, is_space_id
from ..domain.roles import owns_recording
from ..domain.space import Space
from ..errors import Forbidden, NotFound, SpacesError, StorageDown
from . import clipping
from .access import readable_space
from .capturing import MISSED, lost_sound
from .changing import announce, written
from .seams import Seams
from .sound_store import Capture, Range, RecordingRow
from .store import Work

log = logging.getLogger(__name__)

INIT = "init.mp4"
AT_ONCE = 20
"""Recordings whose files are deleted in one round."""


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
    spared = {number_at(ms) for since, until in needed for ms in range(since, until + 1000, 1000)}
    if ready is not None:
        spared |= _inside(ready.pieces)
    names = {f"{capture.kept_path}/{name(number)}" for number in spared for name in (name_of, levels_name_of)}
    if spared:
        names |= {f"{capture.kept_path}/{INIT}", *(key for key in kept if key.endswith("q.m4s"))}
    seams.storage.delete([key for key in kept if key not in names])
    with seams.store.begin() as work:
        fresh = work.recording(capture.space_id)
        if fresh is not None and fresh.state == "recording":
            _settle(seams, work, fresh, ready)
        if needed:
            return False
        work.drop_capture(capture.space_id)
        if ready is None:
            # Of what was kept for clips alone nothing else is left, not even who talked when.
            work.forget_turns(capture.space_id)
    return True


def _settle(seams: Seams, work: Work, fresh: RecordingRow, ready: RecordingRow | None) -> None:
    """Write the recording ready, or, where nothing of it is there, gone."""
    now = seams.clock()
    if ready is None:
        work.put_recording(replace(fresh, state="deleted", deleted_at=now))
        return
    kept_until = now + timedelta(days=seams.config.replay_days)
    work.put_recording(
        replace(fresh, state="ready", pieces=ready.pieces, gaps=ready.gaps, ready_at=now, expires_at=kept_until)
    )
    work.add_sound_job("download", fresh.space_id, fresh.space_id, now, seams.ids.ordered_id())


def finished(row: RecordingRow, numbers: Sequence[int]) -> RecordingRow | None:
    """Return the recording as far as its segments are there, what is missing in it marked; None when nothing is."""
    there = set(numbers)
    pieces: list[Range] = []
    gaps = list(row.gaps)
    silent = _inside(row.quiet)
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


def _inside(pieces: Iterable[tuple[int, int | None]]) -> set[int]:
    return {number for first, last in pieces if last is not None for number in range(first, last + 1)}


def delete_recording(seams: Seams, user_id: UserId, space_id: SpaceId) -> RecordingRow:
    """Delete a Space's recording, and every clip of it, for everybody and for good. Deleting twice changes nothing.

    For who created the Space or hosts it, or did at its end, and for staff, who need not know the Space as members.
    Raises NotFound ``no_recording``.
    """
    is_staff = user_id in seams.identity.staff([user_id])
    with seams.store.begin() as work:
        space = _staffs(work, space_id) if is_staff else readable_space(seams, work, user_id, space_id)[0]
        row = work.recording(space_id)
        if row is None:
            raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
        if not owns_recording(space, user_id) and not is_staff:
            raise Forbidden(sentence="You may not do this in this Space.", way_on="It is for: host.")
        if row.deleted_at is not None:
            return row
        gone = replace(row, state="deleted", deleted_at=seams.clock(), chapters=(), download_path=None)
        work.put_recording(gone)
        clipping.source_gone(seams, work, space_id)
        entry = written(seams, Deed(kind="recording_deleted", actor=user_id, is_staff=is_staff), space, space.version)
        work.audit([entry])
    announce(seams, entry)
    try:
        _delete_files(seams, gone)
        clipping.sweep_sound(seams)
    except StorageDown as error:
        log.warning("the recording of Space %s is deleted; its files go later: %s", space_id, error.reason)
    return gone


def _staffs(work: Work, space_id: SpaceId) -> Space:
    space = work.load(space_id) if is_space_id(space_id) else None
    if space is None:
        raise NotFound
    return space


def _delete_files(seams: Seams, row: RecordingRow) -> None:
    seams.storage.delete(seams.storage.keys(f"{row.path}/"))
    seams.storage.delete(seams.storage.keys(f"downloads/{row.space_id}/"))
    with seams.store.begin() as work:
        fresh = work.recording(row.space_id)
        if fresh is not None:
            work.put_recording(replace(fresh, is_swept=True))
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


def follow_captures(seams: Seams) -> None:
    """Look after what no recorder has: a recording that nobody makes is lost for a while, a Space that is over ends.

    Never raises for one Space.
    """
    now = seams.clock()
    with seams.store.begin() as work:
        waiting = [one for one in work.captures() if now - one.waited_at > MISSED]
    for capture in waiting:
        try:
            if capture.is_ending:
                conclude(seams, capture)
            elif capture.keeps == "recording":
                lost_sound(seams, capture.space_id)
        except SpacesError as error:
            log.info("the sound of Space %s is looked after later: %s", capture.space_id, error)
