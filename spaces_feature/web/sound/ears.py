"""The cookie to which links to sound are bound: whoever passes a link on does not pass that on."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from ...domain.ids import UserId
from ...services.seams import Seams

COOKIE = "spaces_ear"
"""A keyed hash of the viewer, which says nothing and opens nothing without a link that we signed for it."""
LONGEST = 64
"""Characters of a cookie that is looked at."""


def ear_of_cookie() -> str:
    """Return what this browser's cookie says, nothing without one."""
    ear = request.cookies.get(COOKIE, "")
    return ear if len(ear) <= LONGEST and ear.isascii() else ""


def media_path(seams: Seams) -> str:
    """Return the path below which links of this site lie."""
    return f"{seams.config.url_prefix}/media"


def lend_ear(seams: Seams, response: Response, viewer: UserId) -> Response:
    """Return an answer with the cookie if it has a link of this site in it.

    The cookie goes to our own media paths alone, so that nothing else knows whether the browser has it, on the domain
    of the host's session cookie; it ends with the browser.
    """
    if seams.config.media_url or f"{media_path(seams)}/".encode() not in response.get_data():
        return response
    session: Any = current_app.session_interface
    response.set_cookie(
        COOKIE,
        seams.ids.ear(viewer),
        path=media_path(seams),
        domain=session.get_cookie_domain(current_app),
        secure=request.is_secure or session.get_cookie_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
    return response
