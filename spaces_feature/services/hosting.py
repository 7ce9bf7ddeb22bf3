"""Starting and ending a Space."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from ..domain.admission import require_known
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require
from ..domain.space import Audience, Role, Seat, Space, Speak, State, clean_title, clean_topics, end
from ..domain.views import change as change_of
from ..errors import Conflict, MediaError
from .access import relations, require_flag, require_welcome
from .changing import change
from .health import sound_is_away
from .seams import Seams
from .store import Work
from .telling import tell

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a member asks for when going live."""

    title: str
    topic_ids: tuple[str, ...] = ()
    audience: Audience = Audience.EVERYONE
    speak: Speak = Speak.EVERYONE


def go_live(seams: Seams, host: UserId, plan: Plan) -> Space:
    """Start a Space now and return it.

    The room is made first, outside any transaction, so that nobody ever sees a Space that has no sound behind it; a
    room whose Space could not be written is deleted again, and closes by itself if that fails too. Raises Invalid
    for title and topics, Conflict ``already_live`` with the id of the other Space, Unavailable while the SFU is away.
    """
    require_flag(seams, "spaces.host", host)
    require_welcome(seams, host)
    title = clean_title(plan.title)
    topics = clean_topics(plan.topic_ids, frozenset(seams.config.topics))
    with seams.store.begin() as work:
        live = work.live_space_of(host)
    if live is not None:
        raise Conflict(
            "already_live", "You are live already.", "Go back to your Space, or end it first.", space_id=live
        )
    seams.health.require()
    space_id = seams.ids.space_id()
    room = seams.ids.room(space_id)
    try:
        seams.media.create_room(room)
    except MediaError as error:
        raise sound_is_away() from error
    now = seams.clock()
    seat = Seat(host, Role.HOST, seams.ids.identity(room, host), now)
    scheduled = Space(
        id=space_id,
        state=State.SCHEDULED,
        title=title,
        creator_id=host,
        host_id=host,
        created_at=now,
        updated_at=now,
        topic_ids=topics,
        audience=plan.audience,
        speak=plan.speak,
        room=room,
        version=0,
    )
    live_space = replace(scheduled, state=State.LIVE, started_at=now, seats=(seat,))
    made = change_of("started", scheduled, live_space, now)
    try:
        with seams.store.begin() as work:
            work.add(made.after)
    except Exception:
        _delete_orphan(seams, made.after)
        raise
    tell(seams, made)
    return made.after


def _delete_orphan(seams: Seams, space: Space) -> None:
    assert space.room is not None
    try:
        seams.media.delete_room(space.room)
    except MediaError as error:
        log.warning("room %s has no Space and could not be deleted (%s); it closes by itself", space.room, error.code)


def end_space(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """End the Space for everyone. Ending it again changes nothing. A host who was barred meanwhile may end as well."""

    def rule(space: Space, work: Work) -> Space:
        require_known(space, user_id, relations(seams, space, user_id))
        require(space, user_id, Action.END)
        return _ended(seams, space, work)

    return change(seams, space_id, "ended", rule)


def end_abandoned(seams: Seams, space_id: SpaceId) -> Space:
    """End a Space whose host has been gone past the grace, unless they came back this very moment."""

    def rule(space: Space, work: Work) -> Space:
        return space if work.stay(space.id, space.host_id) else _ended(seams, space, work)

    return change(seams, space_id, "ended", rule)


def _ended(seams: Seams, space: Space, work: Work) -> Space:
    if space.state is State.ENDED:
        return space
    now = seams.clock()
    work.close_stays([stay.id for stay in work.stays(space.id)], now)
    return end(space, now)
