"""Asking to speak, being accepted, stepping down, and the speaker's own microphone."""

from __future__ import annotations

from ..domain import stage
from ..domain.admission import Relations, require_may_ask, require_taking_part
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require_above
from ..domain.space import Role, Space, State
from .access import known_space, require_flag, require_guest, require_running, seats_of
from .commands import command
from .measures import measuring
from .seams import Seams
from .store import Work
from .telling import event


def ask_to_speak(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Put the member last in the queue. Whoever listened anonymously comes forward by asking."""
    require_flag(seams, "spaces.speak", user_id)

    def rule(space: Space, ties: Relations, work: Work) -> Space:
        require_may_ask(space, ties)
        work.name_stay(space.id, user_id)
        return stage.ask_to_speak(space, user_id, seams.clock())

    space = command(seams, space_id, Action.ASK_TO_SPEAK, Deed(kind="requested", actor=user_id), rule)
    measuring.asked(seams, user_id)
    return space


def withdraw(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Take the member's own request back. Without one nothing changes."""
    return command(
        seams,
        space_id,
        Action.WITHDRAW,
        Deed(kind="request_withdrawn", actor=user_id),
        lambda space, _, __: stage.take_back(space, user_id),
        is_done=lambda space: not space.place_in_queue(user_id),
    )


def accept(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId) -> Space:
    """Give a waiting member a seat. The lock makes the last seat go to exactly one.

    Raises Conflict ``not_welcome`` for somebody whom the door would not let in any more.
    """

    def rule(space: Space, _: Relations, work: Work) -> Space:
        assert space.room is not None
        if space.place_in_queue(guest):
            require_running(seams, "spaces.speak")
            require_guest(seams, space, guest)
        identity = seams.ids.identity(space.room, guest)
        return stage.accept(space, guest, identity, seams.clock(), seats_of(seams, space)[Role.SPEAKER])

    return command(seams, space_id, Action.ACCEPT, Deed(kind="request_accepted", actor=user_id, whom=guest), rule)


def decline(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId) -> Space:
    """Send a waiting member back to the audience."""
    return command(
        seams,
        space_id,
        Action.DECLINE,
        Deed(kind="request_declined", actor=user_id, whom=guest),
        lambda space, _, __: stage.decline(space, guest),
    )


def leave_stage(seams: Seams, user_id: UserId, space_id: SpaceId, speaker: UserId) -> Space:
    """Step down (oneself) or move a speaker to the audience (host, co-host). Who sits there already stays there."""
    is_own = speaker == user_id

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if not is_own and space.seat_of(speaker):
            require_above(space, user_id, speaker)
        return stage.leave_stage(space, speaker)

    return command(
        seams,
        space_id,
        Action.STEP_DOWN if is_own else Action.MOVE_TO_AUDIENCE,
        Deed(kind="stepped_down" if is_own else "moved_to_audience", actor=user_id, whom=speaker),
        rule,
        is_done=lambda space: is_own and not space.seat_of(speaker),
    )


def set_microphone(
    seams: Seams, user_id: UserId, space_id: SpaceId, *, is_open: bool, is_talking: bool | None = None
) -> Space:
    """Show the speaker's microphone as they say it is. ``is_talking`` is passed on unversioned, not kept."""
    space = _shown_so(seams, user_id, space_id, is_open=is_open) or command(
        seams,
        space_id,
        Action.OPEN_MICROPHONE,
        Deed(kind="microphone", actor=user_id),
        lambda space, _, __: stage.set_microphone(space, user_id, is_open=is_open),
    )
    if is_open:
        measuring.spoke(seams, space, user_id)
    if is_talking is not None:
        if is_talking and is_open:
            seams.index.note_talk(space_id, seams.clock().timestamp())
        talking = {"user_id": user_id, "is_talking": is_talking and is_open}
        seams.broadcaster.to_all(space_id, event(space, "talking", None, None, talking))
    return space


def _shown_so(seams: Seams, user_id: UserId, space_id: SpaceId, *, is_open: bool) -> Space | None:
    """The Space, without its lock, when the microphone is shown so already: hints come twice a second per speaker."""
    with seams.store.begin() as work:
        space, ties = known_space(seams, work, user_id, space_id)
    require_taking_part(ties)
    seat = space.seat_of(user_id)
    return space if seat and space.state is State.LIVE and seat.is_muted is not is_open else None
