"""Invitations: asking somebody up, as speaker or co-host, and their answer."""

from __future__ import annotations

from datetime import timedelta

from ...domain import invitations
from ...domain.admission import Relations
from ...domain.audit import Deed
from ...domain.ids import SpaceId, UserId
from ...domain.invitations import Patience
from ...domain.roles import Action, require
from ...domain.space import Role, Space, State
from ...domain.stage import require_free
from ..access import horizon, require_flag, require_guest, require_running, seats_of
from ..commands import command
from ..seams import Seams
from ..store import Work

_OPEN = (State.SCHEDULED, State.LIVE)


def patience(seams: Seams, space: Space | None = None) -> Patience:
    """How long invitations stand, and how long a no counts (settings). To a planned Space they stand until it began."""
    life = timedelta(seconds=seams.config.invitation_life)
    if space is not None and space.state is State.SCHEDULED and space.scheduled_start is not None:
        life += space.scheduled_start + horizon(seams).late - seams.clock()
    return Patience(life=life, pause=timedelta(seconds=seams.config.invitation_pause))


def invite(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId, role: Role) -> Space:
    """Invite a member to speak, or to be co-host; they decide.

    Raises Conflict ``not_welcome`` for somebody who could not join, and what ``invitations.invite`` raises.
    """

    def rule(space: Space, _: Relations, work: Work) -> Space:
        _require_namer(space, user_id, guest)
        require_running(seams, "spaces.speak")
        after = invitations.invite(space, guest, role, user_id, seams.clock(), patience(seams, space))
        require_guest(seams, space, guest)
        require_free(space.seats, role, seats_of(seams, space)[role])
        return after

    action = Action.NAME_COHOSTS if role is Role.COHOST else Action.INVITE
    deed = Deed(kind="invited", actor=user_id, whom=guest, reason=str(role))
    return command(seams, space_id, action, deed, rule, states=_OPEN)


def withdraw(seams: Seams, user_id: UserId, space_id: SpaceId, guest: UserId) -> Space:
    """Take an invitation back. Without one nothing changes."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        _require_namer(space, user_id, guest)
        return invitations.withdraw(space, guest)

    deed = Deed(kind="invitation_withdrawn", actor=user_id, whom=guest)
    return command(seams, space_id, Action.INVITE, deed, rule, states=_OPEN)


def _require_namer(space: Space, user_id: UserId, guest: UserId) -> None:
    """Who may not name co-hosts cannot undo that somebody was named either. Raises Forbidden."""
    invitation = space.invitation_of(guest)
    if invitation is not None and invitation.role is Role.COHOST:
        require(space, user_id, Action.NAME_COHOSTS)


def accept(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Go on stage in the role that the member was invited to."""
    require_flag(seams, "spaces.speak", user_id)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        assert space.room is not None
        work.name_stay(space.id, user_id)
        identity = seams.ids.identity(space.room, user_id)
        return invitations.accept(space, user_id, identity, seams.clock(), seats_of(seams, space))

    return command(
        seams,
        space_id,
        None,
        Deed(kind="invitation_accepted", actor=user_id, whom=user_id),
        rule,
        is_done=lambda space: (
            space.state is State.LIVE and space.seat_of(user_id) is not None and space.invitation_of(user_id) is None
        ),
    )


def decline(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Say no; the member is not asked again for a while."""
    return command(
        seams,
        space_id,
        None,
        Deed(kind="invitation_declined", actor=user_id, whom=user_id),
        lambda space, _, __: invitations.decline(space, user_id, seams.clock(), patience(seams)),
        states=_OPEN,
    )
