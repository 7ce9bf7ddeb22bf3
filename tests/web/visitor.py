"""A member's browser in front of the API: signed in, same-origin, and every answer compared with ``openapi.json``."""

from __future__ import annotations

import copy
import re
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import UserId
from spaces_feature.web.openapi import document
from spaces_feature.web.routes import ROUTES, Route
from tests.world import World

API = "/spaces/api/v1"
SAME_ORIGIN = {"Origin": "http://localhost"}
GOOD_BODIES = {
    "start_space": {"title": "Why small software lasts"},
    "set_microphone": {"is_open": True},
    "edit_me": {"shares_listening": False},
    "edit_space": {"title": "Why small software lasts longer"},
    "set_bell": {"level": "all"},
    "measure": {"events": [{"name": "opened", "space_id": "0123456789abc"}]},
    "invite": {"user_id": "2", "role": "speaker"},
    "hand_over": {"user_id": "2"},
    "mute": {"reason": "Somebody is calling you"},
    "remove": {"user_id": "2", "reason": "Talks over others"},
    "report_space": {"category": "spam"},
    "staff_action": {"action": "freeze", "reason": "Threats"},
    "close_report": {"outcome": "dismissed"},
    "send_reaction": {"emoji": "👏"},
    "consent": {"agrees": True},
    "edit_recording": {"starts_at_s": 0},
    "make_clip": {"seconds": 10},
    "permit_clip": {"agrees": True},
    "edit_flag": {"version": 0, "reason": "A first few", "percent": 5},
    "reset_flag": {"version": 0, "reason": "It is in the code for good"},
    "revert_flag": {"version": 0, "to_version": 1, "reason": "Too early"},
    "ramp_flag": {"version": 0, "reason": "Step by step", "steps": [{"percent": 10, "hold_h": 24}]},
    "kill_flag": {"mode": "no_new", "reason": "The speakers are ill"},
}
SPARE_FLAG = "spaces.captions"
"""Nothing answers it yet: whatever is decided about it, and whoever tries, everything goes on as it was."""


class Visitor:
    """Calls the API as one member, or signed out for the name None."""

    def __init__(self, world: World, name: str | None, headers: dict[str, str] | None = None) -> None:
        self.world = world
        self.user_id: UserId | None = world.user(name) if name else None
        self.client: FlaskClient = world.app.test_client()
        self._headers = SAME_ORIGIN if headers is None else headers

    def signed_in(self) -> AbstractContextManager[None]:
        return self.world.identity.sign_in(self.user_id)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Call the API; an answer that its own document does not describe fails the test."""
        given = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        with self.signed_in():
            response = self.client.open(f"{API}{path}", method=method, json=body, headers=given)
        require_documented(method, f"{API}{path}", response)
        return response

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.call("DELETE", path, **headers)

    def page(self, path: str) -> TestResponse:
        """Open a page, as a browser does by typing its address."""
        with self.signed_in():
            return self.client.get(path)

    def start(self, title: str = "Why small software lasts", **fields: Any) -> str:
        """Start a Space and return its id."""
        response = self.post("/spaces", {"title": title, **fields})
        assert response.status_code == 201, response.text
        space_id: str = response.json["space"]["id"]
        return space_id


def url_of(route: Route, space_id: str, user_id: str = "me") -> str:
    """The route's path below the API, filled in."""
    given = {
        "space_id": space_id,
        "user_id": user_id,
        "report_id": "0123456789",
        "card_id": "7",
        "clip_id": "0123456789abc",
        "key": SPARE_FLAG,
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: given[found[1]], route.path)


def routes(*, changing: bool | None = None, on_a_space: bool | None = None) -> list[Route]:
    """The table of routes, or a part of it."""
    return [
        route
        for route in ROUTES
        if (changing is None or (route.method != "GET") is changing)
        and (on_a_space is None or ("<space_id>" in route.path) is on_a_space)
    ]


def require_documented(method: str, path: str, response: TestResponse) -> None:
    """Fail unless ``openapi.json`` describes this very answer: its status, its type and every one of its fields."""
    operation = _operation(method, path.partition("?")[0])
    answers = operation["responses"] if operation else {"default": _PROBLEM}
    answer = answers.get(str(response.status_code)) or answers["default"]
    if "content" not in answer:
        assert response.data == b"", response.text
        return
    (kind, content), *_ = answer["content"].items()
    assert response.mimetype == kind, (response.status_code, response.mimetype, response.text)
    assert response.headers["Cache-Control"] == "no-store"
    problems = [error.message for error in _validator(content["schema"]["$ref"]).iter_errors(response.json)]
    assert not problems, problems
    if kind == "application/problem+json":
        assert response.json["status"] == response.status_code
        assert response.json["title"]


_PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


@cache
def _document() -> dict[str, Any]:
    """The document, with answers closed: a field that it does not name is an error."""
    closed = copy.deepcopy(document("/spaces", "test"))
    for name, schema in closed["components"]["schemas"].items():
        if name != "Problem" and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return closed


@cache
def _validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({**_document(), "$ref": reference})


def _operation(method: str, path: str) -> dict[str, Any] | None:
    """The most exact documented path that matches: ``requests/me`` before ``requests/{user_id}``."""
    for pattern, operations in _patterns():
        if method.lower() in operations and pattern.fullmatch(path):
            found: dict[str, Any] = operations[method.lower()]
            return found
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Every documented path as an expression, the most exact ones first."""
    found = []
    for template, operations in sorted(_document()["paths"].items(), key=lambda pair: pair[0].count("{")):
        within = re.sub(r"\\{(?:space_id|report_id|clip_id|key)\\}", "[^/]+", re.escape(template))
        found.append((re.compile(re.sub(r"\\{(?:user|card)_id\\}", ".+", within)), operations))
    return found
