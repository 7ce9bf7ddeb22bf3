"""The URL table: API, pages, documents, webhook, static files."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from ..errors import NotFound
from ..services.seams import Seams
from . import api  # enters the views into the table
from .assets import BlueprintWithFiles
from .calls import Caller
from .idempotency import Answers
from .limits import RateLimits
from .openapi import document
from .pages import Pages
from .problems import problem
from .routes import ROUTES
from .webhooks import receive

__all__ = ["api", "make_blueprint"]

ALWAYS_THERE = frozenset({"spaces.webhook", "spaces.static"})


def make_blueprint(seams: Seams, answers: Answers, event_schemas: dict[str, Any]) -> Blueprint:
    """Return the blueprint of one app. Nothing app-wide is registered with it."""
    prefix = seams.config.url_prefix
    blueprint = BlueprintWithFiles(
        "spaces",
        "spaces_feature",
        url_prefix=prefix,
        static_folder="static",
        static_url_path="/static",
        template_folder="templates",
    )

    @blueprint.before_request
    def require_open() -> Response | None:
        """With Spaces off for the viewer nothing of ours exists but the webhook, and files that say nothing."""
        if request.endpoint in ALWAYS_THERE:
            return None
        if not seams.flags.is_on("spaces.enabled", seams.identity.current_user_id()):
            if request.path.startswith(f"{prefix}/api/"):
                return problem(NotFound())
            abort(404)
        return None

    caller = Caller(seams, RateLimits(seams.config.rate_limit_storage, seams.config.rate_limit_factor), answers)
    for route in ROUTES:
        blueprint.add_url_rule(
            f"/api/v1{route.path}",
            endpoint=f"api_{route.name}",
            view_func=caller.view(route),
            methods=[route.method],
        )
    pages = Pages(seams)
    blueprint.add_url_rule("/", "directory", pages.directory)
    blueprint.add_url_rule("/<string(length=13):space_id>", "space", pages.space)

    @blueprint.post("/webhooks/livekit")
    def webhook() -> Response:
        return receive(seams)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(document(prefix, version("spaces-feature")))

    @blueprint.get("/events.json")
    def events() -> Response:
        return jsonify(event_schemas)

    @blueprint.route("/api/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def absent(rest: str) -> Response:
        return problem(NotFound(sentence="There is no such path in this API.", way_on="See openapi.json."))

    return blueprint
