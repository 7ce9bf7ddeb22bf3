"""Planning a Space, starting what was planned, and calling it off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ...domain import schedule
from ...domain.admission import Relations
from ...domain.audit import Deed
from ...domain.ids import RoomName, SpaceId, UserId
from ...domain.roles import Action, require
from ...domain.space import Space, State
from ...errors import Conflict
from ..access import horizon, readable_space, require_flag, require_welcome, terms_for
from ..changing import announce, written
from ..commands import command
from ..hosting import Plan, delete_orphan, make_room, planned, require_not_live, require_room_for_one
from ..lifecycle import follow
from ..seams import Seams
from ..sound.recordings import require_room_for_recording
from ..store import Work
from .inviting import patience


def plan_space(seams: Seams, host: UserId, plan: Plan, start: datetime) -> Space:
    """Plan a Space for ``start`` and return it.

    Raises what ``planned`` raises, Invalid for a time that it cannot be, and Conflict ``too_many_upcoming``.
    """
    require_flag(seams, "spaces.schedule", host)
    now = seams.clock()
    schedule.require_time(start, now, horizon(seams))
    space = planned(seams, host, plan, start)
    # A Space is at its first version as soon as somebody may see it.
    space = schedule.at_first(space)
    entry = written(seams, Deed(kind="scheduled", actor=host), space, space.version)
    with seams.store.begin() as work:
        # Two plans at once of one host: the second waits, and counts the first.
        work.hold_plans(host)
        work.add(space)
        schedule.require_room_for_more(work.upcoming_of(host, now - horizon(seams).late) - 1, horizon(seams))
        work.audit([entry])
        follow(seams, work, None, space)
    announce(seams, entry)
    return space


def start_planned(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Start a planned Space now, early or up to an hour late. Starting a live one changes nothing.

    Raises Forbidden unless the member is its host, WrongState when it is over, Conflict ``already_live`` with the id of
    another live Space, Unavailable while the SFU is away.
    """
    require_flag(seams, "spaces.host", user_id)
    require_welcome(seams, user_id)
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
    if space.state is State.LIVE and space.host_id == user_id:
        return space
    schedule.require_startable(space, seams.clock(), horizon(seams))
    require(space, user_id, Action.START)
    require_not_live(seams, user_id)
    require_room_for_one(seams, user_id)
    room = seams.ids.room(space_id)
    make_room(seams, room)
    try:
        space = _begin(seams, user_id, space_id, room)
    except Exception:
        delete_orphan(seams, room)
        raise
    if space.room != room:
        # Two taps, or two devices: the first one's room is the Space's.
        delete_orphan(seams, room)
    return space


def _begin(seams: Seams, user_id: UserId, space_id: SpaceId, room: RoomName) -> Space:
    # Before the lock: a rule may ask the host app.
    terms = terms_for(seams, user_id)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        identity = seams.ids.identity(room, user_id)
        ready = replace(space, terms=terms, is_recorded=space.is_recorded and _may_record(seams, work, space))
        return schedule.begin(ready, room, identity, seams.clock(), horizon(seams), patience(seams))

    return command(
        seams,
        space_id,
        Action.START,
        Deed(kind="started", actor=user_id),
        rule,
        is_done=lambda space: space.state is State.LIVE and space.host_id == user_id,
        states=(State.SCHEDULED,),
    )


def _may_record(seams: Seams, work: Work, space: Space) -> bool:
    """Whether one more recording may be kept now: a Space begins at its time all the same, and its host may ask why."""
    try:
        require_room_for_recording(seams, work, space.creator_id)
    except Conflict:
        return False
    return True


def cancel(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Call a planned Space off; whoever waits for it is told. Doing it again changes nothing."""
    return command(
        seams,
        space_id,
        Action.CANCEL,
        Deed(kind="canceled", actor=user_id),
        lambda space, _, __: schedule.cancel(space),
        is_done=lambda space: space.state is State.CANCELED and space.host_id == user_id,
        states=(State.SCHEDULED,),
    )
