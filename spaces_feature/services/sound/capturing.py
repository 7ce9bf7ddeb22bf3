"""What recorders ask, and what they say: who has which Space, who has a voice there, what was kept and what was lost.

A recorder asks once a second; whoever holds the lease of a capture makes it, and any other goes on at the number that
the clock says. What is wanted is written by ``wishes.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ...domain.audit import Deed
from ...domain.grid import merged, number_at
from ...domain.ids import SpaceId, UserId
from ...domain.recording import Keeping, began, interrupted, keeping, kept_voices
from ...domain.space import Space, State
from ...errors import WrongState
from ..changing import change
from ..seams import Seams
from ..store import Work
from . import clipping
from .sound_store import Capture, ConsentRow, RecordingRow, StageNow, Turn
from .taking_out import delete_sound, not_agreed, take_turns_out

LEASE = timedelta(seconds=3)
MISSED = timedelta(seconds=6)
"""A recording that nobody has for so long is lost for a while, and everybody is told."""


def captures(seams: Seams) -> list[Capture]:
    """Return what recorders are to make now, or to bring to its end (one statement)."""
    with seams.store.begin() as work:
        return work.captures()


def claim(seams: Seams, space_id: SpaceId, holder: str) -> bool:
    """Take a capture for three seconds. Returns False when another recorder has it."""
    now = seams.clock()
    with seams.store.begin() as work:
        return work.claim_capture(space_id, holder, now, now + LEASE)


def hold_on(seams: Seams, holder: str, ids: Collection[SpaceId]) -> frozenset[SpaceId]:
    """Keep captures for three seconds more, and return which are still this recorder's."""
    with seams.store.begin() as work:
        return work.renew_captures(holder, ids, seams.clock() + LEASE)


def release(seams: Seams, space_id: SpaceId, holder: str) -> None:
    """Let another recorder have it at once."""
    with seams.store.begin() as work:
        work.release_capture(space_id, holder, seams.clock())


def stages(seams: Seams, ids: Collection[SpaceId]) -> Mapping[SpaceId, StageNow]:
    """Return who has a voice in these Spaces now, by SFU identity, and whose is kept; of live ones only."""
    with seams.store.begin() as work:
        spaces = work.spaces_among(sorted(ids))
    return {space.id: _stage_of(space) for space in spaces if space.state is State.LIVE}


def _stage_of(space: Space) -> StageNow:
    assert space.room is not None
    agreed = kept_voices(space)
    return StageNow(
        space.id,
        space.room,
        {seat.identity: seat.user_id for seat in space.seats},
        frozenset(seat.identity for seat in space.seats if seat.user_id in agreed),
        str(space.recording),
    )


def listeners_by_segments(seams: Seams) -> Mapping[SpaceId, int]:
    """Return how many hear each Space by segments: where fewest do is where it is given up first."""
    with seams.store.begin() as work:
        return work.hls_listeners()


def began_keeping(seams: Seams, space_id: SpaceId, holder: str, from_ms: float) -> None:
    """Note that a recorder hears the stage openly and keeps sound from this millisecond on; everybody is told first.

    Raises WrongState ``nothing_kept`` when that is not wanted (any more), or another recorder has the Space.
    """

    def rule(space: Space, work: Work) -> Space:
        capture = work.capture(space_id)
        if capture is None or capture.holder != holder or keeping(space) is None:
            raise WrongState("nothing_kept", "Nothing is kept of this Space.", "There is nothing to agree to.")
        if keeping(space) is not Keeping.RECORDING:
            return space
        followed = began(space)
        if followed != space:
            _open_piece(work, capture, number_at(from_ms))
        return followed

    change(seams, space_id, Deed(kind="recording_began"), rule)


def _open_piece(work: Work, capture: Capture, number: int) -> None:
    row = work.lock_recording(capture.space_id)
    if row is None:
        work.add_recording(
            RecordingRow(
                space_id=capture.space_id,
                state="recording",
                path=capture.kept_path,
                began_at=capture.began_at,
                pieces=((number, None),),
            )
        )
        return
    last = row.pieces[-1][1] if row.pieces else -1
    if last is not None:
        # A stop and a start within one second: a number is in one piece only.
        work.save_recording(row, replace(row, pieces=(*row.pieces, (max(number, last + 1), None))))


def lost_sound(seams: Seams, space_id: SpaceId, holder: str | None = None) -> None:
    """Note that a wanted recording keeps nothing for now; everybody is told. Doing it again changes nothing.

    ``holder`` is the recorder that says so; one that does not have the Space any more is not listened to. None is for
    who looks after what no recorder has.
    """

    def rule(space: Space, work: Work) -> Space:
        return interrupted(space) if _is_theirs(work, space_id, holder) else space

    change(seams, space_id, Deed(kind="recording_interrupted"), rule)


def _is_theirs(work: Work, space_id: SpaceId, holder: str | None) -> bool:
    """Whether a recorder may speak for a Space: whoever was stopped and wakes no longer has it."""
    if holder is None:
        return True
    capture = work.capture(space_id)
    return capture is not None and capture.holder == holder


def note_turns(seams: Seams, space_id: SpaceId, turns: Sequence[Turn]) -> None:
    """Write down who talked when in what is kept; what nobody agreed to, by now or back then, is taken out of it.

    A recorder tells of turns a while after they were: whoever talked may have said no meanwhile, and yes again.
    """
    if not turns:
        return
    with seams.store.begin() as work:
        row, capture = work.lock_recording(space_id), work.capture(space_id)
        source = row if row is not None and row.deleted_at is None else capture
        if source is None:
            # All is over and gone, and so is who talked in it.
            return
        given: dict[UserId, list[ConsentRow]] = defaultdict(list)
        for answer in work.consents(space_id):
            given[answer.user_id].append(answer)
        # Of whom there is no answer at all, the account is gone: nothing says that they talked.
        work.add_turns(space_id, [turn for turn in turns if turn.user_id in given])
        out = [part for turn in turns for part in not_agreed(turn, given[turn.user_id], row, source.began_at)]
        taken = take_turns_out(seams, work, space_id, out)
        for user_id in sorted({turn.user_id for turn in out}):
            if not any(one.agrees for one in given[user_id][-1:]):
                clipping.withdraw_voice(seams, work, space_id, user_id)
    delete_sound(seams, space_id, taken)


def note_gap(seams: Seams, space_id: SpaceId, first: int, last: int, holder: str | None = None) -> None:
    """Write down that these segments of a recording were lost and are silence; see ``lost_sound`` for ``holder``."""
    with seams.store.begin() as work:
        row = work.lock_recording(space_id)
        if row is not None and _is_theirs(work, space_id, holder):
            work.save_recording(row, replace(row, gaps=merged((*row.gaps, (first, last)))))


def holds(seams: Seams, ids: Collection[SpaceId]) -> Mapping[SpaceId, list[tuple[int, int]]]:
    """Return the stretches, in milliseconds of the capture, that somebody chooses a clip from right now."""
    with seams.store.begin() as work:
        return work.holds_among(ids, seams.clock())
