"""Invitations to the stage: nobody is up there who did not say yes.

An invitation is pending until its guest accepts or declines, the hosts take it back, or its time is over. Who declined
is left in peace for a while, and who accepted stays a guest of the Space.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import Conflict, NotFound
from .ids import Identity, UserId
from .space import Invitation, InvitationState, Role, Seat, Space, State, require_live, require_state
from .stage import frozen, seated

PENDING = 50
"""Invitations that may be open at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an invitation stands, and how long somebody who declined is not asked again."""

    life: timedelta
    pause: timedelta


def invite(space: Space, guest: UserId, role: Role, by: UserId, now: datetime, patience: Patience) -> Space:
    """Return the Space with the guest invited as speaker or co-host.

    A pending invitation to the same role stays as it is; one to another role is replaced. Raises Conflict for somebody
    who has the role or waits in the queue to speak, who was removed, or who declined lately (data ``again_at``).
    """
    require_state(space, State.LIVE, State.SCHEDULED)
    if space.is_frozen:
        raise frozen(space)
    _require_open_to(space, guest, role)
    known = next((one for one in space.invitations if one.user_id == guest), None)
    if known is not None and known.state is InvitationState.PENDING and known.role is role and now < known.expires_at:
        return space
    if known is not None and known.again_at is not None and now < known.again_at:
        raise Conflict(
            "declined_recently",
            "They said no a moment ago.",
            "Give them time.",
            again_at=known.again_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        )
    others = tuple(one for one in space.invitations if one.user_id != guest)
    if sum(one.state is InvitationState.PENDING for one in others) >= PENDING:
        raise Conflict("too_many_invitations", "Many invitations are open.", "Wait for answers.", limit=PENDING)
    invitation = Invitation(guest, role, InvitationState.PENDING, by, now, now + patience.life)
    return replace(space, invitations=(*others, invitation))


def _require_open_to(space: Space, guest: UserId, role: Role) -> None:
    present = space.role_of(guest)
    if present is not Role.LISTENER and (present in (role, Role.HOST) or role is Role.SPEAKER):
        raise Conflict("already_on_stage", "They are on stage already.", "See the stage.", role=str(present))
    # Whoever they removed by a pseudonym is nobody they removed: the answer would say who it was.
    if guest in space.removed_as:
        raise Conflict("was_removed", "They were removed from this Space.", "Let them back in first.")
    if role is Role.SPEAKER and space.place_in_queue(guest):
        raise Conflict("is_waiting", "They have asked to speak.", "Accept their request.")


def accept(space: Space, guest: UserId, identity: Identity, now: datetime, limits: dict[Role, int]) -> Space:
    """Return the Space with the guest on stage in the role they were invited to, muted.

    A speaker who becomes co-host keeps the microphone as it is. Raises NotFound ``invitation_gone`` without a pending
    invitation that still stands, Conflict when the role's seats are taken (``limits`` by role).
    """
    require_live(space)
    invitation = space.invitation_of(guest)
    if invitation is None or now >= invitation.expires_at:
        raise gone()
    seat = space.seat_of(guest)
    taken = replace(seat, role=invitation.role, seated_at=now) if seat else Seat(guest, invitation.role, identity, now)
    return seated(space, taken, limits[invitation.role])


def decline(space: Space, guest: UserId, now: datetime, patience: Patience) -> Space:
    """Return the Space with the invitation declined. Raises NotFound ``invitation_gone`` when there is none."""
    require_state(space, State.LIVE, State.SCHEDULED)
    invitation = space.invitation_of(guest)
    if invitation is None:
        raise gone()
    declined = replace(invitation, state=InvitationState.DECLINED, declined_at=now, again_at=now + patience.pause)
    return replace(space, invitations=tuple(declined if one is invitation else one for one in space.invitations))


def withdraw(space: Space, guest: UserId) -> Space:
    """Return the Space without the guest's pending invitation. Without one nothing changes."""
    invitation = space.invitation_of(guest)
    return replace(space, invitations=tuple(one for one in space.invitations if one is not invitation))


def expire(space: Space, now: datetime) -> Space:
    """Return the Space without invitations that nobody answered in time, and without pauses that are over."""
    return replace(
        space,
        invitations=tuple(
            one
            for one in space.invitations
            if one.state is InvitationState.ACCEPTED or now < (one.again_at or one.expires_at)
        ),
    )


def gone() -> NotFound:
    """The refusal for an invitation that does not stand (any more)."""
    return NotFound("invitation_gone", "This invitation is gone.", "You can ask to speak.")
