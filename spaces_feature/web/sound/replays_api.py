"""The API's lists of replays."""

from __future__ import annotations

from flask import request

from ...domain.ids import UserId
from ...services.sound.replay_lists import replays_page
from ..listing_schemas import SpaceList
from ..replies import Reply
from ..routes import Call, route


@route("GET", "/users/<path:user_id>/replays", answer=SpaceList, limit="read")
def list_replays(call: Call, user_id: UserId) -> Reply:
    """Replays of the Spaces that a member created, the latest first, of those that I may know."""
    creator = call.viewer if user_id == "me" else user_id
    page = replays_page(call.seams, call.viewer, creator, request.args.get("cursor"))
    return 200, {"data": page.data, "next_cursor": page.next_cursor}
