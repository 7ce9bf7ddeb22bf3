"""What X's API answers when it cannot do what was asked: its types, its titles, its words.

Each body has ``detail`` at the top, and ``errors`` with what clients make their message of.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...domain.wire import Json

TYPES = "https://api.x.com/2/problems/"
SHOWN = 100
"""Characters of a value that are given back."""


class XProblem(Exception):
    """A call that is refused with one of X's problems; ``body`` is the whole answer."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.body = body
        super().__init__(body["detail"])


def _problem(status: int, kind: str, title: str, detail: str, **more: object) -> XProblem:
    return XProblem(status, {"title": title, "detail": detail, "type": kind, "status": status, **more})


def invalid(parameter: str, value: str, message: str) -> XProblem:
    """400: a parameter is missing or is not what it must be."""
    error = {"parameters": {parameter: [value[:SHOWN]]}, "message": message}
    detail = f"One or more parameters to your request was invalid: {message}"
    return _problem(400, f"{TYPES}invalid-request", "Invalid Request", detail, errors=[error])


def unauthorized() -> XProblem:
    """401: nobody is signed in and no token of ours was given."""
    return _problem(401, "about:blank", "Unauthorized", "Unauthorized")


def forbidden(detail: str) -> XProblem:
    """403: not for this kind of caller, or not for this caller."""
    return _problem(403, f"{TYPES}client-forbidden", "Forbidden", detail)


def not_authorized(resource_type: str, one: str) -> XProblem:
    """403: the thing may be known, but this of it is its owner's."""
    detail = f"Sorry, you are not authorized to see the buyers of the {resource_type} with id: [{one}]."
    more = {"resource_type": resource_type, "resource_id": one, "parameter": "id", "value": one}
    return _problem(403, f"{TYPES}not-authorized-for-resource", "Authorization Error", detail, **more)


def no_such_path() -> XProblem:
    """404: no call of this API."""
    return _problem(404, "about:blank", "Not Found", "There is no such path in this API.")


def too_many() -> XProblem:
    """429: the allowance is spent; the headers say until when."""
    errors = [{"code": 88, "message": "Rate limit exceeded"}]
    return _problem(429, f"{TYPES}rate-limit-exceeded", "Too Many Requests", "Too Many Requests", errors=errors)


def away() -> XProblem:
    """503: the database does not answer."""
    return _problem(503, "about:blank", "Service Unavailable", "Service Unavailable")


def broken() -> XProblem:
    """500: our own mistake, written in the log."""
    return _problem(500, f"{TYPES}internal-error", "Internal Error", "Something went wrong on our side.")


def not_found(resource_type: str, parameter: str, one: str) -> Json:
    """One thing of a list that is absent, over, or not to be known; alike for each."""
    return {
        "parameter": parameter,
        "value": one,
        "resource_id": one,
        "resource_type": resource_type,
        "title": "Not Found Error",
        "detail": f"Could not find {resource_type} with {parameter}: [{one}].",
        "type": f"{TYPES}resource-not-found",
    }


def absent(resource_type: str, one: str) -> XProblem:
    """404: the one thing that was asked for is absent, over, or not to be known; alike for each."""
    error = not_found(resource_type, "id", one)
    return XProblem(404, {**error, "status": 404, "errors": [error]})


def listed(values: Iterable[str]) -> str:
    """Values as X's messages list them."""
    return f"[{','.join(values)}]"
