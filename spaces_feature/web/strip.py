"""``{{ spaces_strip() }}``: the one line in the host's base template. It can neither break nor slow the host's page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from ..domain.ids import UserId
from ..domain.wire import Json
from ..flags import FLAGS
from ..services.breaker import SLOW, Breaker
from ..services.finding import discovery
from ..services.flags.switching_off import goes_on
from ..services.seams import Seams
from ..services.snapshots import profile_fields
from ..services.store import Work
from . import page_exposures
from .assets import asset, chunks

log = logging.getLogger(__name__)


class StripRenderer:
    """Renders the strip for one app.

    When the host's ports failed or took longer than half a second the next pages of half a minute go without
    server-rendered entries (the script fetches them), so that one visitor pays for a slow port and not all of them.
    ``breaker`` decides that; a database that can is told to give up after as long.
    """

    def __init__(
        self, seams: Seams, csp_nonce: Callable[[], str] | None, socketio: Any | None, breaker: Breaker | None = None
    ) -> None:
        self._seams = seams
        self._csp_nonce = csp_nonce
        self._socketio = socketio
        self._breaker = breaker or Breaker("the strip")
        self._asking = Breaker("who asks, and the flags")

    def __call__(self) -> Markup:
        """Return the strip, the dock and all they need; an empty string when Spaces are off or anything fails."""
        # Off for everybody, with nothing left that runs: not even who asks makes a difference.
        is_off = self._seams.index.is_empty and not self._seams.flags.may_be_on("spaces.enabled")
        if is_off or self._asking.is_open:
            return Markup("")
        try:
            # Ports, flags and the host's context processors may all ask the database: what fails is taken back.
            with self._seams.store.read() as work:
                return self._rendered(work)
        except Exception:
            log.exception("the strip could not be rendered")
            return Markup("")

    def _rendered(self, work: Work) -> Markup:
        with self._asking.watch() as hurry:
            viewer = self._seams.identity.current_user_id()
            is_on = self._seams.flags.is_on("spaces.enabled", viewer)
            page_exposures.any_page(self._seams, viewer)
            if not is_on and not goes_on(self._seams, viewer, in_host_page=True):
                return Markup("")
            context = self._context(viewer, hurry)
        current_app.extensions["spaces"].background.ensure()
        # Without an answer the page's script asks for the strip.
        if viewer is not None and not self._breaker.is_open:
            with self._breaker.watch():
                self._fill(context, work, viewer)
        return Markup(render_template("spaces/strip.html", **context))  # noqa: S704 - autoescaped

    def _context(self, viewer: UserId | None, hurry: Callable[[], None]) -> dict[str, Any]:
        """What needs who asks and the flags alone."""
        flags: dict[str, bool] = {}
        for flag in FLAGS:
            if flag.is_boolean and flag.is_served:
                hurry()
                flags[flag.key] = self._seams.flags.is_on(flag.key, viewer)
        return {
            "entries": [],
            "me": None,
            "config": self._config(viewer, flags),
            "shows_strip": viewer is not None and flags["spaces.strip"],
            "can_host": viewer is not None and flags["spaces.host"],
            "closed": _closed(flags) if viewer is not None else "",
            "asset": asset,
            "chunks": chunks(),
            "nonce": self._csp_nonce() if self._csp_nonce else None,
            "prefix": self._seams.config.url_prefix,
        }

    def _fill(self, context: dict[str, Any], work: Work, viewer: UserId) -> None:
        """Add who the viewer is and what their strip shows."""
        # What is remembered asks nothing; else no statement may take longer than a page can wait.
        with nullcontext() if discovery.is_at_hand(self._seams, viewer) else work.within(SLOW):
            context["me"] = context["config"]["me"] = profile_fields(self._seams.memory.profiles([viewer])[viewer])
            if context["shows_strip"]:
                context["entries"] = discovery.strip_in_host_page(self._seams, viewer)
            page_exposures.page_with_strip(self._seams, viewer, context["entries"] if context["shows_strip"] else None)

    def _config(self, viewer: UserId | None, flags: dict[str, bool]) -> Json:
        prefix = self._seams.config.url_prefix
        return {
            "prefix": prefix,
            "api": f"{prefix}/api/v1",
            "socket_path": _socket_path(self._socketio),
            "me": _only_id(viewer),
            "flags": flags,
            "plan": {"upcoming": self._seams.config.upcoming_limit, "days": self._seams.config.schedule_days},
            "share_links": list(self._seams.config.share_links.items()),
            "create_links": list(self._seams.config.create_links.items()),
            "room_bundle": asset("room.js"),
            "app_name": self._seams.config.app_name or current_app.name.replace("_", " "),
            "sign_in_url": self._seams.config.sign_in_url,
        }


def _closed(flags: dict[str, bool]) -> str:
    """What the member may not start, for the style sheet, which hides the host app's own buttons for it."""
    words = {"spaces.host": "host", "spaces.schedule": "plan"}
    return " ".join(word for key, word in words.items() if not flags[key])


def _only_id(viewer: UserId | None) -> Json | None:
    """Who the viewer is until their profile is there; where it never comes, the page's script asks for it."""
    return {"user_id": viewer, "username": "", "name": "", "avatar_url": "", "url": ""} if viewer is not None else None


def _socket_path(socketio: Any | None) -> str:
    """Where the host's Socket.IO server listens, empty without one."""
    if socketio is None or socketio.server is None:
        return ""
    middleware = getattr(socketio, "sockio_mw", None)
    return f"/{getattr(middleware, 'engineio_path', 'socket.io').strip('/')}"
