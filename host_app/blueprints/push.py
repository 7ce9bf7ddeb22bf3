"""Web Push for this browser: the service worker, and asking for notices or doing without them."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from .. import push
from ..page import STATIC

blueprint = Blueprint("push", __name__)


@blueprint.get("/push-worker.js")
def worker() -> Response:
    """Serve the service worker, from the root so that it may open any page; a new one is seen at once."""
    response = send_from_directory(STATIC / "dist", "push-worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.put("/push/subscription")
@login_required  # type: ignore[untyped-decorator]
def subscribe() -> ResponseReturnValue:
    """Send this member's notices to the browser in the body. 422 for what is none, 404 without Web Push."""
    if not push.is_on():
        abort(404)
    if not push.subscribe(current_user.id, request.get_json(silent=True)):
        abort(422)
    return "", 204


@blueprint.delete("/push/subscription")
@login_required  # type: ignore[untyped-decorator]
def unsubscribe() -> ResponseReturnValue:
    """Send nothing more to the browser in the body; one that is not this member's stays as it is."""
    body = request.get_json(silent=True)
    endpoint = body.get("endpoint") if isinstance(body, dict) else None
    if not isinstance(endpoint, str):
        abort(422)
    push.unsubscribe(current_user.id, endpoint)
    return "", 204


def init_app(app: Flask) -> None:
    """Let the settings ask for the key that browsers subscribe with."""
    app.add_template_global(push.public_key, "push_key")
