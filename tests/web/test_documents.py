"""``openapi.json`` and ``events.json``: valid, complete, and true of what is really sent."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from spaces_feature.domain.views import class_of
from spaces_feature.services import editing, hosting, reconciling, staging
from spaces_feature.services.pulse import Pulse
from tests.web.conftest import Visit
from tests.web.visitor import API, routes
from tests.world import World


def document(visit: Visit, name: str) -> dict[str, Any]:
    """A document as a member gets it."""
    response = visit("ada").page(f"/spaces/{name}")
    assert response.mimetype == "application/json"
    found: dict[str, Any] = response.json
    return found


def test_openapi_is_valid_and_names_every_route(visit: Visit) -> None:
    """The document passes the validator of OpenAPI 3.1, and every route of the API is in it once."""
    found = document(visit, "openapi.json")
    validate(found)
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert sorted(operation["operationId"] for operation in operations) == sorted(route.name for route in routes())
    assert all(path.startswith(API) for path in found["paths"])
    assert all(operation["summary"] for operation in operations)


def test_a_join_offers_no_key(visit: Visit) -> None:
    """``Idempotency-Key`` stands at every POST that keeps its answer, and at no other call.

    A join's answer is a secret; pressing a switch again is no second deed, and must not be answered from memory.
    """
    found = document(visit, "openapi.json")
    offered = {
        operation["operationId"]
        for path in found["paths"].values()
        for operation in path.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
    }
    alone = {"join", "consent", "hold_sound", "kill_flag", "revive_flag", "pause_flag", "resume_flag", "pause_ramps"}
    assert offered == {route.name for route in routes() if route.method == "POST"} - alone


def test_flask_knows_no_route_that_the_document_does_not(world: World, visit: Visit) -> None:
    """The URL map holds nothing below the API beside what is documented and the answer for all else."""
    documented = {
        operation["operationId"]
        for path in document(visit, "openapi.json")["paths"].values()
        for operation in path.values()
    }
    mapped = {
        rule.endpoint.removeprefix("spaces.api_")
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith(API)
    }
    assert mapped == documented


def test_both_documents_are_for_everyone(world: World) -> None:
    """Documents say nothing about anybody: they are served to who is signed out too."""
    client = world.app.test_client()
    assert client.get("/spaces/openapi.json").status_code == 200
    assert client.get("/spaces/events.json").status_code == 200


def test_events_json_is_a_valid_schema(visit: Visit) -> None:
    """Every definition is a JSON Schema, and both directions of the namespace are described."""
    found = document(visit, "events.json")
    for schema in found["$defs"].values():
        Draft202012Validator.check_schema(schema)
    assert set(found["in"]) == {"subscribe", "unsubscribe"}
    assert set(found["out"]) == {"event", "strip"}


def test_everything_sent_is_as_described(world: World, visit: Visit) -> None:
    """Over a whole path every event, to every class of viewer, and every nudge of a strip fits ``events.json``."""
    found = document(visit, "events.json")
    event = Draft202012Validator({**_closed(found), **found["out"]["event"]})
    nudge = Draft202012Validator({**_closed(found), **found["out"]["strip"]})
    for name in ("grace", "linus"):
        world.graph.follow(world.user(name), world.user("ada"))
    world.listener.inbox[world.user("linus")] = []
    space = world.go_live("ada")
    for name in ("ada", "grace", "alan", "linus"):
        world.listener.watch(space.id, world.user(name), class_of(space, world.user(name)))
    world.graph.block(world.user("linus"), world.user("grace"))
    world.seat(space, "grace")
    staging.ask_to_speak(world.seams, world.user("alan"), space.id)
    staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True, is_talking=True)
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    Pulse(world.seams).beat()
    editing.edit(world.seams, world.user("ada"), space.id, editing.Edit(title="Another"))
    reconciling.renew_room(world.seams, world.space(space.id))
    hosting.end_space(world.seams, world.user("ada"), space.id)
    sent = [message for inbox in world.listener.inbox.values() for message in inbox]
    kinds = {message["type"] for message in sent}
    assert {"requested", "request_accepted", "microphone", "talking", "stepped_down", "listeners", "ended"} <= kinds
    for message in sent:
        assert list(event.iter_errors(message)) == [], message
    assert {message["type"] for _, message in world.listener.strips} == {"live", "changed", "talking", "ended"}
    for _, message in world.listener.strips:
        assert list(nudge.iter_errors(message)) == []


def _closed(found: dict[str, Any]) -> dict[str, Any]:
    """The document with messages closed: a field that it does not name is an error."""
    definitions = {
        name: {**schema, "additionalProperties": False} if schema.get("type") == "object" else schema
        for name, schema in found["$defs"].items()
    }
    return {"$defs": definitions}
