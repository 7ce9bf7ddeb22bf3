"""The URL table: API, pages, documents, webhook, gate, static files."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import PathConverter

from ..errors import NotFound
from ..services.flags.switching_off import goes_on
from ..services.seams import Seams
from . import api, law_api, listing_api, measures_api, numbers_api, plan_api, reactions_api
from .assets import BlueprintWithFiles
from .calls import Caller
from .cockpit import flags_api
from .cockpit.cockpit_pages import CockpitPages
from .cockpit.health_pages import HealthPages
from .cockpit.number_pages import NumberPages
from .gate import answer
from .guest import guest_of_cookie
from .idempotency import Answers
from .limits import RateLimits
from .oembed import Embedding
from .openapi import document
from .page_limits import refused
from .pages import Pages
from .problems import problem
from .routes import ROUTES
from .sound import clips_api, recording_api, replay_pages, replays_api
from .sound.clip_pages import ClipPages
from .sound.media_files import gate_answer, serve
from .staff import staff_api
from .staff.staff_pages import StaffPages
from .staff.staff_shell import StaffShell
from .webhooks import receive
from .x.api import XApi

__all__ = [
    "api",
    "clips_api",
    "flags_api",
    "law_api",
    "listing_api",
    "make_blueprint",
    "measures_api",
    "numbers_api",
    "plan_api",
    "reactions_api",
    "recording_api",
    "replays_api",
    "staff_api",
]

ALWAYS_THERE = frozenset({"spaces.webhook", "spaces.gate", "spaces.media", "spaces.media_gate", "spaces.static"})
"""Whoever hears something goes on with Spaces off, and a CDN is nobody; kill switches are asked where it is served."""
FOR_STAFF = frozenset(f"spaces.api_{route.name}" for route in ROUTES if not {"staff", "kill"}.isdisjoint(route.limits))


class AnyPath(PathConverter):
    """Whatever stands in a URL, line breaks included, over which Werkzeug's own does not reach."""

    part_isolating = False
    regex = "(?s:.+)"


def know_any_path(state: BlueprintSetupState) -> None:
    """Let our own URLs use it."""
    state.app.url_map.converters["spaces_any_path"] = AnyPath


def closed(seams: Seams) -> NotFound:
    """What the API says to whom Spaces are closed: as if it were not there, but that a switch did it, to pages."""
    if seams.flags.killed("spaces.enabled") is None:
        return NotFound()
    return NotFound("switched_off", "Spaces are switched off for now.", "Nothing you did. Try again later.")


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
        """With Spaces off for the viewer nothing of ours exists but webhook and gate, and files that say nothing.

        For staff what they moderate with goes on: Spaces that run are not gone because nobody new may see them.
        """
        if request.endpoint in ALWAYS_THERE:
            return None
        viewer = seams.identity.current_user_id()
        if not seams.flags.is_on("spaces.enabled", viewer):
            is_for_staff = request.endpoint in FOR_STAFF | staff_shell.endpoints
            if is_for_staff and viewer is not None and viewer in seams.identity.staff([viewer]):
                return None
            if goes_on(seams, viewer or guest_of_cookie(seams)):
                return None
            if request.path.startswith(f"{prefix}/api/"):
                return problem(closed(seams))
            if request.path.startswith(f"{prefix}/2/"):
                return x_api.absent()
            abort(404)
        return None

    limits = RateLimits.of(seams.config)

    @blueprint.before_request
    def require_within_limits() -> Response | None:
        """Pages and cards cost what the API's lists cost, and are counted with them."""
        return refused(seams, limits)

    blueprint.record(know_any_path)
    caller = Caller(seams, limits, answers)
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
    blueprint.add_url_rule("/<string(length=13):space_id>/calendar.ics", "calendar", pages.calendar)
    embedding = Embedding(seams)
    blueprint.add_url_rule("/oembed", "oembed", embedding.oembed)
    blueprint.add_url_rule("/<string(length=13):space_id>/embed", "embed", embedding.embed)
    ClipPages(seams).add_to(blueprint)
    replay_pages.add_to(blueprint, seams)
    NumberPages(seams).add_to(blueprint)
    staff_shell = StaffShell(seams, limits)
    StaffPages(staff_shell).add_to(blueprint)
    CockpitPages(staff_shell).add_to(blueprint)
    HealthPages(staff_shell).add_to(blueprint)
    x_api = XApi(seams)
    x_api.add_to(blueprint)

    @blueprint.post("/webhooks/livekit")
    def webhook() -> Response:
        return receive(seams)

    @blueprint.get("/gate")
    def gate() -> Response:
        return answer(seams)

    @blueprint.get("/media/<spaces_any_path:link>", merge_slashes=False)
    def media(link: str) -> Response:
        return serve(seams, link)

    @blueprint.get("/media-gate")
    def media_gate() -> Response:
        return gate_answer(seams)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(document(prefix, version("spaces-feature")))

    @blueprint.get("/events.json")
    def events() -> Response:
        return jsonify(event_schemas)

    @blueprint.route("/api/<spaces_any_path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def absent(rest: str) -> Response:
        return problem(NotFound(sentence="There is no such path in this API.", way_on="See openapi.json."))

    return blueprint
