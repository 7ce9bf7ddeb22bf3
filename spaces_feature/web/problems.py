"""Refusals as RFC 9457 problems: the only place that knows HTTP statuses."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from ..errors import (
    Broken,
    Conflict,
    Forbidden,
    Invalid,
    Limited,
    NotFound,
    NotSignedIn,
    Refusal,
    Unavailable,
    WrongState,
)

STATUS: dict[type[Refusal], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    WrongState: 409,
    Conflict: 409,
    Invalid: 422,
    Limited: 429,
    Unavailable: 503,
    Broken: 500,
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return STATUS[type(refusal)]


def problem_fields(refusal: Refusal) -> dict[str, Any]:
    """The problem's JSON: standard members, our stable ``code``, and the refusal's data."""
    return {
        **refusal.data,
        "type": f"urn:spaces:problem:{refusal.code}",
        "title": refusal.sentence,
        "status": status_of(refusal),
        "detail": refusal.way_on,
        "code": refusal.code,
    }


def problem(refusal: Refusal) -> Response:
    """The refusal as a response, with ``Retry-After`` where it says when to come back."""
    response = Response(
        json.dumps(problem_fields(refusal)), status=status_of(refusal), mimetype="application/problem+json"
    )
    response.headers["Cache-Control"] = "no-store"
    if "retry_after" in refusal.data:
        response.headers["Retry-After"] = str(refusal.data["retry_after"])
    return response
