"""Who may do what: the one table of role and action, and what it means for sound."""

from __future__ import annotations

from enum import StrEnum

from ..errors import Forbidden
from .ids import RoomName, UserId
from .media import MediaRights
from .space import Role, Space, State, require_state


class Action(StrEnum):
    """Everything somebody may do to a Space. Members find theirs, by these names, in ``me.permissions``."""

    LISTEN = "listen"
    REPORT = "report"
    ASK_TO_SPEAK = "ask_to_speak"
    WITHDRAW = "withdraw"
    STEP_DOWN = "step_down"
    OPEN_MICROPHONE = "open_microphone"
    ACCEPT = "accept"
    DECLINE = "decline"
    INVITE = "invite"
    MOVE_TO_AUDIENCE = "move_to_audience"
    MUTE = "mute"
    MUTE_ALL = "mute_all"
    REMOVE = "remove"
    EDIT = "edit"
    END = "end"
    PIN = "pin"
    START = "start"
    CANCEL = "cancel"
    REMIND = "remind"
    HAND_OVER = "hand_over"
    NAME_COHOSTS = "name_cohosts"
    SEE_REPORTS = "see_reports"
    WARN = "warn"
    FREEZE = "freeze"
    SEE_AUDIT = "see_audit"
    SEE_FLAGS = "see_flags"
    RECORD = "record"
    CLIP = "clip"


class Standing(StrEnum):
    """What somebody is beyond their role in the Space: who created it, and staff of the host app."""

    CREATOR = "creator"
    STAFF = "staff"


_LISTEN = frozenset({Action.LISTEN, Action.REPORT, Action.CLIP})
_RUN = _LISTEN | {
    Action.OPEN_MICROPHONE,
    Action.ACCEPT,
    Action.DECLINE,
    Action.INVITE,
    Action.MOVE_TO_AUDIENCE,
    Action.MUTE,
    Action.MUTE_ALL,
    Action.REMOVE,
    Action.EDIT,
    Action.PIN,
}
_PLAN = frozenset({Action.START, Action.EDIT, Action.CANCEL, Action.INVITE, Action.NAME_COHOSTS, Action.PIN})

TABLE: dict[Role | Standing, frozenset[Action]] = {
    Role.HOST: _RUN | {Action.END, Action.HAND_OVER, Action.NAME_COHOSTS, Action.RECORD},
    Role.COHOST: _RUN | {Action.STEP_DOWN},
    Role.SPEAKER: _LISTEN | {Action.OPEN_MICROPHONE, Action.STEP_DOWN},
    Role.LISTENER: _LISTEN | {Action.ASK_TO_SPEAK, Action.WITHDRAW},
    # Who handed the Space over has given it away; having created it is a fact and no power.
    Standing.CREATOR: frozenset(),
    Standing.STAFF: frozenset(
        {
            Action.SEE_REPORTS,
            Action.WARN,
            Action.REMOVE,
            Action.FREEZE,
            Action.END,
            Action.SEE_AUDIT,
            Action.SEE_FLAGS,
        }
    ),
}
"""What each role may do in a live Space, and what each standing adds."""

TABLES: dict[State, dict[Role, frozenset[Action]]] = {
    State.LIVE: {role: TABLE[role] for role in Role},
    State.SCHEDULED: {role: _PLAN if role is Role.HOST else frozenset({Action.REMIND, Action.REPORT}) for role in Role},
}
"""What each role may do in each state. In one that is not here members may do nothing."""


def permissions(role: Role, state: State, *, is_waiting: bool = False, has_clips: bool = True) -> list[str]:
    """The names of what the role may do now, sorted. Who waits in the queue may withdraw, others may ask; clips are
    made where the host lets people.
    """
    if state not in TABLES:
        return []
    absent = {Action.ASK_TO_SPEAK if is_waiting else Action.WITHDRAW}
    if not has_clips:
        absent.add(Action.CLIP)
    return sorted(str(action) for action in TABLES[state][role] - absent)


def require(space: Space, user_id: UserId, action: Action) -> None:
    """Raise Forbidden, saying whose it is to do, unless the member's role in this very Space has the action.

    Raises WrongState for what nobody may do to a Space that is planned.
    """
    role = space.role_of(user_id)
    table = TABLES.get(space.state, TABLES[State.LIVE])
    if action not in table[role]:
        who = " or ".join(str(other) for other in Role if action in table[other])
        if not who:
            require_state(space, State.LIVE)
        raise Forbidden(
            sentence="You may not do this in this Space.",
            way_on=f"It is for: {who}.",
            action=str(action),
            role=str(role),
        )


def require_above(space: Space, actor: UserId, target: UserId) -> None:
    """Raise Forbidden ``not_above`` unless the actor may act upon the target.

    The host may upon everyone else, a co-host upon speakers and listeners, nobody upon themselves or the host.
    """
    place = {Role.HOST: 0, Role.COHOST: 1, Role.SPEAKER: 2, Role.LISTENER: 2}
    if actor == target or place[space.role_of(actor)] >= place[space.role_of(target)]:
        raise Forbidden(
            "not_above",
            "You may not do this to them.",
            "Hosts answer to nobody here, co-hosts to the host.",
            role=str(space.role_of(target)),
        )


def may_see_numbers(space: Space, user_id: UserId) -> bool:
    """Whether how many came is told to the member: to who created the Space, and who runs it or did at its end."""
    return user_id == space.creator_id or user_id in space.host_ids


def owns_recording(space: Space, user_id: UserId | None) -> bool:
    """Whether the Space's recording is the member's to cut, name, take home and delete: who created it, or hosts it."""
    return user_id is not None and user_id in (space.creator_id, space.host_id)


def require_staff(staff: frozenset[UserId], user_id: UserId, action: Action) -> None:
    """Raise Forbidden ``staff_only`` unless the member is staff of the host app and staff have the action."""
    if user_id not in staff or action not in TABLE[Standing.STAFF]:
        raise Forbidden("staff_only", "This is for the team.", "Report what you saw instead.", action=str(action))


def roster_rights(space: Space, room: RoomName, user_id: UserId, *, was_on_stage: bool) -> MediaRights | None:
    """What somebody with a lasting stay may do in a room; None when they have no business there.

    A join that crossed a removal may leave a stay behind: the list of the removed is what counts.
    """
    if space.state is not State.LIVE or space.room != room or user_id in space.removed:
        return None
    return rights_of(space, user_id, was_on_stage=was_on_stage)


def rights_of(space: Space, user_id: UserId, *, was_on_stage: bool) -> MediaRights:
    """What the SFU must let a member do in this Space.

    Only a seat may publish, and only while neither its host has muted it nor staff have frozen the stage. A listener
    is hidden until first on stage in this room and never again (a re-hidden participant leaves a ghost on other
    clients).
    """
    seat = space.seat_of(user_id)
    if seat is not None:
        return MediaRights(can_publish=not (seat.is_muted_by_host or space.is_frozen), is_hidden=False)
    return MediaRights(can_publish=False, is_hidden=not was_on_stage)
