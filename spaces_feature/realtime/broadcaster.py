"""The services' Broadcaster over the host's Socket.IO server: one room of its per class of viewer, one per member."""

from __future__ import annotations

import logging
from collections.abc import Collection
from threading import Lock
from typing import Any

from ..domain.ids import SpaceId, UserId
from ..domain.views import ViewerClass
from ..domain.wire import Json
from .watchers import Turn, Watchers

log = logging.getLogger(__name__)


def class_room(space_id: SpaceId, viewers: ViewerClass) -> str:
    """The Socket.IO room of one class of viewer."""
    return f"space:{space_id}:{viewers}"


def user_room(user_id: UserId) -> str:
    """The Socket.IO room of one member's sockets."""
    return f"user:{user_id}"


class SocketBroadcaster:
    """Sends through one Flask-SocketIO server. With none (polling hosts) everything is silently dropped."""

    def __init__(self, socketio: Any | None, namespace: str, watchers: Watchers) -> None:
        self._socketio = socketio
        self._namespace = namespace
        self._watchers = watchers
        self._rooms = Lock()
        """Held from noting a class until its rooms are changed: two moves at once would end in the rooms of both."""

    def watching(self, space_id: SpaceId) -> frozenset[UserId]:
        """Members who watch the Space."""
        return self._watchers.users(space_id)

    def watched(self) -> frozenset[SpaceId]:
        """Spaces that somebody watches."""
        return self._watchers.spaces()

    def online(self) -> frozenset[UserId]:
        """Members with an open socket."""
        return self._watchers.online()

    def watch(self, sid: str, space_id: SpaceId, viewers: ViewerClass, version: int) -> bool:
        """Let one socket receive what a class is sent; False when it is gone."""
        with self._rooms:
            turn = self._watchers.watch(sid, space_id, viewers, version)
            if turn is not None:
                self._follow(space_id, turn)
            return turn is not None

    def unwatch(self, sid: str, space_id: SpaceId) -> None:
        """Let one socket receive nothing of the Space any more."""
        with self._rooms:
            viewers = self._watchers.unwatch(sid, space_id)
            if viewers is not None:
                self._room("leave_room", sid, class_room(space_id, viewers))

    def move(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass, version: int) -> None:
        """Put the member's sockets into another class, unless a later version put them elsewhere."""
        with self._rooms:
            for turn in self._watchers.move(space_id, user_id, viewers, version):
                self._follow(space_id, turn)

    def _follow(self, space_id: SpaceId, turn: Turn) -> None:
        if turn.before is turn.now:
            return
        if turn.before is not None:
            self._room("leave_room", turn.sid, class_room(space_id, turn.before))
        self._room("enter_room", turn.sid, class_room(space_id, turn.now))

    def _room(self, step: str, sid: str, room: str) -> None:
        if self._socketio is None or self._socketio.server is None:
            return
        try:
            getattr(self._socketio.server, step)(sid, room, namespace=self._namespace)
        except Exception as mistake:
            # Most likely the socket has just gone; the others of the member, and all other viewers, go on.
            log.warning("%s failed for a socket in %s: %r", step, room, mistake)

    def drop(self, space_id: SpaceId, user_id: UserId) -> None:
        """Let none of the member's sockets receive anything of the Space any more."""
        for sid in self._watchers.sids(space_id, user_id):
            self.unwatch(sid, space_id)

    def to_class(self, space_id: SpaceId, viewers: ViewerClass, event: Json, besides: Collection[UserId]) -> None:
        """Send to all watchers of one class but ``besides``."""
        skipped = [sid for user_id in besides for sid in self._watchers.sids(space_id, user_id)]
        self._emit("event", event, class_room(space_id, viewers), skipped)

    def to_user(self, space_id: SpaceId, user_id: UserId, event: Json) -> None:
        """Send to one member."""
        self._emit("event", event, user_room(user_id))

    def to_all(self, space_id: SpaceId, event: Json) -> None:
        """Send to every watcher of the Space."""
        self._emit("event", event, [class_room(space_id, viewers) for viewers in ViewerClass])

    def strip(self, user_ids: Collection[UserId], message: Json) -> None:
        """Tell members that their strip changed."""
        if user_ids:
            self._emit("strip", message, [user_room(user_id) for user_id in sorted(user_ids)])

    def _emit(self, name: str, payload: Json, room: str | list[str], skipped: list[str] | None = None) -> None:
        if self._socketio is None or self._socketio.server is None:
            return
        try:
            self._socketio.emit(name, payload, namespace=self._namespace, to=room, skip_sid=skipped or None)
        except Exception:
            log.exception("could not emit %s", name)
