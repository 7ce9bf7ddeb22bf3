"""What may follow an answer, as OpenAPI links: whoever started a Space knows its id, and so does who made a clip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .routes import ROUTES, Route

SPACE = "$response.body#/space/id"
ME = "$response.body#/me/user_id"
NAMED = "$request.body#/user_id"
"""Whom the command that was answered is about."""

ABOUT_WHO: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ask_to_speak": (ME, ("accept", "decline", "invite", "remove", "staff_action")),
    "accept_invitation": (ME, ("leave_stage", "mute", "lift_mute", "dismiss_cohost", "hand_over", "report_space")),
    "join": (ME.replace("#/", "#/snapshot/"), ("invite", "name_cohost", "remove", "staff_action", "report_space")),
    "invite": (NAMED, ("withdraw_invitation", "dismiss_cohost")),
    "mute": ("$request.path.user_id", ("lift_mute", "leave_stage")),
    "remove": (NAMED, ("lift_removal", "invite")),
}
"""By what was answered: where the answer has a member's id, and the operations that it may be given to."""


def links(route: Route, status: int) -> dict[str, Any]:
    """The links of one answer of a route, by name; empty where nothing follows from it."""
    if route.name == "start_space":
        # Whoever is live already is told where.
        return _on_space(SPACE if status == route.status else "$response.body#/space_id")
    if status != route.status:
        return {}
    if route.name == "report_space":
        return {"close_report": _link("close_report", {"report_id": "$response.body#/id"})}
    if route.name == "make_clip":
        return {
            one.name: _link(one.name, {"clip_id": "$response.body#/id"}) for one in ROUTES if _ids(one) == {"clip_id"}
        }
    where, operations = ABOUT_WHO.get(route.name, ("", ()))
    return {name: _about(name, "$request.path.space_id", where) for name in operations}


def _on_space(where: str) -> dict[str, Any]:
    """To every operation that needs a Space and nothing else."""
    return {route.name: _link(route.name, {"space_id": where}) for route in ROUTES if _ids(route) == {"space_id"}}


def _about(name: str, space: str, who: str) -> dict[str, Any]:
    """To an operation on the Space about somebody, whom its path or its body names."""
    (route,) = [one for one in ROUTES if one.name == name]
    if "user_id" in _ids(route):
        return _link(name, {"space_id": space, "user_id": who})
    return {**_link(name, {"space_id": space}), "requestBody": {"user_id": who}}


def _link(name: str, parameters: dict[str, str]) -> dict[str, Any]:
    return {"operationId": name, "parameters": parameters}


def _ids(route: Route) -> set[str]:
    return {name for name in ("space_id", "user_id", "report_id", "clip_id") if f"{name}>" in route.path}
