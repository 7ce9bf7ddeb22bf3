"""Recording a Space: starting, stopping, consenting, and taking one's voice out again."""

from __future__ import annotations

from functools import partial

from ...domain import recording
from ...domain.admission import Relations
from ...domain.audit import Deed
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.recording import WORDS, Keeping, keeping
from ...domain.roles import Action
from ...domain.space import Recording, Space, State, require_live, require_state
from ...errors import Conflict, Forbidden, WrongState
from ..access import readable_space, require_running
from ..changing import change
from ..commands import command
from ..seams import Seams
from ..store import Work
from . import clipping
from .sound_store import ConsentRow, Range
from .taking_out import delete_sound, take_voice_out


def start(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Have the Space recorded; starting twice changes nothing. Whoever starts agrees for their own voice.

    Raises Forbidden ``not_open_yet`` where the Space began without recording open to its host, ``switched_off``, and
    what ``require_room_for_recording`` raises.
    """
    require_running(seams, "spaces.record")

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if not space.terms.get("spaces.record", False):
            raise Forbidden("not_open_yet", "This is not open to you yet.", "It may be soon.", flag="spaces.record")
        _require_not_deleted(work, space_id)
        if space.recording is Recording.OFF:
            require_room_for_recording(seams, work, space.creator_id, space_id)
        return recording.start(space, user_id)

    return command(seams, space_id, Action.RECORD, Deed(kind="recording_asked", actor=user_id), rule)


def _require_not_deleted(work: Work, space_id: SpaceId) -> None:
    row = work.recording(space_id)
    if row is not None and row.deleted_at is not None:
        raise WrongState("recording_deleted", "This recording was deleted.", "Start a new Space to record again.")


def require_room_for_recording(seams: Seams, work: Work, creator_id: UserId, space_id: SpaceId | None = None) -> None:
    """Raise Conflict ``recordings_full`` for who keeps as many recordings as a flag allows, this Space's left out."""
    most = seams.flags.number("spaces.max_recordings", creator_id)
    kept = [one for one in work.recordings_of(creator_id, seams.clock()) if one != space_id]
    if len(kept) >= most:
        raise Conflict(
            "recordings_full",
            f"No more recordings can be kept: the limit is {most}.",
            "Delete one, or wait until one is over.",
            limit=most,
        )


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
    """Take the answer of somebody who was asked whether their voice may be kept, and return the Space.

    Who takes an earlier yes back is taken out of what was kept as well, also after the end, and needs no leave to see
    the Space for it: removed, blocked or barred, their voice is theirs. Raises Forbidden ``not_asked``, WrongState
    ``nothing_kept``, and ``too_late`` for a yes when all is over.
    """
    with seams.store.begin() as work:
        space = work.load(space_id) if is_space_id(space_id) else None
        takes_back = space is not None and not agrees and _has_voice(work, space, user_id)
        if space is None or not takes_back:
            space, _ = readable_space(seams, work, user_id, space_id)
    require_state(space, State.LIVE, State.ENDED)
    if space.state is not State.LIVE:
        if agrees:
            raise WrongState("too_late", "This Space has ended.", "What was said without your yes was not kept.")
        if not takes_back:
            raise _not_asked()
        _take_back_afterwards(seams, space, user_id)
        return space
    taken: list[Range] = []

    def rule(space: Space, work: Work) -> Space:
        require_live(space)
        if space.seat_of(user_id) is None and user_id not in space.consents:
            raise _not_asked()
        had_agreed = any(space.consents.get(user_id, {}).values())
        is_over = keeping(space) is None and not agrees and had_agreed
        answered = recording.refused(space, user_id) if is_over else recording.answered(space, user_id, agrees=agrees)
        if had_agreed and not agrees:
            taken.extend(take_voice_out(seams, work, space_id, user_id))
        return answered

    deed = Deed(kind="consented", actor=user_id)
    if takes_back:
        space = change(seams, space_id, deed, rule)
    else:
        space = command(seams, space_id, None, deed, lambda space, _, work: rule(space, work))
    delete_sound(seams, space_id, taken)
    clipping.sweep_gone(seams)
    return space


def _has_voice(work: Work, space: Space, user_id: UserId) -> bool:
    """Whether anything that is kept may have the member's voice."""
    return user_id in space.consents or work.is_heard(space.id, user_id)


def _not_asked() -> Forbidden:
    return Forbidden("not_asked", "Only who is on stage is asked.", "Your voice is not in anything kept.")


def _take_back_afterwards(seams: Seams, space: Space, user_id: UserId) -> None:
    """Take a voice out of the recording and the clips of a Space that is over, and of what a recorder tells yet."""
    with seams.store.begin() as work:
        taken = take_voice_out(seams, work, space.id, user_id)
        given = {one.covers: one.agrees for one in work.consents(space.id) if one.user_id == user_id}
        for covers in [one for one, agrees in given.items() if agrees]:
            work.add_consent(
                ConsentRow(
                    id=seams.ids.ordered_id(),
                    space_id=space.id,
                    user_id=user_id,
                    covers=covers,
                    agrees=False,
                    words=WORDS[Keeping(covers)],
                    at=seams.clock(),
                )
            )
    delete_sound(seams, space.id, taken)
    clipping.sweep_gone(seams)


def _refused(user_id: UserId, space: Space, _: Work) -> Space:
    return recording.refused(space, user_id) if space.state is State.LIVE else space


def erase_voice(seams: Seams, user_id: UserId) -> None:
    """Take a member whose account goes out of all sound that is kept, of running Spaces as well, and forget it all."""
    with seams.store.begin() as work:
        answered = [space.id for space in work.live() if user_id in space.consents]
    for space_id in answered:
        deed = Deed(kind="consented", actor=user_id)
        change(seams, space_id, deed, partial(_refused, user_id))
    with seams.store.begin() as work:
        spoken_in = work.spoken_in(user_id)
    for space_id in spoken_in:
        with seams.store.begin() as work:
            taken = take_voice_out(seams, work, space_id, user_id)
        delete_sound(seams, space_id, taken)
    with seams.store.begin() as work:
        # Without an answer there is no yes: what a recorder tells of them from now on is taken out as well.
        work.forget_voice(user_id)
