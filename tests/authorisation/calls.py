"""How a row of the matrix is carried out over HTTP, and what its answer is called there."""

from __future__ import annotations

import copy
import json
from typing import Any

from werkzeug.test import TestResponse

from spaces_feature.domain.media import MediaRights
from spaces_feature.web.assets import DIST
from spaces_feature.web.routes import ROUTES, Route
from spaces_feature.web.sound.media_files import ASKED as ASKED_AS
from tests.authorisation.house import POST, SIGNED_OUT, House, member
from tests.authorisation.table import Line, template
from tests.web.visitor import GOOD_BODIES, SAME_ORIGIN, SPARE_FLAG, Visitor

PREFIX = "/spaces"
FORMS: dict[str, dict[str, str]] = {
    "/admin/flags": {"reason": "Nobody is at their desk"},
    "/admin/flags/{key}/{verb}": {
        "version": "1",
        "reason": "As agreed",
        "part": "percent",
        "percent": "5",
        "confirm": SPARE_FLAG,
        "mode": "no_new",
        "to_version": "1",
        "step-0-percent": "10",
        "step-0-hold": "24",
    },
    "/admin/reports/{report_id}/close": {"outcome": "dismissed", "note": "A joke."},
    "/admin/spaces/{space_id}/act": {"action": "freeze", "reason": "Threats"},
}
QUERIES = {
    "/oembed": "url=http://localhost/spaces/{space_id}",
    "/2/spaces": "ids={space_id}",
    "/2/spaces/by/creator_ids": "user_ids=1",
    "/2/spaces/search": "query=matrix",
}
ASKED = {
    "/flags/{key}/why": f"?user_id={member('listener')}",
    "/flags/{key}/preview": "?percent=5",
}
"""What calls of the API must ask behind their path."""
PLAIN = {(401, "not_signed_in"), (403, "forbidden"), (404, "not_found")}
"""Refusals that their status alone tells."""


def routes_by_name() -> dict[str, Route]:
    """The API's table of routes, by method and path as the matrix has them."""
    return {f"{route.method} {template(route.path)}": route for route in ROUTES}


def path_of(house: House, path: str, whom: str = "") -> str:
    """A path with its ids filled in. ``whom``: ``me``, a kind of visitor, or what a form of a flag is to do."""
    given = {
        "{space_id}": house.space.id,
        "{report_id}": house.report_id,
        "{card_id}": POST,
        "{user_id}": whom if whom == "me" else member(whom or "listener"),
        "{clip_id}": house.clip_id,
        "{key}": SPARE_FLAG,
        "{verb}": whom or "kill",
        "{filename}": built_file(),
        "{rest}": "v1/nothing",
    }
    for name, value in given.items():
        path = path.replace(name, value)
    return path


def body_of(route: Route, whom: str = "") -> Any:
    """A good body for a route, about ``whom`` (``newcomer``, or ``newcomer as cohost``).

    ``no`` is an answer where the good one is a yes, ``of the replay`` what needs a place in it.
    """
    body: Any = copy.deepcopy(GOOD_BODIES.get(route.name))
    kind, _, role = whom.partition(" as ")
    if route.body is not None and "version" in route.body.model_fields:
        body["version"] = 1
    if kind == "no":
        return {"agrees": False}
    if kind == "of the replay":
        return {"make_clip": {"seconds": 10, "from_s": 5}, "hold_sound": {"at_s": 5}}[route.name]
    if route.name == "staff_action" and kind:
        body = {"action": "warn", "reason": "Please calm down"}
    if kind and route.body is not None and "user_id" in route.body.model_fields:
        body = {**(body or {}), "user_id": member(kind)} | ({"role": role} if role else {})
    return body


def call_api(house: House, visitor: Visitor, line: Line) -> TestResponse:
    """Carry out a row of the API."""
    method, _, path = line.what.partition(" ")
    route = routes_by_name()[line.what]
    return visitor.call(method, path_of(house, path, line.of) + ASKED.get(path, ""), body_of(route, line.of))


def open_page(house: House, visitor: Visitor, kind: str, line: Line) -> TestResponse:
    """Carry out a row of the pages."""
    method, _, path = line.what.partition(" ")
    headers = dict(SAME_ORIGIN)
    if path == "/gate" and kind != SIGNED_OUT:
        headers["Authorization"] = f"Bearer {token_of(house, kind)}"
    if path == "/media-gate":
        headers[ASKED_AS] = house.link(line.of, kind)
    if path == "/media/{link}":
        path = f"/media/{house.link(line.of, kind)}"
    with visitor.signed_in():
        return visitor.client.open(
            f"{PREFIX}{path_of(house, path, line.of)}",
            method=method,
            headers=headers,
            data=FORMS.get(path),
            query_string=path_of(house, QUERIES.get(path, "")),
        )


def token_of(house: House, kind: str) -> str:
    """A listener's token for the room in the visitor's own name, which the SFU would believe."""
    world, room = house.world, house.space.room
    assert room is not None
    identity = world.seams.ids.identity(room, member(kind))
    rights = MediaRights(can_publish=False, is_hidden=True)
    return world.media.grant(room, identity, rights, world.seams.config.grant_life).token


def outcome(response: TestResponse) -> str:
    """What the matrix calls the answer."""
    if response.status_code < 400:
        return "ok"
    # Problems of the X-compatible API have none.
    code = json.loads(response.data).get("code") if response.mimetype == "application/problem+json" else None
    if code is None or (response.status_code, code) in PLAIN:
        return str(response.status_code)
    return f"{response.status_code} {code}"


def built_file() -> str:
    """A file that the front end's build made; without one the matrix expects that it is missing for all."""
    return next((f"dist/{path.name}" for path in sorted(DIST.glob("*.css"))), "dist/spaces.css")
