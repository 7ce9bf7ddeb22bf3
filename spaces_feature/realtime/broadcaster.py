"""The services' Broadcaster over the host's Socket.IO server: one room of its per class of viewer, one per member."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from ..domain.ids import SpaceId, UserId
from ..domain.views import Json, ViewerClass
from .watchers import Watchers

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

    def watching(self, space_id: SpaceId) -> frozenset[UserId]:
        """Members who watch the Space."""
        return self._watchers.users(space_id)

    def online(self) -> frozenset[UserId]:
        """Members with an open socket."""
        return self._watchers.online()

    def move(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass) -> None:
        """Put the member's sockets into another class."""
        for sid in self._watchers.sids(space_id, user_id):
            before = self._watchers.watch(sid, space_id, viewers)
            self.enter(sid, space_id, viewers, before)

    def enter(self, sid: str, space_id: SpaceId, viewers: ViewerClass, before: ViewerClass | None) -> None:
        """Let one socket receive what a class is sent, and no longer what it was sent before."""
        if self._socketio is None or self._socketio.server is None:
            return
        server = self._socketio.server
        if before is not None and before is not viewers:
            server.leave_room(sid, class_room(space_id, before), namespace=self._namespace)
        server.enter_room(sid, class_room(space_id, viewers), namespace=self._namespace)

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
