"""The way back out of the fleets: where somebody came from, carried along from one fleet to the next."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from ..paths import inside

_HOME = "/"


def came_from() -> str:
    """Return the path of the page that fleets were opened from: as carried along, else as the browser says."""
    if "back" in request.args:
        return inside(request.args["back"]) or _HOME
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host or referrer.path.startswith("/fleets"):
        return _HOME
    return inside(referrer.path + (f"?{referrer.query}" if referrer.query else "")) or _HOME


def leave_to() -> str:
    """Return where to go after a form of the fleets' pages."""
    return inside(request.form.get("back")) or _HOME
