"""The API's views of consent and moderation: invitations, co-hosts, mutes, removals."""

from __future__ import annotations

from ..domain.ids import SpaceId, UserId
from ..domain.space import Role
from ..services import hosting, moderating
from ..services.planning import inviting
from . import inputs, schemas
from .replies import Reply, snapshot_reply
from .routes import Call, route

SPACE = "/spaces/<space_id>"


@route("POST", f"{SPACE}/invitations", answer=schemas.Snapshot, body=inputs.InvitationBody, limit="invitation")
def invite(call: Call, space_id: SpaceId) -> Reply:
    """Invite a member to speak, or to be co-host; they decide."""
    body: inputs.InvitationBody = call.body
    guest = UserId(body.user_id)
    return snapshot_reply(call, inviting.invite(call.seams, call.viewer, space_id, guest, Role(body.role)))


@route("POST", f"{SPACE}/invitations/me/accept", answer=schemas.Snapshot)
def accept_invitation(call: Call, space_id: SpaceId) -> Reply:
    """Go on stage as I was invited to."""
    return snapshot_reply(call, inviting.accept(call.seams, call.viewer, space_id))


@route("POST", f"{SPACE}/invitations/me/decline", answer=schemas.Snapshot, limit="leave")
def decline_invitation(call: Call, space_id: SpaceId) -> Reply:
    """Say no; I am not asked again for a while."""
    return snapshot_reply(call, inviting.decline(call.seams, call.viewer, space_id))


@route("DELETE", f"{SPACE}/invitations/<path:user_id>", answer=schemas.Snapshot)
def withdraw_invitation(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Take an invitation back."""
    return snapshot_reply(call, inviting.withdraw(call.seams, call.viewer, space_id, user_id))


@route("PUT", f"{SPACE}/cohosts/<path:user_id>", answer=schemas.Snapshot, limit="invitation")
def name_cohost(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Invite a member to be co-host."""
    return snapshot_reply(call, inviting.invite(call.seams, call.viewer, space_id, user_id, Role.COHOST))


@route("DELETE", f"{SPACE}/cohosts/<path:user_id>", answer=schemas.Snapshot, limit="moderation")
def dismiss_cohost(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Make a co-host a speaker again."""
    return snapshot_reply(call, hosting.dismiss_cohost(call.seams, call.viewer, space_id, user_id))


@route("POST", f"{SPACE}/host", answer=schemas.Snapshot, body=inputs.MemberBody, limit="moderation")
def hand_over(call: Call, space_id: SpaceId) -> Reply:
    """Make somebody on stage the host, and take their role."""
    body: inputs.MemberBody = call.body
    return snapshot_reply(call, hosting.hand_over(call.seams, call.viewer, space_id, UserId(body.user_id)))


@route("PUT", f"{SPACE}/stage/<path:user_id>/mute", answer=schemas.Snapshot, body=inputs.MuteBody, limit="moderation")
def mute(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Mute a speaker until the mute is lifted."""
    body: inputs.MuteBody = call.body
    return snapshot_reply(call, moderating.mute(call.seams, call.viewer, space_id, user_id, body.reason))


@route("DELETE", f"{SPACE}/stage/<path:user_id>/mute", answer=schemas.Snapshot, limit="moderation")
def lift_mute(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Let a speaker open the microphone again."""
    return snapshot_reply(call, moderating.lift_mute(call.seams, call.viewer, space_id, user_id))


@route("POST", f"{SPACE}/mute-all", answer=schemas.Snapshot, limit="moderation")
def mute_all(call: Call, space_id: SpaceId) -> Reply:
    """Mute every speaker."""
    return snapshot_reply(call, moderating.mute_all(call.seams, call.viewer, space_id))


@route("POST", f"{SPACE}/removals", answer=schemas.Snapshot, body=inputs.RemovalBody, limit="moderation")
def remove(call: Call, space_id: SpaceId) -> Reply:
    """Send a member away and keep them out of this Space."""
    body: inputs.RemovalBody = call.body
    return snapshot_reply(call, moderating.remove(call.seams, call.viewer, space_id, body.user_id, body.reason))


@route("GET", f"{SPACE}/removals", answer=schemas.Removals, limit="read")
def removals(call: Call, space_id: SpaceId) -> Reply:
    """Who is removed, by whom and why."""
    return 200, moderating.removals(call.seams, call.viewer, space_id)


@route("DELETE", f"{SPACE}/removals/<path:user_id>", answer=schemas.Snapshot, limit="moderation")
def lift_removal(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Let a removed member back in."""
    return snapshot_reply(call, moderating.lift_removal(call.seams, call.viewer, space_id, user_id))
