"""The API's views of planned Spaces: starting and canceling them, reminders, bells, and the posts beside them."""

from __future__ import annotations

from ..domain.ids import SpaceId, UserId
from ..services import pinning
from ..services.planning import reminding, scheduling
from ..services.planning.agenda import Bell
from . import inputs, schemas
from .replies import Reply, snapshot_reply
from .routes import Call, route

SPACE = "/spaces/<space_id>"


@route("POST", f"{SPACE}/start", answer=schemas.Snapshot, limit="start")
def start_planned(call: Call, space_id: SpaceId) -> Reply:
    """Start a Space that I planned."""
    return snapshot_reply(call, scheduling.start_planned(call.seams, call.viewer, space_id))


@route("POST", f"{SPACE}/cancel", answer=schemas.Snapshot)
def cancel(call: Call, space_id: SpaceId) -> Reply:
    """Call a planned Space off."""
    return snapshot_reply(call, scheduling.cancel(call.seams, call.viewer, space_id))


@route("PUT", f"{SPACE}/reminder", answer=schemas.Snapshot, body=inputs.ReminderBody)
def set_reminder(call: Call, space_id: SpaceId) -> Reply:
    """Tell me when it begins."""
    body: inputs.ReminderBody = call.body
    space = reminding.remind(call.seams, call.viewer, space_id, is_early=body.is_early)
    return snapshot_reply(call, space)


@route("DELETE", f"{SPACE}/reminder", answer=schemas.Snapshot)
def drop_reminder(call: Call, space_id: SpaceId) -> Reply:
    """Do not tell me."""
    return snapshot_reply(call, reminding.do_not_remind(call.seams, call.viewer, space_id))


@route("GET", "/bells/<path:user_id>", answer=schemas.Bell, limit="read")
def bell(call: Call, user_id: UserId) -> Reply:
    """What I am told of a host."""
    return 200, {"user_id": user_id, "level": str(reminding.bell(call.seams, call.viewer, user_id))}


@route("PUT", "/bells/<path:user_id>", answer=schemas.Bell, body=inputs.BellBody)
def set_bell(call: Call, user_id: UserId) -> Reply:
    """Choose what I am told of a host: all of it, what is planned, or nothing."""
    body: inputs.BellBody = call.body
    reminding.ring(call.seams, call.viewer, user_id, Bell(body.level))
    return 200, {"user_id": user_id, "level": body.level}


@route("GET", "/cards", answer=schemas.Cards, limit="read")
def own_cards(call: Call) -> Reply:
    """My latest posts, to pin one of them."""
    return 200, {"data": pinning.choice(call.seams, call.viewer)}


@route("GET", f"{SPACE}/cards", answer=schemas.Cards, limit="read")
def cards(call: Call, space_id: SpaceId) -> Reply:
    """The posts pinned to a Space that I may read."""
    return 200, {"data": pinning.pinned(call.seams, call.viewer, space_id)}


@route("PUT", f"{SPACE}/cards/<path:card_id>", answer=schemas.Snapshot)
def pin_card(call: Call, space_id: SpaceId, card_id: str) -> Reply:
    """Pin a post to the Space."""
    return snapshot_reply(call, pinning.pin(call.seams, call.viewer, space_id, card_id))


@route("DELETE", f"{SPACE}/cards/<path:card_id>", answer=schemas.Snapshot)
def unpin_card(call: Call, space_id: SpaceId, card_id: str) -> Reply:
    """Take a post down."""
    return snapshot_reply(call, pinning.unpin(call.seams, call.viewer, space_id, card_id))
