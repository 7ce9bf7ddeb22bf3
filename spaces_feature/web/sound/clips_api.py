"""Clips over HTTP: choosing, making, hearing, allowing, taking back."""

from __future__ import annotations

from flask import request

from ...domain.ids import NOBODY, SpaceId, UserId
from ...services.sound import clip_holds, clip_making, clip_views, clip_wishes, clipping
from ..replies import Reply
from ..routes import Call, route
from . import clip_schemas

OF_A_SPACE = "/spaces/<space_id>/clips"
CLIP = "/clips/<clip_id>"


@route("POST", f"{OF_A_SPACE}/hold", answer=clip_schemas.Hold, body=clip_schemas.HoldBody, limit="command", keeps=False)
def hold_sound(call: Call, space_id: SpaceId) -> Reply:
    """The sound that I may make a clip of, held for two minutes while I choose."""
    body: clip_schemas.HoldBody = call.body
    return 200, clip_holds.hold(call.seams, call.viewer, space_id, body.at_s)


@route("POST", OF_A_SPACE, answer=clip_schemas.Clip, body=clip_schemas.ClipBody, limit="clip", status=201)
def make_clip(call: Call, space_id: SpaceId) -> Reply:
    """Have a clip cut; it is there in a moment, and for others once everybody heard in it agreed."""
    body: clip_schemas.ClipBody = call.body
    wish = clip_wishes.Wish(
        seconds=body.seconds, ends_at=body.ends_at, from_s=body.from_s, title=body.title, words=body.words
    )
    made = clip_making.make(call.seams, call.viewer, space_id, wish)
    return 201, clip_views.get_clip(call.seams, call.viewer, made.id)


@route("GET", OF_A_SPACE, answer=clip_schemas.Clips, limit="read", public=True)
def list_clips(call: Call, space_id: SpaceId) -> Reply:
    """A Space's clips that I may hear, newest first, a hundred at a time."""
    return 200, clip_views.list_clips(call.seams, _listener(call), space_id, request.args.get("cursor"))


@route("GET", CLIP, answer=clip_schemas.Clip, limit="read", public=True)
def get_clip(call: Call, clip_id: str) -> Reply:
    """One clip, for everybody if its Space was."""
    return 200, clip_views.get_clip(call.seams, _listener(call), clip_id)


@route("DELETE", CLIP, answer=None, limit="leave", status=204)
def take_back_clip(call: Call, clip_id: str) -> Reply:
    """Delete a clip that I made, that is of a Space I run, or that has my voice."""
    clipping.take_back(call.seams, call.viewer, clip_id)
    return 204, None


@route("POST", f"{CLIP}/permission", answer=None, body=clip_schemas.PermissionBody, limit="leave", status=204)
def permit_clip(call: Call, clip_id: str) -> Reply:
    """Say whether others may hear a clip with my voice; a no ends it."""
    body: clip_schemas.PermissionBody = call.body
    clipping.permit(call.seams, call.viewer, clip_id, agrees=body.agrees)
    return 204, None


@route("POST", f"{CLIP}/plays", answer=None, limit="measure", status=204, public=True)
def note_clip_play(call: Call, clip_id: str) -> Reply:
    """Count me among those who played it."""
    clipping.played(call.seams, _listener(call), clip_id)
    return 204, None


def _listener(call: Call) -> UserId | None:
    return None if call.viewer == NOBODY else call.viewer
