"""Asking to speak, being accepted, stepping down, and the speaker's own microphone."""

from __future__ import annotations

from collections.abc import Callable

from ..domain import stage
from ..domain.admission import Relations, require_may_ask, require_taking_part
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require
from ..domain.space import Space, State, require_live
from .access import known, known_space, require_flag
from .changing import change
from .seams import Seams
from .store import Work
from .telling import event


def ask_to_speak(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Put the member last in the queue."""
    require_flag(seams, "spaces.speak", user_id)

    def rule(space: Space, ties: Relations) -> Space:
        require_may_ask(space, ties)
        return stage.ask_to_speak(space, user_id, seams.clock())

    return _by(seams, user_id, space_id, Action.ASK_TO_SPEAK, "requested", rule)


def withdraw(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Take the member's own request back. Without one nothing changes."""
    return _by(
        seams,
        user_id,
        space_id,
        Action.WITHDRAW,
        "request_withdrawn",
        lambda space, _: stage.take_back(space, user_id),
        is_done=lambda space: not space.place_in_queue(user_id),
    )


def accept(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId) -> Space:
    """Give a waiting member a seat. The lock makes the last seat go to exactly one."""
    seats = seams.flags.number("spaces.max_speakers", user_id)

    def rule(space: Space, _: Relations) -> Space:
        assert space.room is not None
        identity = seams.ids.identity(space.room, guest)
        return stage.accept(space, guest, identity, seams.clock(), seats)

    return _by(seams, user_id, space_id, Action.ACCEPT, "request_accepted", rule)


def decline(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId) -> Space:
    """Send a waiting member back to the audience."""
    return _by(
        seams, user_id, space_id, Action.DECLINE, "request_declined", lambda space, _: stage.decline(space, guest)
    )


def leave_stage(seams: Seams, user_id: UserId, space_id: SpaceId, speaker: UserId) -> Space:
    """Step down (oneself) or move a speaker to the audience (host, co-host). Who sits there already stays there."""
    is_own = speaker == user_id
    return _by(
        seams,
        user_id,
        space_id,
        Action.STEP_DOWN if is_own else Action.MOVE_TO_AUDIENCE,
        "stepped_down" if is_own else "moved_to_audience",
        lambda space, _: stage.leave_stage(space, speaker),
        is_done=lambda space: is_own and not space.seat_of(speaker),
    )


def set_microphone(
    seams: Seams, user_id: UserId, space_id: SpaceId, *, is_open: bool, is_talking: bool | None = None
) -> Space:
    """Show the speaker's microphone as they say it is. ``is_talking`` is passed on unversioned, not kept."""
    space = _shown_so(seams, user_id, space_id, is_open=is_open) or _by(
        seams,
        user_id,
        space_id,
        Action.OPEN_MICROPHONE,
        "microphone",
        lambda space, _: stage.set_microphone(space, user_id, is_open=is_open),
    )
    if is_talking is not None:
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


def _by(
    seams: Seams,
    user_id: UserId,
    space_id: SpaceId,
    action: Action,
    kind: str,
    rule: Callable[[Space, Relations], Space],
    *,
    is_done: Callable[[Space], bool] = lambda space: False,
) -> Space:
    """Run a rule in the Space's name after the one gate; ``is_done`` lets a repeated command succeed."""

    def gated(space: Space, _: Work) -> Space:
        ties = known(seams, space, user_id)
        if is_done(space):
            return space
        require_live(space)
        require(space, user_id, action)
        return rule(space, ties)

    return change(seams, space_id, kind, gated)
