"""Which differences a page lets its viewer meet, noted when the page is made; never for one that is fetched ahead."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from ..domain.ids import UserId
from ..domain.wire import Json
from ..services.finding.discovery import live_for
from ..services.flags.exposing import expose
from ..services.seams import Seams

AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ", "HTTP_X_SEC_PURPOSE")
"""Where browsers say that nobody looks yet. The last is for script that fetches ahead, which may not set the first."""


def is_seen() -> bool:
    """Whether the present request is for somebody who looks at its answer."""
    if not request:
        return False
    environ = request.environ
    return not any(name in environ and environ[name].startswith(("prefetch", "prerender", "preview")) for name in AHEAD)


def any_page(seams: Seams, viewer: UserId | None) -> None:
    """A page that has the strip, or would have it: while something is live, Spaces make a difference there."""
    if viewer is not None and not seams.index.is_empty and is_seen():
        expose(seams, "spaces.enabled", viewer)


def page_with_strip(seams: Seams, viewer: UserId, entries: Iterable[Json] | None) -> None:
    """A page with the strip's place in it, which is where a Space is started; None for ``entries``: it shows none."""
    if not is_seen():
        return
    _place_to_start(seams, viewer)
    if seams.index.is_empty:
        return
    if entries is None:
        verdict = seams.flags.decision("spaces.strip", viewer)
        # The same question as for who has the strip, once: it asks the host app whom the viewer follows.
        if not seams.meter.is_exposed("spaces.strip", viewer, verdict.version) and live_for(seams, viewer):
            expose(seams, "spaces.strip", viewer)
    elif any(entry["kind"] == "space" for entry in entries):
        # That it was looked at the page itself tells, once it was in sight for a second.
        expose(seams, "spaces.strip", viewer)


def space_page(seams: Seams, viewer: UserId, state: str) -> None:
    """The page of one Space; of a live one, it is where one listens."""
    if state == "live" and is_seen():
        expose(seams, "spaces.listen", viewer)
        seams.meter.reached(viewer, "opened")


def directory_page(seams: Seams, viewer: UserId | None) -> None:
    """The directory, or what a search found; a Space is planned there as well."""
    if viewer is not None and is_seen():
        expose(seams, "spaces.directory", viewer)
        _place_to_start(seams, viewer)


def _place_to_start(seams: Seams, viewer: UserId) -> None:
    expose(seams, "spaces.host", viewer)
    if seams.flags.is_on("spaces.host", viewer):
        expose(seams, "spaces.schedule", viewer)
