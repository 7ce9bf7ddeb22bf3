"""The API's views: three lines each, the call is authorised and parsed by ``calls.py``, the work done by services."""

from __future__ import annotations

from flask import request

from ..domain.ids import SpaceId, UserId
from ..domain.space import Audience, Speak
from ..errors import Invalid
from ..flags import FLAGS
from ..services import attending, editing, hosting, preferences, presence, staging
from ..services.finding import discovery
from ..services.planning import scheduling
from ..services.snapshots import get_snapshot, profile_fields
from . import inputs, schemas, strip_schemas
from .buckets import JOINING, OFF_STAGE
from .doors import knowing, open_to_all
from .replies import Reply, snapshot_reply
from .routes import Call, route

LONGEST_CURSOR = 100


@route("GET", "/me", answer=schemas.OwnAccount, limit="read")
def me(call: Call) -> Reply:
    """Who I am, and what is open to me."""
    flags = call.seams.flags
    values = {
        # What nothing asks for yet is shown, and not counted as asked for.
        flag.key: flags.decision(flag.key, call.viewer).value
        for flag in FLAGS
    }
    profile = call.seams.memory.profiles([call.viewer])[call.viewer]
    shares = preferences.shares_listening(call.seams, call.viewer)
    return 200, {
        "user_id": call.viewer,
        "profile": profile_fields(profile),
        "flags": values,
        "shares_listening": shares,
    }


@route("PATCH", "/me", answer=schemas.OwnAccount, body=inputs.PreferencesBody)
def edit_me(call: Call) -> Reply:
    """Choose whether followers may see what I listen to."""
    body: inputs.PreferencesBody = call.body
    preferences.share_listening(call.seams, call.viewer, body.shares_listening)
    return me(call)


@route("GET", "/topics", answer=schemas.Topics, limit="read")
def topics(call: Call) -> Reply:
    """The topics that a Space may carry."""
    return 200, {"data": [{"id": key, "name": name} for key, name in call.seams.config.topics.items()]}


@route("GET", "/strip", answer=strip_schemas.Strip, limit="read")
def strip(call: Call) -> Reply:
    """Who is talking now, best first, and what the host app adds (``?only_spaces=1``: without that)."""
    if not call.seams.flags.is_on("spaces.strip", call.viewer):
        return 200, {"entries": []}
    discovery.load_index(call.seams)
    only_spaces = request.args.get("only_spaces", "0") not in ("", "0", "false")
    return 200, {"entries": discovery.strip(call.seams, call.viewer, only_spaces=only_spaces)}


@route("GET", "/avatars", answer=strip_schemas.Rings, limit="read")
def avatars(call: Call) -> Reply:
    """Which of up to 100 faces (``?user_ids=1,2``) have a ring."""
    user_ids = [UserId(one) for one in request.args.get("user_ids", "").split(",") if one]
    if len(user_ids) > discovery.RINGS:
        raise Invalid("too_many_ids", f"Ask for up to {discovery.RINGS} members.", field="user_ids")
    if not call.seams.flags.is_on("spaces.strip", call.viewer):
        return 200, {"data": {}}
    discovery.load_index(call.seams)
    return 200, {"data": discovery.avatars(call.seams, call.viewer, user_ids)}


@route("POST", "/spaces", answer=schemas.Snapshot, body=inputs.StartBody, limit="start", status=201)
def start_space(call: Call) -> Reply:
    """Start a Space now, or plan one for ``scheduled_start``."""
    body: inputs.StartBody = call.body
    plan = hosting.Plan(
        title=body.title,
        topic_ids=tuple(body.topic_ids),
        audience=Audience(body.audience),
        speak=Speak(body.speak),
        allows_anonymous=body.allows_anonymous,
        allows_guests=body.allows_guests,
        is_recorded=body.is_recorded,
        allows_clips=body.allows_clips,
        cohost_ids=tuple(UserId(user_id) for user_id in body.cohost_ids),
        cover=body.cover or "",
        card_ids=tuple(dict.fromkeys(body.card_ids)),
    )
    if body.scheduled_start is not None:
        planned = scheduling.plan_space(call.seams, call.viewer, plan, body.scheduled_start)
        return snapshot_reply(call, planned, 201)
    return snapshot_reply(call, hosting.go_live(call.seams, call.viewer, plan), 201)


@route("GET", "/spaces/<space_id>", answer=schemas.Snapshot, limit="read", guests=True)
def get_space(call: Call, space_id: SpaceId) -> Reply:
    """A Space as I see it."""
    return 200, get_snapshot(call.seams, call.viewer, space_id)


