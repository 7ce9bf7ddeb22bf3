"""The API's reactions."""

from __future__ import annotations

from ..domain.ids import SpaceId
from ..services import reacting
from . import inputs
from .replies import Reply
from .routes import Call, route


@route("POST", "/spaces/<space_id>/reactions", answer=None, body=inputs.ReactionBody, limit="reaction", status=204)
def send_reaction(call: Call, space_id: SpaceId) -> Reply:
    """Answer what is said with an emoji of the set. Who sent it is shown for seats and for nobody else."""
    body: inputs.ReactionBody = call.body
    reacting.react(call.seams, call.viewer, space_id, body.emoji)
    return 204, None
