"""The blueprint's own check that a changing request comes from the host's pages.

Where the host has Flask-WTF's CSRFProtect, its token is asked for (``X-CSRFToken``), by us and not by the host's
hook, so that the answer is our 403 problem. Elsewhere the browser's own word counts: ``Sec-Fetch-Site``, else
``Origin``. A request that carries neither is refused: browsers send them, and other programs can.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, request

from ..errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def take_over(app: Flask, blueprint: Blueprint) -> None:
    """Keep the host's CSRFProtect from answering for our routes."""
    protect = app.extensions.get("csrf")
    if protect is not None:
        protect.exempt(blueprint)


def require_own_page() -> None:
    """Raise Forbidden ``csrf`` unless the request comes from a page of the host."""
    if request.method in SAFE:
        return
    _require_own(request.headers.get("X-CSRFToken") or request.headers.get("X-CSRF-Token"))


def require_own_form() -> None:
    """Raise Forbidden ``csrf`` unless a form of our pages was sent: it carries the host's token in a field."""
    _require_own(request.form.get(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")))


def _require_own(token: str | None) -> None:
    if "csrf" in current_app.extensions:
        _require_token(token)
    elif not _is_same_origin():
        raise Forbidden("csrf", "This request did not come from our own page.", "Reload the page and try again.")


def _require_token(token: str | None) -> None:
    from flask_wtf.csrf import validate_csrf
    from wtforms import ValidationError

    try:
        validate_csrf(token)
    except ValidationError:
        raise Forbidden("csrf", "This page has been open for long.", "Reload it and try again.") from None


def _is_same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if not origin:
        return False
    return urlsplit(origin)[:2] == urlsplit(request.host_url)[:2]
