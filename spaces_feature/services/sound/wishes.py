"""What is to be made of the sound of running Spaces: read off each change, and written in its transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ...domain.grid import ms_between, number_at
from ...domain.ids import SpaceId, UserId
from ...domain.recording import WORDS, Keeping, keeping, kept_voices
from ...domain.space import Recording, Space, State
from ...domain.tiers import allowance_of, has_segments
from ..seams import Seams
from ..store import Work
from .sound_store import Capture, ConsentRow


def follow_sound(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    """Write what a change means for recorders, and who answered whether their voice may be kept."""
    _write_consents(seams, work, before, after)
    was, wish = (before and _wish(before)), _wish(after)
    if was == wish or (before is None and after.state is not State.LIVE):
        return
    now = seams.clock()
    capture = work.capture(after.id)
    if after.state is not State.LIVE:
        if capture is not None:
            work.put_capture(replace(capture, is_ending=True))
    else:
        keeps = _keeps(after)
        always = has_segments(after) and allowance_of(after) == 0
        if capture is None and not keeps and not always:
            return
        capture = capture or new_capture(seams, after)
        assert after.room is not None
        work.put_capture(replace(capture, room=after.room, keeps=keeps, wants_live=capture.wants_live or always))
    if before is not None and before.recording is not after.recording is Recording.OFF:
        _close_piece(work, after.id, now, is_over=after.state is not State.LIVE)


def _wish(space: Space) -> object:
    return space.state is State.LIVE, space.room, _keeps(space), space.recording is Recording.OFF


def _keeps(space: Space) -> str:
    """What sound is kept for now; for clips only where somebody's voice may be in them."""
    kept_for = keeping(space)
    return str(kept_for) if kept_for is Keeping.RECORDING or (kept_for and kept_voices(space)) else ""


def new_capture(seams: Seams, space: Space) -> Capture:
    """Return the capture of a Space of which nothing was made yet."""
    assert space.room is not None
    now = seams.clock()
    return Capture(
        space_id=space.id,
        room=space.room,
        # Databases keep times with microseconds, and all who count from here count from the same.
        began_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        wants_live=False,
        keeps="",
        live_path=f"live/{space.id}/{seams.ids.row_id()}",
        kept_path=f"kept/{space.id}/{seams.ids.row_id()}",
        waited_at=now,
    )


def want_segments(seams: Seams, work: Work, space: Space) -> None:
    """Have segments made for listeners of a live Space."""
    capture = work.capture(space.id)
    if capture is None or not capture.wants_live:
        # Who joins has no lock on the Space: what its host changes at this moment stays as it is.
        work.want_live(capture or new_capture(seams, space))


def _close_piece(work: Work, space_id: SpaceId, now: datetime, *, is_over: bool) -> None:
    row = work.lock_recording(space_id)
    if row is None or not row.pieces or row.pieces[-1][1] is not None:
        return
    first = row.pieces[-1][0]
    last = number_at(ms_between(row.began_at, now))
    if last < first and is_over:
        # A clock that was set back: what is there says where it ends.
        return
    ended = (*row.pieces[:-1], *([(first, last)] if last >= first else []))
    work.save_recording(row, replace(row, pieces=ended))


def _write_consents(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    known = before.consents if before is not None else {}
    if known == after.consents:
        return
    for user_id, answers in after.consents.items():
        for covers, agrees in answers.items():
            if known.get(user_id, {}).get(covers) != agrees:
                work.add_consent(
                    ConsentRow(
                        id=seams.ids.ordered_id(),
                        space_id=after.id,
                        user_id=UserId(user_id),
                        covers=covers,
                        agrees=agrees,
                        words=WORDS[Keeping(covers)],
                        at=seams.clock(),
                    )
                )
