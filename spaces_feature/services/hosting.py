"""Starting, running and ending a Space."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain import hosts, invitations, schedule
from ..domain.admission import Relations, require_known
from ..domain.audit import Deed
from ..domain.ids import RoomName, SpaceId, UserId
from ..domain.roles import Action, require
from ..domain.space import Audience, EndReason, Role, Space, Speak, State, end
from ..domain.titles import clean_title, clean_topics
from ..domain.views import change as change_of
from ..errors import Conflict, MediaError, Unavailable
from .access import horizon, relations, require_flag, require_guest, require_welcome, seats_of, terms_for
from .changing import announce, change, written
from .commands import command
from .flags.exposing import expose
from .lifecycle import follow
from .measures.health import sound_is_away
from .pinning import require_card
from .planning.inviting import patience
from .seams import Seams
from .sound.recordings import require_room_for_recording
from .store import Work
from .telling import tell

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a member asks for when going live, or planning to."""

    title: str
    topic_ids: tuple[str, ...] = ()
    audience: Audience = Audience.EVERYONE
    speak: Speak = Speak.EVERYONE
    allows_anonymous: bool = False
    allows_guests: bool = False
    is_recorded: bool = False
    allows_clips: bool = False
    cohost_ids: tuple[UserId, ...] = ()
    cover: str = ""
    card_ids: tuple[str, ...] = ()


def go_live(seams: Seams, host: UserId, plan: Plan) -> Space:
    """Start a Space now and return it.

    The room is made first, outside any transaction, so that nobody ever sees a Space that has no sound behind it; a
    room whose Space could not be written is deleted again, and closes by itself if that fails too. Raises what
    ``planned`` raises, Conflict ``already_live`` with the id of the other Space, ``recordings_full`` for one that is to
    be recorded, Unavailable while the SFU is away.
    """
    scheduled = planned(seams, host, plan)
    require_not_live(seams, host)
    require_room_for_one(seams, host)
    if scheduled.is_recorded:
        with seams.store.begin() as work:
            require_room_for_recording(seams, work, host)
    room = seams.ids.room(scheduled.id)
    identity = seams.ids.identity(room, host)
    now = seams.clock()
    ready = replace(scheduled, terms=terms_for(seams, host))
    space = schedule.begin(ready, room, identity, now, horizon(seams), patience(seams))
    made = change_of("started", scheduled, space, now)
    make_room(seams, room)
    entry = written(seams, Deed(kind="started", actor=host), made.after, made.after.version)
    try:
        with seams.store.begin() as work:
            work.add(made.after)
            work.audit([entry])
            follow(seams, work, None, made.after)
    except Exception:
        delete_orphan(seams, room)
        raise
    tell(seams, made)
    announce(seams, entry)
    return made.after


def planned(seams: Seams, host: UserId, plan: Plan, start: datetime | None = None) -> Space:
    """Return a new Space as its host wants it, not begun and not written, with its first co-hosts invited.

    ``start`` is when it is to begin, None for now. Raises Forbidden ``not_open_yet`` for what is not open to the host,
    Invalid for title, topics and cover, NotFound for a post to pin that they may not read, and Conflict
    ``cohosts_full`` or ``not_welcome`` for co-hosts.
    """
    require_flag(seams, "spaces.host", host)
    require_welcome(seams, host)
    chosen = {
        "spaces.anonymous": plan.allows_anonymous,
        "spaces.guests": plan.allows_guests,
        "spaces.record": plan.is_recorded,
        "spaces.clip": plan.allows_clips,
    }
    for choice, is_wanted in chosen.items():
        expose(seams, choice, host)
        if is_wanted:
            require_flag(seams, choice, host)
    now = seams.clock()
    space = Space(
        id=seams.ids.space_id(),
        state=State.SCHEDULED,
        title=clean_title(plan.title),
        creator_id=host,
        host_id=host,
        created_at=now,
        updated_at=now,
        topic_ids=clean_topics(plan.topic_ids, frozenset(seams.config.topics)),
        audience=plan.audience,
        speak=plan.speak,
        allows_anonymous=plan.allows_anonymous,
        allows_guests=plan.allows_guests,
        is_recorded=plan.is_recorded,
        allows_clips=plan.allows_clips,
        cover=schedule.clean_cover(plan.cover),
        scheduled_start=start,
        version=0,
    )
    for card in plan.card_ids:
        space = schedule.pin(space, require_card(seams, host, card))
    guests = sorted(set(plan.cohost_ids))
    most = seats_of(seams, space)[Role.COHOST]
    if len(guests) > most:
        raise Conflict("cohosts_full", f"There may be {most} co-hosts.", "Choose fewer.", limit=most)
    for guest in guests:
        require_guest(seams, space, guest)
        space = invitations.invite(space, guest, Role.COHOST, host, now, patience(seams, space))
    return space


