"""What recorders ask, and what they say: who has which Space, who has a voice there, what was kept and what was lost.

A recorder asks once a second; whoever holds the lease of a capture makes it, and any other goes on at the number that
the clock says. What is wanted is written by ``wishes.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ..domain.audit import Deed
from ..domain.grid import merged, number_at
from ..domain.ids import SpaceId
from ..domain.recording import Keeping, began, interrupted, keeping, kept_voices
from ..domain.space import Space, State
from ..errors import WrongState
from .changing import change
from .recordings import take_out_turns
from .seams import Seams
from .sound_store import Capture, RecordingRow, StageNow, Turn
from .store import Work

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
    row = work.recording(capture.space_id) or RecordingRow(
        space_id=capture.space_id, state="recording", path=capture.kept_path, began_at=capture.began_at
    )
    if row.pieces and row.pieces[-1][1] is None:
        return
    # A stop and a start within one second: a number is in one piece only.
    last = row.pieces[-1][1] if row.pieces else None
    work.put_recording(replace(row, pieces=(*row.pieces, (number if last is None else max(number, last + 1), None))))


def lost_sound(seams: Seams, space_id: SpaceId) -> None:
    """Note that a wanted recording keeps nothing for now; everybody is told. Doing it again changes nothing."""
    change(seams, space_id, Deed(kind="recording_interrupted"), lambda space, _: interrupted(space))


def note_turns(seams: Seams, space_id: SpaceId, turns: Sequence[Turn]) -> None:
    """Write down who talked when in what is kept. Who said no before a recorder told of it is taken out of it."""
    if not turns:
        return
    with seams.store.begin() as work:
        work.add_turns(space_id, turns)
        space = work.load(space_id)
    given = space.consents if space is not None else {}
    said_no = {turn.user_id for turn in turns if False in given.get(turn.user_id, {}).values()}
    if said_no:
        take_out_turns(seams, space_id, said_no)


def note_gap(seams: Seams, space_id: SpaceId, first: int, last: int) -> None:
    """Write down that these segments of a recording were lost and are silence."""
    with seams.store.begin() as work:
        row = work.recording(space_id)
        if row is not None:
            work.put_recording(replace(row, gaps=merged((*row.gaps, (first, last)))))


def holds(seams: Seams, ids: Collection[SpaceId]) -> Mapping[SpaceId, list[tuple[int, int]]]:
    """Return the stretches, in milliseconds of the capture, that somebody chooses a clip from right now."""
    with seams.store.begin() as work:
        return work.holds_among(ids, seams.clock())
