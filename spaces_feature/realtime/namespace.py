"""The Socket.IO namespace: in, only ``subscribe`` and ``unsubscribe``; out, ``event`` and ``strip``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from cachetools import TTLCache
from flask import current_app, request
from flask_socketio import ConnectionRefusedError, Namespace

from ..addresses import told_apart
from ..domain.ids import SpaceId, UserId, is_guest
from ..domain.views import class_of
from ..domain.wire import Json
from ..errors import Broken, Invalid, Limited, NotFound, Refusal, SetupError
from ..services.access import readable_space
from ..services.flags.switching_off import goes_on
from ..services.seams import Seams
from ..services.snapshots import snapshot
from .allowance import Allowance
from .broadcaster import SocketBroadcaster, user_room
from .frames import Frames, problem_fields
from .lines import Lines
from .socket_server import server_problems
from .watchers import Bounds, Watchers

log = logging.getLogger(__name__)

OWN = frozenset({"connect", "disconnect"})
"""Socket.IO's own events. A client can send events of these names, and they mean nothing."""
KNOWN = frozenset({"subscribe", "unsubscribe"})
RATE, BURST = 10, 60
"""Subscriptions a second of one member, and at once: each costs what a reading of the Space costs."""
MEMBERS = 100_000
"""Members whose allowance is remembered, for a minute."""


Answering = Callable[["SpacesNamespace", object], Json]


def answered(event: Answering) -> Answering:
    """Make an event's refusals and failures its acknowledgement: the host's own error handler is not for them."""

    @wraps(event)
    def answer(self: SpacesNamespace, message: object = None) -> Json:
        try:
            return event(self, message)
        except Refusal as refusal:
            return problem_fields(refusal)
        except Exception:
            log.exception("%s failed", event.__name__)
            return problem_fields(Broken(way_on="Try again. It is written down."))

    return answer


class SpacesNamespace(Namespace):  # type: ignore[misc]
    """One per Socket.IO server; the app's wiring is found per event, so that several apps may share the code."""

    def __init__(self, namespace: str, watchers: Watchers, broadcaster: SocketBroadcaster) -> None:
        super().__init__(namespace)
        self._watchers = watchers
        self._broadcaster = broadcaster
        self._lines: Lines | None = None
        self._subscribing: TTLCache[UserId, Allowance] = TTLCache(MEMBERS, 60)

    def _set_server(self, server: Any) -> None:
        """Called by Socket.IO when the namespace opens. Raises SetupError on a server that other sites may use."""
        if problems := server_problems(server):
            raise SetupError(problems)
        super()._set_server(server)
        self._lines = Lines.of(server)
        Frames(server, self.namespace, self._lines)

    def trigger_event(self, event: Any, *args: Any) -> Any:
        """Answer an event that does not exist, instead of dropping it without a word."""
        sid, *rest = args
        name = event if isinstance(event, str) else ""
        if name in OWN and self._is_own(name, sid, rest):
            return super().trigger_event(name, *args)
        if name not in KNOWN:
            return problem_fields(Invalid("unknown_event", "There is no such event.", "Commands go by HTTP."))
        return super().trigger_event(name, sid, rest[0] if len(rest) == 1 else None)

    def _is_own(self, event: str, sid: str, rest: list[Any]) -> bool:
        """Whether Socket.IO itself says so, and not a client by an event of that name."""
        if event == "connect":
            return bool(rest) and rest[0] is self.server.get_environ(sid, self.namespace)
        return not self.server.manager.is_connected(sid, self.namespace)

    def on_connect(self, auth: object = None) -> None:
        """Admit signed-in members, and guests, while Spaces are open to them and they have not too many sockets."""
        state = current_app.extensions["spaces"]
        seams: Seams = state.seams
        user_id = seams.identity.current_user_id() or state.guest()
        if user_id is None or not _is_open_to(seams, user_id):
            raise ConnectionRefusedError("not_signed_in")
        state.background.ensure()
        sid = request.sid  # type: ignore[attr-defined]
        bounds = Bounds(seams.config.sockets_per_member, seams.config.sockets_per_address)
        self._make_room(user_id, bounds)
        try:
            self._watchers.connect(sid, user_id, told_apart(request.remote_addr), bounds)
        except Limited as limited:
            raise ConnectionRefusedError(limited.code, problem_fields(limited)) from None
        self.enter_room(sid, user_room(user_id))

    def _make_room(self, user_id: UserId, bounds: Bounds) -> None:
        """Let those of the member's sockets go whose other end is not there any more: a page that was left."""
        sids = self._watchers.sockets_of(user_id)
        if self._lines is None or len(sids) < bounds.member:
            return
        for sid in sids:
            eio_sid = self.server.manager.eio_sid_from_sid(sid, self.namespace)
            if eio_sid is None:
                self._watchers.disconnect(sid)
            elif self._lines.is_silent(eio_sid):
                self._lines.cut(eio_sid, "its member opened another and it does not answer")

    def on_disconnect(self, reason: object = None) -> None:
        """Forget the socket."""
        self._watchers.disconnect(request.sid)  # type: ignore[attr-defined]

    @answered
    def on_subscribe(self, message: object = None) -> Json:
        """Watch a Space; acknowledged with the snapshot, or with a problem."""
        sid = request.sid  # type: ignore[attr-defined]
        seams: Seams = current_app.extensions["spaces"].seams
        user_id = self._watchers.user_of(sid)
        if user_id is None or not _is_open_to(seams, user_id):
            raise NotFound
        space_id = _space_id(message)
        if not self._subscribing.setdefault(user_id, Allowance(RATE, BURST)).take():
            raise Limited(way_on="Then try again.", retry_after=1)
        with seams.store.begin() as work:
            space, _ = readable_space(seams, work, user_id, space_id)
        # Watching begins before the snapshot is read: an event in between arrives twice rather than never.
        if not self._broadcaster.watch(sid, space_id, class_of(space, user_id), space.version):
            raise NotFound
        try:
            with seams.store.begin() as work:
                space, _ = readable_space(seams, work, user_id, space_id)
            self._broadcaster.move(space_id, user_id, class_of(space, user_id), space.version)
            return snapshot(seams, space, user_id)
        except Exception:
            # Whoever was sent away in between did not watch yet when their sockets were let go of.
            self._broadcaster.unwatch(sid, space_id)
            raise

    @answered
    def on_unsubscribe(self, message: object = None) -> Json:
        """Stop watching a Space."""
        self._broadcaster.unwatch(request.sid, _space_id(message))  # type: ignore[attr-defined]
        return {}


def _is_open_to(seams: Seams, user_id: UserId) -> bool:
    return seams.flags.is_on("spaces.enabled", None if is_guest(user_id) else user_id) or goes_on(seams, user_id)


def _space_id(message: object) -> SpaceId:
    space_id = message.get("space_id") if isinstance(message, dict) and len(message) == 1 else None
    if not isinstance(space_id, str):
        raise Invalid("bad_message", "A subscription names a Space.", "Send {space_id}.", field="space_id")
    return SpaceId(space_id)