def require_not_live(seams: Seams, host: UserId) -> None:
    """Raise Conflict ``already_live``, with the id, for who hosts a live Space."""
    with seams.store.begin() as work:
        live = work.live_space_of(host)
    if live is not None:
        raise Conflict(
            "already_live", "You are live already.", "Go back to your Space, or end it first.", space_id=live
        )


def require_room_for_one(seams: Seams, host: UserId) -> None:
    """Raise Unavailable ``too_many_live`` while as many Spaces are live as a flag allows at once."""
    most = seams.flags.number("spaces.max_live_spaces", host)
    with seams.store.begin() as work:
        count = work.live_count()
    if count >= most:
        way_on = "Try again in a few minutes, or plan it for later."
        raise Unavailable("too_many_live", "Too many Spaces are live right now.", way_on, retry_after=60)


def make_room(seams: Seams, room: RoomName) -> None:
    """Make a room at the SFU. Raises Unavailable while it is away."""
    seams.store.rest()
    seams.health.require()
    try:
        seams.media.create_room(room)
    except MediaError as error:
        raise sound_is_away() from error


def delete_orphan(seams: Seams, room: RoomName) -> None:
    """Delete a room that no Space has. Never raises."""
    try:
        seams.media.delete_room(room)
    except MediaError as error:
        log.warning("room %s has no Space and could not be deleted (%s); it closes by itself", room, error.code)


def end_space(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """End the Space for everyone. Ending it again changes nothing. A host who was barred meanwhile may end as well."""

    def rule(space: Space, work: Work) -> Space:
        require_known(space, user_id, relations(seams, space, user_id))
        require(space, user_id, Action.END)
        return ended(seams, work, space, EndReason.HOST)

    return change(seams, space_id, Deed(kind="ended", actor=user_id), rule)


def ended(seams: Seams, work: Work, space: Space, reason: EndReason) -> Space:
    """Return the Space ended, and end every stay in it; for the rules of whoever may end it.

    One that has not begun is canceled instead, for the same reason.
    """
    if space.state is State.ENDED:
        return space
    if space.started_at is None:
        return schedule.cancel(space, reason)
    now = seams.clock()
    work.close_stays([stay.id for stay in work.stays(space.id)], now)
    return end(space, now, reason)


def hand_over(seams: Seams, user_id: UserId, space_id: SpaceId, heir: UserId) -> Space:
    """Make somebody on stage the host; the former host takes their role.

    Raises Conflict ``already_live`` when they host another live Space, and ``not_welcome`` for somebody barred.
    """

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if space.seat_of(heir):
            require_guest(seams, space, heir)
        return hosts.hand_over(space, heir, seams.clock())

    return command(seams, space_id, Action.HAND_OVER, Deed(kind="handed_over", actor=user_id, whom=heir), rule)


def dismiss_cohost(seams: Seams, user_id: UserId, space_id: SpaceId, cohost: UserId) -> Space:
    """Make a co-host a speaker again; a pending invitation to be one is taken back instead."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        invitation = space.invitation_of(cohost)
        if invitation is not None and invitation.role is Role.COHOST:
            return invitations.withdraw(space, cohost)
        return hosts.dismiss_cohost(space, cohost, seams.clock(), seats_of(seams, space)[Role.SPEAKER])

    deed = Deed(kind="cohost_dismissed", actor=user_id, whom=cohost)
    return command(seams, space_id, Action.NAME_COHOSTS, deed, rule, states=(State.SCHEDULED, State.LIVE))
