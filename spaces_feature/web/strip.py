"""``{{ spaces_strip() }}``: the one line in the host's base template. It can neither break nor slow the host's page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from ..domain.ids import UserId
from ..domain.views import Json
from ..flags import FLAGS
from ..services import discovery
from ..services.seams import Seams
from ..services.snapshots import profile_fields
from .assets import asset, chunks

log = logging.getLogger(__name__)

SLOW = 0.5
PAUSE = 30.0


class StripRenderer:
    """Renders the strip for one app.

    When the host's ports took longer than half a second the next pages of half a minute go without server-rendered
    entries (the script fetches them), so that one visitor pays for a slow port and not all of them.
    """

    def __init__(self, seams: Seams, csp_nonce: Callable[[], str] | None, socketio: Any | None) -> None:
        self._seams = seams
        self._csp_nonce = csp_nonce
        self._socketio = socketio
        self._open_until = 0.0

    def __call__(self) -> Markup:
        """Return the strip, the dock and all they need; an empty string when Spaces are off or anything fails."""
        try:
            # Ports, flags and the host's context processors may all ask the database.
            with self._seams.store.read():
                return self._rendered()
        except Exception:
            log.exception("the strip could not be rendered")
            return Markup("")

    def _rendered(self) -> Markup:
        viewer = self._seams.identity.current_user_id()
        if not self._seams.flags.is_on("spaces.enabled", viewer):
            return Markup("")
        current_app.extensions["spaces"].background.ensure()
        return Markup(render_template("spaces/strip.html", **self._context(viewer)))  # noqa: S704 - autoescaped

    def _context(self, viewer: UserId | None) -> dict[str, Any]:
        entries: list[Json] = []
        me = None
        shows_strip = viewer is not None and self._seams.flags.is_on("spaces.strip", viewer)
        if viewer is not None and time.monotonic() >= self._open_until:
            began = time.monotonic()
            try:
                me = profile_fields(self._seams.memory.profiles([viewer])[viewer])
                entries = discovery.strip_in_host_page(self._seams, viewer) if shows_strip else []
            finally:
                if time.monotonic() - began > SLOW:
                    self._open_until = time.monotonic() + PAUSE
                    log.warning("the strip took over %s s; pages go without it for %s s", SLOW, PAUSE)
        return {
            "entries": entries,
            "me": me,
            "config": self._config(viewer, me),
            "shows_strip": shows_strip,
            "can_host": viewer is not None and self._seams.flags.is_on("spaces.host", viewer),
            "asset": asset,
            "chunks": chunks(),
            "nonce": self._csp_nonce() if self._csp_nonce else None,
            "prefix": self._seams.config.url_prefix,
        }

    def _config(self, viewer: UserId | None, me: Json | None) -> Json:
        prefix = self._seams.config.url_prefix
        flags = self._seams.flags
        boolean = {flag.key: flags.is_on(flag.key, viewer) for flag in FLAGS if isinstance(flag.default, bool)}
        return {
            "prefix": prefix,
            "api": f"{prefix}/api/v1",
            "socket_path": _socket_path(self._socketio),
            "me": me,
            "flags": boolean,
            "room_bundle": asset("room.js"),
            "app_name": self._seams.config.app_name or current_app.name.replace("_", " "),
        }


def _socket_path(socketio: Any | None) -> str:
    """Where the host's Socket.IO server listens, empty without one."""
    if socketio is None or socketio.server is None:
        return ""
    middleware = getattr(socketio, "sockio_mw", None)
    return f"/{getattr(middleware, 'engineio_path', 'socket.io').strip('/')}"
