"""Starting, running and ending a Space."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from ..domain import hosts, invitations
from ..domain.admission import Relations, require_known
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require
from ..domain.space import (
    Audience,
    EndReason,
    Role,
    Seat,
    Space,
    Speak,
    State,
    clean_title,
    clean_topics,
    end,
)
from ..domain.views import Change
from ..domain.views import change as change_of
from ..errors import Conflict, MediaError
from .access import relations, require_flag, require_guest, require_welcome, seats_of
from .changing import announce, change, written
from .commands import command
from .health import sound_is_away
from .inviting import patience
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
    allows_anonymous: bool = False
    cohost_ids: tuple[UserId, ...] = ()


def go_live(seams: Seams, host: UserId, plan: Plan) -> Space:
    """Start a Space now and return it.

    The room is made first, outside any transaction, so that nobody ever sees a Space that has no sound behind it; a
    room whose Space could not be written is deleted again, and closes by itself if that fails too. Raises Invalid
    for title and topics, Conflict ``already_live`` with the id of the other Space or ``not_welcome`` for a co-host who
    cannot take part, Unavailable while the SFU is away.
    """
    require_flag(seams, "spaces.host", host)
    require_welcome(seams, host)
    title = clean_title(plan.title)
    topics = clean_topics(plan.topic_ids, frozenset(seams.config.topics))
    if plan.allows_anonymous:
        require_flag(seams, "spaces.anonymous", host)
    with seams.store.begin() as work:
        live = work.live_space_of(host)
    if live is not None:
        raise Conflict(
            "already_live", "You are live already.", "Go back to your Space, or end it first.", space_id=live
        )
    live_space, made = _begun(seams, host, plan, title, topics)
    seams.store.rest()
    seams.health.require()
    assert live_space.room is not None
    try:
        seams.media.create_room(live_space.room)
    except MediaError as error:
        raise sound_is_away() from error
    entry = written(seams, Deed(kind="started", actor=host), made.after, made.after.version)
    try:
        with seams.store.begin() as work:
            work.add(made.after)
            work.audit([entry])
    except Exception:
        _delete_orphan(seams, made.after)
        raise
    tell(seams, made)
    announce(seams, entry)
    return made.after


def _begun(seams: Seams, host: UserId, plan: Plan, title: str, topics: tuple[str, ...]) -> tuple[Space, Change]:
    """The Space as it begins, with its first co-hosts invited, and that beginning as a change."""
    now = seams.clock()
    space_id = seams.ids.space_id()
    room = seams.ids.room(space_id)
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
        allows_anonymous=plan.allows_anonymous,
        room=room,
        version=0,
    )
    seat = Seat(host, Role.HOST, seams.ids.identity(room, host), now)
    space = replace(scheduled, state=State.LIVE, started_at=now, seats=(seat,))
    guests = sorted(set(plan.cohost_ids))
    most = seats_of(seams, space)[Role.COHOST]
    if len(guests) > most:
        raise Conflict("cohosts_full", f"There may be {most} co-hosts.", "Choose fewer.", limit=most)
    for guest in guests:
        require_guest(seams, space, guest)
        space = invitations.invite(space, guest, Role.COHOST, host, now, patience(seams))
    return space, change_of("started", scheduled, space, now)


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
        return ended(seams, work, space, EndReason.HOST)

    return change(seams, space_id, Deed(kind="ended", actor=user_id), rule)


def ended(seams: Seams, work: Work, space: Space, reason: EndReason) -> Space:
    """Return the Space ended, and end every stay in it; for the rules of whoever may end it."""
    if space.state is State.ENDED:
        return space
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

    return command(
        seams, space_id, Action.NAME_COHOSTS, Deed(kind="cohost_dismissed", actor=user_id, whom=cohost), rule
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What those who run a live Space may change of it; None leaves it as it is."""

    title: str | None = None
    topic_ids: tuple[str, ...] | None = None
    speak: Speak | None = None
    allows_anonymous: bool | None = None


def edit(seams: Seams, user_id: UserId, space_id: SpaceId, wanted: Edit) -> Space:
    """Change title, topics, who may ask to speak, or whether people may listen anonymously. Raises Invalid."""
    title = None if wanted.title is None else clean_title(wanted.title)
    topics = None if wanted.topic_ids is None else clean_topics(wanted.topic_ids, frozenset(seams.config.topics))
    if wanted.allows_anonymous:
        require_flag(seams, "spaces.anonymous", user_id)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        given = {
            "title": title,
            "topic_ids": topics,
            "speak": wanted.speak,
            "allows_anonymous": wanted.allows_anonymous,
        }
        return replace(space, **{key: value for key, value in given.items() if value is not None})  # type: ignore[arg-type]

    def name(before: Space, after: Space) -> Deed:
        fields = ("title", "topic_ids", "speak", "allows_anonymous")
        changed = [one for one in fields if getattr(before, one) != getattr(after, one)]
        what = "; ".join(f"{one}: {_said(getattr(before, one))} -> {_said(getattr(after, one))}" for one in changed)
        return Deed(kind="edited", actor=user_id, reason=what)

    return command(seams, space_id, Action.EDIT, name, rule, actor=user_id)


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
