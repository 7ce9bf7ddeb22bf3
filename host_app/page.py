"""What every page of Plaza needs: the nonce and the security headers, built assets, icons and words for times."""

from __future__ import annotations

import functools
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user
from markupsafe import Markup

from .models import now

STATIC = Path(__file__).parent / "static"
#: Pairs of colours for monograms (``.tone-0`` and on in controls.css).
TONES = 8


def csp_nonce() -> str:
    """Return the nonce of the response being made."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def init_app(app: Flask) -> None:
    """Register headers, filters and template globals."""
    app.after_request(_secure)
    app.add_template_global(csp_nonce)
    app.add_template_global(asset)
    app.add_template_global(icon)
    app.add_template_global(initials)
    app.add_template_global(text_direction)
    app.add_template_global(tone)
    app.add_template_filter(ago)


def asset(name: str) -> str:
    """Return the URL of a built file, which changes when the file does: a new build is seen at once."""
    path = STATIC / "dist" / name
    version = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("static", filename=f"dist/{name}", v=f"{version:x}")


@functools.cache
def _icons(age: int) -> dict[str, str]:
    drawings: dict[str, str] = json.loads((STATIC / "dist" / "icons.json").read_text())
    return drawings


def icon(name: str) -> Markup:
    """Return an icon to stand inside the page; it inherits colour and says nothing to screen readers."""
    path = STATIC / "dist" / "icons.json"
    # Before the front end is built, pages work and merely have no icons.
    drawing = _icons(path.stat().st_mtime_ns)[name] if path.exists() else ""
    return Markup(  # noqa: S704 - drawings come from our own build
        f'<svg class="icon" viewBox="0 0 256 256" aria-hidden="true" focusable="false">{drawing}</svg>'
    )


def initials(name: str) -> str:
    """Return at most two initials for a monogram."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def tone(user_id: int) -> int:
    """Return which pair of colours a member's monogram has: the same one that Spaces gives them."""
    place = 0
    for digit in str(user_id):
        place = (place * 3 + int(digit) + 1) % TONES
    return place


def text_direction() -> str:
    """Return ``rtl`` when the page was asked for it, so that layouts can be looked at in both directions."""
    return "rtl" if request.args.get("dir") == "rtl" else "ltr"


def ago(moment: datetime) -> str:
    """Return how long ago a moment was, short enough for a feed: ``2 min``, ``3 h``, ``4 May``."""
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    minutes = int((now() - moment).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    if minutes < 7 * 24 * 60:
        return f"{minutes // (24 * 60)} d"
    return f"{moment.day} {moment:%b}"


def _secure(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _policy())
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
        # Pages differ by member: the back button after signing out must not show the last one's.
        if current_user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _policy() -> str:
    sfu = str(current_app.config["SPACES_LIVEKIT_URL"])
    nonce = f"'nonce-{csp_nonce()}'"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            # LiveKit's client asks over HTTP, too, why a socket was refused.
            f"connect-src 'self' {sfu} {sfu.replace('ws', 'http', 1)}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
