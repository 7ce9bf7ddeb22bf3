"""The OpenAPI 3.1 document, made from the table of routes and the pydantic models."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ..domain.ids import SPACE_ID_LENGTH
from ..domain.search import LONGEST_QUERY
from ..flags import FLAGS
from .csrf import SAFE
from .idempotency import HEADER, LONGEST
from .inputs import OptionalBody
from .links import links
from .routes import ROUTES, Route
from .schemas import Problem

REF = "#/components/schemas/{model}"
DESCRIPTION = """Commands by HTTP; events by Socket.IO (`events.json`).

Ids are strings; in a path they are percent-encoded. What may not be known is the same 404 as what does not exist."""
PROBLEMS = {
    401: "Nobody is signed in.",
    403: "Known, and not for this member to do; or the call does not come from the host's own page (`csrf`).",
    404: "There is nothing here, or not for this member.",
    409: "The state does not allow it, or it collides with something that exists.",
    422: "The input breaks a rule.",
    429: "That was a lot at once.",
    500: "A mistake of ours, written in the log.",
    503: "A part that is needed is away for a moment.",
}
SECURITY = {
    "member": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "The host app's own login, whatever its cookie is called.",
    },
    "guest": {
        "type": "apiKey",
        "in": "cookie",
        "name": "spaces_guest",
        "description": "Who listens signed out, where flag and host allow it: the cookie that `join` answers with.",
    },
    "page": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "The host's token, where the host has Flask-WTF. Elsewhere a changing call is known as one of "
        "the host's pages by Sec-Fetch-Site, else by Origin.",
    },
}
IDS: dict[str, dict[str, Any]] = {
    "space_id": {"type": "string", "pattern": f"^[0-9A-Za-z]{{{SPACE_ID_LENGTH}}}$"},
    "user_id": {"type": "string", "minLength": 1},
    "card_id": {"type": "string", "minLength": 1},
    "clip_id": {"type": "string", "pattern": f"^[0-9A-Za-z]{{{SPACE_ID_LENGTH}}}$"},
    "report_id": {"type": "string", "minLength": 1},
    "key": {"type": "string", "enum": [flag.key for flag in FLAGS]},
}

TEXT: dict[str, Any] = {"type": "string"}
QUERIES: dict[str, dict[str, dict[str, Any]]] = {
    "list_spaces": {
        "state": {"type": "string", "enum": ["live", "scheduled", "all"]},
        "scope": {"type": "string", "enum": ["for_you", "elsewhere", "mine"]},
        "query": {"type": "string", "maxLength": LONGEST_QUERY},
        "topic": TEXT,
        "cursor": TEXT,
        "ids": {"type": "string", "description": "Up to fifty ids with commas between; only these are then listed."},
    },
    "participants": {"cursor": TEXT},
    "list_replays": {"cursor": TEXT},
    "list_clips": {"cursor": TEXT},
    "reports": {"state": {"type": "string", "enum": ["open", "closed"]}, "cursor": TEXT},
    "audit": {"cursor": TEXT},
    "flag_changes": {"key": IDS["key"], "cursor": TEXT},
    "why_flag": {"user_id": {"type": "string", "minLength": 1, "description": "An id or a user name."}},
    "preview_flag": {"percent": {"type": "number", "minimum": 0, "maximum": 100}},
}
"""What may be asked for behind the ``?``, by operation."""
NEEDED = {("why_flag", "user_id"), ("preview_flag", "percent")}
"""Without these there is nothing to answer."""


def document(prefix: str, version: str) -> dict[str, Any]:
    """Return the document of the API under ``prefix``."""
    models: list[type[BaseModel]] = [Problem]
    for route in ROUTES:
        models += [model for model in (route.body, route.answer) if model is not None and model not in models]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = f"{prefix}/api/v1" + re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Spaces", "version": version, "description": DESCRIPTION},
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": SECURITY},
    }


def _operation(route: Route, path: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "security": [
            {who: []} if route.method in SAFE else {who: [], "page": []}
            for who in ("member", *(["guest"] if route.guests else []))
        ]
        + ([{} if route.method in SAFE else {"page": []}] if route.public else []),
        "parameters": _parameters(route, path),
        "responses": {str(route.status): _answer(route)}
        | {str(status): _problem(route, status) for status in PROBLEMS},
    }
    if route.method in SAFE:
        del operation["responses"]["409"]
    if route.body is not None:
        is_required = not issubclass(route.body, OptionalBody)
        operation["requestBody"] = {"required": is_required, "content": _json(route.body, "application/json")}
    return operation


def _parameters(route: Route, path: str) -> list[dict[str, Any]]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": IDS[name]} for name in re.findall(r"{([a-z_]+)}", path)
    ]
    if route.method == "POST" and route.keeps:
        parameters.append({"name": HEADER, "in": "header", "schema": {"type": "string", "maxLength": LONGEST}})
    for name, schema in QUERIES.get(route.name, {}).items():
        needed = {"required": True} if (route.name, name) in NEEDED else {}
        parameters.append({"name": name, "in": "query", **needed, "schema": schema})
    return parameters


def _answer(route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": route.summary}
    if route.answer is not None:
        answer["content"] = _json(route.answer, "application/json")
    return _linked(answer, route, route.status)


def _problem(route: Route, status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": PROBLEMS[status], "content": _json(Problem, "application/problem+json")}
    if status in (429, 503):
        seconds = {"description": "Seconds.", "required": status == 429, "schema": {"type": "integer", "minimum": 1}}
        answer["headers"] = {"Retry-After": seconds}
    return _linked(answer, route, status) if status == 409 else answer


def _linked(answer: dict[str, Any], route: Route, status: int) -> dict[str, Any]:
    found = links(route, status)
    return {**answer, "links": found} if found else answer


def _json(model: type[BaseModel], kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": REF.format(model=model.__name__)}}}
