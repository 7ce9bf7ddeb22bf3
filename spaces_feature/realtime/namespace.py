"""The Socket.IO namespace: in, only ``subscribe`` and ``unsubscribe``; out, ``event`` and ``strip``."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask_socketio import ConnectionRefusedError, Namespace

from ..domain.ids import SpaceId
from ..domain.views import Json, class_of
from ..errors import Invalid, NotFound, Refusal
from ..services.access import known_space
from ..services.seams import Seams
from ..services.snapshots import snapshot
from .broadcaster import SocketBroadcaster, user_room
from .watchers import Watchers

KNOWN = frozenset({"connect", "disconnect", "subscribe", "unsubscribe"})


class SpacesNamespace(Namespace):  # type: ignore[misc]
    """One per Socket.IO server; the app's wiring is found per event, so that several apps may share the code."""

    def __init__(self, namespace: str, watchers: Watchers, broadcaster: SocketBroadcaster) -> None:
        super().__init__(namespace)
        self._watchers = watchers
        self._broadcaster = broadcaster

    def trigger_event(self, event: str, *args: Any) -> Any:
        """Answer an event that does not exist instead of dropping it without a word."""
        if event not in KNOWN:
            return _problem(Invalid("unknown_event", "There is no such event.", "Commands go by HTTP.", event=event))
        return super().trigger_event(event, *args)

    def on_connect(self, auth: object = None) -> None:
        """Admit signed-in members while Spaces are open to them."""
        seams: Seams = current_app.extensions["spaces"].seams
        user_id = seams.identity.current_user_id()
        if user_id is None or not seams.flags.is_on("spaces.enabled", user_id):
            raise ConnectionRefusedError("not_signed_in")
        current_app.extensions["spaces"].background.ensure()
        sid = request.sid  # type: ignore[attr-defined]
        self._watchers.connect(sid, user_id)
        self.enter_room(sid, user_room(user_id))

    def on_disconnect(self, reason: object = None) -> None:
        """Forget the socket."""
        self._watchers.disconnect(request.sid)  # type: ignore[attr-defined]

    def on_subscribe(self, message: object = None) -> Json:
        """Watch a Space; acknowledged with the snapshot, or with a problem."""
        sid = request.sid  # type: ignore[attr-defined]
        seams: Seams = current_app.extensions["spaces"].seams
        try:
            user_id = self._watchers.user_of(sid)
            if user_id is None or not seams.flags.is_on("spaces.enabled", user_id):
                raise NotFound
            space_id = _space_id(message)
            with seams.store.begin() as work:
                space, _ = known_space(seams, work, user_id, space_id)
            # Watching begins before the snapshot is read: an event in between arrives twice rather than never.
            if not self._broadcaster.watch(sid, space_id, class_of(space, user_id), space.version):
                raise NotFound
            with seams.store.begin() as work:
                space, _ = known_space(seams, work, user_id, space_id)
            self._broadcaster.move(space_id, user_id, class_of(space, user_id), space.version)
            return snapshot(seams, space, user_id)
        except Refusal as refusal:
            return _problem(refusal)

    def on_unsubscribe(self, message: object = None) -> Json:
        """Stop watching a Space."""
        sid = request.sid  # type: ignore[attr-defined]
        try:
            space_id = _space_id(message)
        except Refusal as refusal:
            return _problem(refusal)
        self._broadcaster.unwatch(sid, space_id)
        return {}


def _space_id(message: object) -> SpaceId:
    space_id = message.get("space_id") if isinstance(message, dict) else None
    if not isinstance(space_id, str):
        raise Invalid("bad_message", "A subscription names a Space.", "Send {space_id}.", field="space_id")
    return SpaceId(space_id)


def _problem(refusal: Refusal) -> Json:
    return {"code": refusal.code, "title": refusal.sentence, "detail": refusal.way_on, **refusal.data}
