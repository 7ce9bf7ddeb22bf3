"""A public Space inside other people's pages: the oEmbed answer, a clip's as well, and the card that it embeds.

Nobody is asked who they are here: whatever cookies come along, only what is for everybody is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ..errors import NotFound, Refusal
from ..services.finding.public_view import PublicView, public_view
from ..services.seams import Seams
from ..services.sound.clip_views import get_clip
from .assets import asset
from .share import app_name, page_url, picture, share_page
from .sound import clip_heads
from .sound.clip_heads import described

WIDTH, HEIGHT = 480, 184
"""CSS pixels of the card where the page that embeds it sets no bounds."""
LARGEST = 100_000
CACHE_AGE = 60
"""Seconds that somebody else may keep the answer."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' https: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
"""Of the embedded card alone: it may stand in any page, and runs nothing."""


class Embedding:
    """The routes of one app."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    def oembed(self) -> Response:
        """Describe the Space or clip at ``url``: 400 for another site's, 404 for none of ours, 501 but for JSON."""
        if request.args.get("format", "json") != "json":
            return _problem(501, "There is only JSON here.")
        url = request.args.get("url", "")
        if not _is_ours(url):
            return _problem(400, "This is not an address of this site.")
        width = _bound(request.args.get("maxwidth"), WIDTH)
        height = _bound(request.args.get("maxheight"), max(HEIGHT, clip_heads.HEIGHT))
        if width is None or height is None:
            return _problem(400, "maxwidth and maxheight are whole numbers of pixels.")
        endpoint, ids = _page_at(url)
        try:
            if endpoint == "spaces.clip":
                clip = get_clip(self._seams, None, ids["clip_id"])
                return _answer(200, described(self._seams.config, clip, width, min(height, clip_heads.HEIGHT)))
            view = public_view(self._seams, ids["space_id"] if endpoint == "spaces.space" else "")
        except NotFound:
            return _problem(404, "There is nothing here, or not for everybody.")
        except Refusal:
            return _problem(503, "This is not available right now.")
        return _answer(200, self._described(view, width, min(height, HEIGHT)))

    def embed(self, space_id: str) -> Response:
        """The card of a public Space, for a frame on any site."""
        try:
            view = public_view(self._seams, space_id)
        except NotFound:
            abort(404)
        except Refusal:
            abort(503)
        context = share_page(self._seams.config, view, self._seams.clock())
        response = make_response(render_template("spaces/embed.html", asset=asset, **context))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _described(self, view: PublicView, width: int, height: int) -> dict[str, Any]:
        space, thumbnail = view.space, picture(view.host)
        source = url_for("spaces.embed", space_id=space.id, _external=True)
        # A frame without its own origin: links open pages, scripts there have none of ours to read.
        html = (
            f'<iframe src="{escape(source)}" width="{width}" height="{height}" title="{escape(space.title)}" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox allow-scripts" loading="lazy" '
            'referrerpolicy="no-referrer" style="border:0;max-width:100%"></iframe>'
        )
        described: dict[str, Any] = {
            "version": "1.0",
            "type": "rich",
            "provider_name": app_name(self._seams.config),
            "provider_url": request.url_root,
            "title": space.title,
            "author_name": view.host.name,
            "url": page_url(space),
            "html": html,
            "width": width,
            "height": height,
            "cache_age": CACHE_AGE,
        }
        if thumbnail:
            described["thumbnail_url"] = thumbnail
        return described


def _is_ours(url: str) -> bool:
    """Whether the address is of this very site."""
    try:
        asked, here = urlsplit(url), urlsplit(request.url_root)
        return asked.scheme in ("http", "https") and asked.netloc.lower() == here.netloc.lower()
    except ValueError:
        return False


def _page_at(url: str) -> tuple[str, Mapping[str, Any]]:
    """Which page of this app is at the address, and the ids in it, as the app itself would route it."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return "", {}
    try:
        return adapter.match(urlsplit(url).path.removeprefix(request.root_path), method="GET")
    except (HTTPException, RequestRedirect):
        return "", {}


def _bound(given: str | None, most: int) -> int | None:
    """The given bound within ours; None for what is no number of pixels."""
    if given is None or given == "":
        return most
    if not (given.isascii() and given.isdigit()) or len(given) > len(str(LARGEST)):
        return None
    return min(int(given), most) or None


def _problem(status: int, sentence: str) -> Response:
    return _answer(status, {"title": sentence, "status": status})


def _answer(status: int, body: dict[str, Any]) -> Response:
    response = Response(json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    # What anybody may read scripts of other sites may, too; it is the same with and without cookies.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
