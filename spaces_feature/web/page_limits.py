"""How often pages and cards may be read: as often as the API, by the same count."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from ..addresses import told_apart
from ..errors import Limited
from ..services.seams import Seams
from .limits import RateLimits
from .problems import problem

NUMBERS = frozenset({"spaces.all_numbers", "spaces.numbers", "spaces.numbers_csv"})
PAGES = NUMBERS | {"spaces.directory", "spaces.space", "spaces.calendar", "spaces.clip"}
IN_WORDS = frozenset({"spaces.embed", "spaces.clip_embed", "spaces.clip_card", "spaces.clip_sound"})
"""Parts of pages, and frames on somebody else's: words alone."""
DESCRIPTION = "spaces.oembed"
COUNTED = PAGES | IN_WORDS | {DESCRIPTION}
"""The endpoints that are counted as a ``read`` of the member, if any, and of the address."""


def refused(seams: Seams, limits: RateLimits) -> Response | None:
    """Count this request and return the 429 if it is one too many: a page in words, for programs a problem."""
    if request.endpoint not in COUNTED:
        return None
    try:
        limits.spend("read", seams.identity.current_user_id(), told_apart(request.remote_addr))
    except Limited as refusal:
        return _answer(seams, refusal)
    return None


def _answer(seams: Seams, refusal: Limited) -> Response:
    if request.endpoint == DESCRIPTION:
        return problem(refusal)
    if request.endpoint in IN_WORDS:
        response = Response(refusal.sentence, 429, mimetype="text/plain")
    else:
        base, prefix = seams.config.base_template or "spaces/base.html", seams.config.url_prefix
        page = render_template("spaces/limited.html", base_template=base, prefix=prefix, refusal=refusal)
        response = make_response(page, 429)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(refusal.data["retry_after"])
    return response
