"""Who may do what: the one table of role and action, and what it means for sound."""

from __future__ import annotations

from enum import StrEnum

from ..errors import Forbidden
from .ids import UserId
from .media import MediaRights
from .space import Role, Seat, Space, State


class Action(StrEnum):
    """Everything a member may do to a Space, by the names that ``me.permissions`` carries."""

    LISTEN = "listen"
    ASK_TO_SPEAK = "ask_to_speak"
    WITHDRAW = "withdraw"
    STEP_DOWN = "step_down"
    OPEN_MICROPHONE = "open_microphone"
    ACCEPT = "accept"
    DECLINE = "decline"
    MOVE_TO_AUDIENCE = "move_to_audience"
    END = "end"


_RUN = frozenset({Action.LISTEN, Action.OPEN_MICROPHONE, Action.ACCEPT, Action.DECLINE, Action.MOVE_TO_AUDIENCE})

TABLE: dict[Role, frozenset[Action]] = {
    Role.HOST: _RUN | {Action.END},
    Role.COHOST: _RUN | {Action.STEP_DOWN},
    Role.SPEAKER: frozenset({Action.LISTEN, Action.OPEN_MICROPHONE, Action.STEP_DOWN}),
    Role.LISTENER: frozenset({Action.LISTEN, Action.ASK_TO_SPEAK, Action.WITHDRAW}),
}
"""What each role may do in a live Space. In any other state nobody may do anything of it."""


def permissions(role: Role, state: State, *, is_waiting: bool = False) -> list[str]:
    """The names of what the role may do now, sorted. Who waits in the queue may withdraw, others may ask."""
    if state is not State.LIVE:
        return []
    absent = Action.ASK_TO_SPEAK if is_waiting else Action.WITHDRAW
    return sorted(str(action) for action in TABLE[role] - {absent})


def require(space: Space, user_id: UserId, action: Action) -> None:
    """Raise Forbidden, saying whose it is to do, unless the member's role in this very Space has the action."""
    role = space.role_of(user_id)
    if action not in TABLE[role]:
        who = " or ".join(str(other) for other in Role if action in TABLE[other])
        raise Forbidden(
            sentence="You may not do this in this Space.",
            way_on=f"It is for: {who}.",
            action=str(action),
            role=str(role),
        )


def rights_of(seat: Seat | None, *, was_on_stage: bool) -> MediaRights:
    """What the SFU must let a member do.

    Only a seat may publish, and only while the host has not muted it. A listener is hidden until first on stage in
    this room and never again (a re-hidden participant leaves a ghost on other clients).
    """
    if seat is not None:
        return MediaRights(can_publish=not seat.is_muted_by_host, is_hidden=False)
    return MediaRights(can_publish=False, is_hidden=not was_on_stage)
