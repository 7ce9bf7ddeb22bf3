"""Recording a Space: starting, stopping, consenting, and taking one's voice out again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from ..domain import recording
from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.grid import levels_name_of, merged, name_of, number_at
from ..domain.ids import SpaceId, UserId
from ..domain.recording import WORDS, Keeping, keeping
from ..domain.roles import Action
from ..domain.space import Space, State, require_state
from ..errors import Forbidden, StorageDown, WrongState
from . import clipping
from .access import readable_space, require_running
from .changing import change
from .commands import command
from .seams import Seams
from .sound_store import ConsentRow, Range
from .store import Work

log = logging.getLogger(__name__)

MARGIN_MS = 250
"""So much before and after a turn goes with it: a voice begins before it is loud."""


def start(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Have the Space recorded; starting twice changes nothing. Whoever starts agrees for their own voice.

    Raises Forbidden ``not_open_yet`` where the Space began without recording open to its host, ``switched_off``.
    """
    require_running(seams, "spaces.record")

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if not space.terms.get("spaces.record", False):
            raise Forbidden("not_open_yet", "This is not open to you yet.", "It may be soon.", flag="spaces.record")
        _require_not_deleted(work, space_id)
        return recording.start(space, user_id)

    return command(seams, space_id, Action.RECORD, Deed(kind="recording_asked", actor=user_id), rule)


def _require_not_deleted(work: Work, space_id: SpaceId) -> None:
    row = work.recording(space_id)
    if row is not None and row.deleted_at is not None:
        raise WrongState("recording_deleted", "This recording was deleted.", "Start a new Space to record again.")


def stop(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """End the recording; the Space goes on. Stopping twice changes nothing."""
    deed = Deed(kind="recording_stopped", actor=user_id)
    return command(seams, space_id, Action.RECORD, deed, lambda space, _, __: recording.stop(space))


def switch_off(seams: Seams, space_id: SpaceId, why: str) -> Space:
    """End a running recording without its host: what was kept stays and can be replayed."""

    def rule(space: Space, _: Work) -> Space:
        return recording.stop(space) if space.state is State.LIVE else space

    return change(seams, space_id, Deed(kind="recording_stopped", reason=why), rule)


def consent(seams: Seams, user_id: UserId, space_id: SpaceId, *, agrees: bool) -> Space:
    """Take the answer of somebody who was asked whether their voice may be kept.

    Who takes an earlier yes back is taken out of what was kept as well, also after the end. Raises Forbidden
    ``not_asked``, WrongState ``nothing_kept``, and ``too_late`` for a yes when all is over.
    """
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
    require_state(space, State.LIVE, State.ENDED)
    if space.state is not State.LIVE:
        _take_back_afterwards(seams, space, user_id, agrees=agrees)
        return space
    taken: list[Range] = []

    def rule(space: Space, _: Relations, work: Work) -> Space:
        had_agreed = any(space.consents.get(user_id, {}).values())
        if space.seat_of(user_id) is None and user_id not in space.consents:
            raise Forbidden("not_asked", "Only who is on stage is asked.", "Your voice is not in anything kept.")
        if keeping(space) is None and not agrees and had_agreed:
            answered = replace(space, consents={**space.consents, user_id: _all_no(space, user_id)})
        else:
            answered = recording.answered(space, user_id, agrees=agrees)
        if had_agreed and not agrees:
            taken.extend(_take_voice_out(seams, work, space_id, user_id))
        return answered

    space = command(seams, space_id, None, Deed(kind="consented", actor=user_id), rule)
    if taken:
        _delete_segments(seams, space_id, taken)
    clipping.sweep_gone(seams)
    return space


def _all_no(space: Space, user_id: UserId) -> dict[str, bool]:
    return dict.fromkeys(space.consents.get(user_id, {}), False)


def _take_back_afterwards(seams: Seams, space: Space, user_id: UserId, *, agrees: bool) -> None:
    if agrees:
        raise WrongState("too_late", "This Space has ended.", "What was said without your yes was not kept.")
    with seams.store.begin() as work:
        row = work.recording(space.id)
        has_voice = any(turn.user_id == user_id for turn in work.turns(space.id))
        if row is None or row.deleted_at is not None or not has_voice:
            raise Forbidden("not_asked", "Only who is on stage is asked.", "Your voice is not in anything kept.")
        work.add_consent(
            ConsentRow(
                id=seams.ids.ordered_id(),
                space_id=space.id,
                user_id=user_id,
                covers=str(Keeping.RECORDING),
                agrees=False,
                words=WORDS[Keeping.RECORDING],
                at=seams.clock(),
            )
        )
        taken = _take_voice_out(seams, work, space.id, user_id)
    _delete_segments(seams, space.id, taken)
    clipping.sweep_gone(seams)


def _take_voice_out(seams: Seams, work: Work, space_id: SpaceId, user_id: UserId) -> tuple[Range, ...]:
    """Mark every segment that has this voice as taken back, and every clip; returns the segments."""
    clipping.withdraw_voice(seams, work, space_id, user_id)
    row = work.recording(space_id)
    if row is None or row.deleted_at is not None:
        return ()
    turns = [turn for turn in work.turns(space_id) if turn.user_id == user_id]
    taken = merged((number_at(max(0, turn.from_ms - MARGIN_MS)), number_at(turn.to_ms + MARGIN_MS)) for turn in turns)
    if taken:
        quiet = merged((*row.quiet, *taken))
        # The file for download has the voice in it: it goes, and is made anew.
        work.put_recording(replace(row, quiet=quiet, download_path=None))
        work.add_sound_job("quiet", space_id, space_id, seams.clock(), seams.ids.ordered_id())
    return taken


def take_out_turns(seams: Seams, space_id: SpaceId, user_ids: Iterable[UserId]) -> None:
    """Take these voices out of what is kept: of who said no before a recorder said that they had talked."""
    with seams.store.begin() as work:
        taken = [one for user_id in sorted(set(user_ids)) for one in _take_voice_out(seams, work, space_id, user_id)]
    if taken:
        _delete_segments(seams, space_id, taken)


def _delete_segments(seams: Seams, space_id: SpaceId, taken: Iterable[Range]) -> None:
    """Delete sound that was taken back; what the storage cannot do now, the recorder does with its silence."""
    with seams.store.begin() as work:
        row = work.recording(space_id)
    if row is None:
        return
    numbers = [number for first, last in taken for number in range(first, last + 1)]
    keys = [f"{row.path}/{name(number)}" for number in numbers for name in (name_of, levels_name_of)]
    try:
        seams.storage.delete(keys)
        seams.storage.delete(seams.storage.keys(f"downloads/{space_id}/"))
    except StorageDown as error:
        log.warning("segments of Space %s that were taken back are deleted later: %s", space_id, error.reason)
