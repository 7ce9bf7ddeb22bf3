"""Answers to small forms: with Turbo the button alone is replaced, without it the page is shown again."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

TURBO_STREAM = "text/vnd.turbo-stream.html"


def stream_or_back(template: str, **context: object) -> ResponseReturnValue:
    """Return ``template`` as a Turbo stream where the browser takes one, else the way back to where it came from."""
    if TURBO_STREAM in request.accept_mimetypes.values():
        return Response(render_template(template, **context), content_type=f"{TURBO_STREAM}; charset=utf-8")
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return redirect(url_for("feed.home"), 303)
    return redirect(came_from.path + (f"?{came_from.query}" if came_from.query else ""), 303)