@route("PATCH", "/spaces/<space_id>", answer=schemas.Snapshot, body=inputs.EditBody)
def edit_space(call: Call, space_id: SpaceId) -> Reply:
    """Change what a Space is about, for whom it is and how, or when a planned one begins."""
    body: inputs.EditBody = call.body
    wanted = editing.Edit(
        title=body.title,
        topic_ids=None if body.topic_ids is None else tuple(body.topic_ids),
        audience=None if body.audience is None else Audience(body.audience),
        speak=None if body.speak is None else Speak(body.speak),
        allows_anonymous=body.allows_anonymous,
        allows_guests=body.allows_guests,
        is_recorded=body.is_recorded,
        allows_clips=body.allows_clips,
        cover=body.cover,
        scheduled_start=body.scheduled_start,
    )
    return snapshot_reply(call, editing.edit(call.seams, call.viewer, space_id, wanted))


@route("POST", "/spaces/<space_id>/end", answer=schemas.Snapshot, limit="leave", door=knowing)
def end_space(call: Call, space_id: SpaceId) -> Reply:
    """End the Space for everyone."""
    return snapshot_reply(call, hosting.end_space(call.seams, call.viewer, space_id))


@route(
    "POST",
    "/spaces/<space_id>/join",
    answer=schemas.Joined,
    body=inputs.JoinBody,
    limit=JOINING,
    keeps=False,
    guests=True,
)
def join(call: Call, space_id: SpaceId) -> Reply:
    """Enter a Space: a fresh join grant and the snapshot."""
    body: inputs.JoinBody = call.body
    joined = attending.join(call.seams, call.viewer, space_id, is_anonymous=body.is_anonymous)
    return 200, attending.join_answer(call.seams, joined, call.viewer)


@route("POST", "/spaces/<space_id>/heartbeat", answer=None, limit="heartbeat", status=204, guests=True)
def heartbeat(call: Call, space_id: SpaceId) -> Reply:
    """I am still there."""
    attending.heartbeat(call.seams, call.viewer, space_id)
    return 204, None


@route("POST", "/spaces/<space_id>/leave", answer=None, limit="leave", status=204, door=open_to_all, guests=True)
def leave(call: Call, space_id: SpaceId) -> Reply:
    """Leave on all devices."""
    attending.leave(call.seams, call.viewer, space_id)
    return 204, None


@route("GET", "/spaces/<space_id>/participants", answer=schemas.Participants, limit="read")
def participants(call: Call, space_id: SpaceId) -> Reply:
    """Who is present, oldest first, 50 to a page."""
    cursor = request.args.get("cursor", "")
    # Ours is a moment and an id; what else there may be in a string not every database takes.
    if len(cursor) > LONGEST_CURSOR or not (cursor.isascii() and cursor.isprintable()):
        raise Invalid("bad_cursor", "This cursor is not one of ours.", "Begin without one.", field="cursor")
    return 200, presence.participants(call.seams, call.viewer, space_id, request.args.get("cursor"))


@route("POST", "/spaces/<space_id>/requests", answer=schemas.Snapshot, limit="request")
def ask_to_speak(call: Call, space_id: SpaceId) -> Reply:
    """Ask to speak."""
    return snapshot_reply(call, staging.ask_to_speak(call.seams, call.viewer, space_id))


@route("DELETE", "/spaces/<space_id>/requests/me", answer=schemas.Snapshot, limit="leave")
def withdraw(call: Call, space_id: SpaceId) -> Reply:
    """Take my request back."""
    return snapshot_reply(call, staging.withdraw(call.seams, call.viewer, space_id))


@route("POST", "/spaces/<space_id>/requests/<path:user_id>/accept", answer=schemas.Snapshot)
def accept(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Give a waiting member a seat."""
    return snapshot_reply(call, staging.accept(call.seams, call.viewer, space_id, user_id))


@route("POST", "/spaces/<space_id>/requests/<path:user_id>/decline", answer=schemas.Snapshot)
def decline(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Send a waiting member back to the audience."""
    return snapshot_reply(call, staging.decline(call.seams, call.viewer, space_id, user_id))


@route(
    "PUT",
    "/spaces/<space_id>/stage/me/microphone",
    answer=schemas.Snapshot,
    body=inputs.MicrophoneBody,
    limit="microphone",
)
def set_microphone(call: Call, space_id: SpaceId) -> Reply:
    """Say whether my microphone is open, and whether I am talking."""
    body: inputs.MicrophoneBody = call.body
    space = staging.set_microphone(call.seams, call.viewer, space_id, is_open=body.is_open, is_talking=body.is_talking)
    return snapshot_reply(call, space)


@route("DELETE", "/spaces/<space_id>/stage/<path:user_id>", answer=schemas.Snapshot, limit=OFF_STAGE)
def leave_stage(call: Call, space_id: SpaceId, user_id: UserId) -> Reply:
    """Step down, or move a speaker to the audience."""
    speaker = call.viewer if user_id == "me" else user_id
    return snapshot_reply(call, staging.leave_stage(call.seams, call.viewer, space_id, speaker))
