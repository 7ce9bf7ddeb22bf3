"""Which sockets of this process watch which Space, and as which class of viewer."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock

from ..domain.ids import SpaceId, UserId
from ..domain.views import ViewerClass


class Watchers:
    """A registry in memory; all methods are safe to call from any thread or greenlet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._user: dict[str, UserId] = {}
        self._sids: dict[UserId, set[str]] = defaultdict(set)
        self._watching: dict[SpaceId, dict[str, ViewerClass]] = defaultdict(dict)

    def connect(self, sid: str, user_id: UserId) -> None:
        """A member opened a socket."""
        with self._lock:
            self._user[sid] = user_id
            self._sids[user_id].add(sid)

    def disconnect(self, sid: str) -> None:
        """A socket is gone, and with it all that it watched."""
        with self._lock:
            user_id = self._user.pop(sid, None)
            if user_id is not None:
                self._sids[user_id].discard(sid)
                if not self._sids[user_id]:
                    del self._sids[user_id]
            for space_id in [space_id for space_id, watching in self._watching.items() if sid in watching]:
                self._drop(space_id, sid)

    def user_of(self, sid: str) -> UserId | None:
        """Who opened the socket."""
        return self._user.get(sid)

    def watch(self, sid: str, space_id: SpaceId, viewers: ViewerClass) -> ViewerClass | None:
        """Note what the socket watches; returns the class it had before."""
        with self._lock:
            before = self._watching[space_id].get(sid)
            self._watching[space_id][sid] = viewers
            return before

    def unwatch(self, sid: str, space_id: SpaceId) -> ViewerClass | None:
        """Forget one; returns the class the socket had."""
        with self._lock:
            return self._drop(space_id, sid)

    def _drop(self, space_id: SpaceId, sid: str) -> ViewerClass | None:
        watching = self._watching.get(space_id, {})
        viewers = watching.pop(sid, None)
        if not watching:
            self._watching.pop(space_id, None)
        return viewers

    def users(self, space_id: SpaceId) -> frozenset[UserId]:
        """Members who watch the Space."""
        with self._lock:
            return frozenset(self._user[sid] for sid in self._watching.get(space_id, {}) if sid in self._user)

    def sids(self, space_id: SpaceId, user_id: UserId) -> list[str]:
        """The member's sockets that watch the Space."""
        with self._lock:
            watching = self._watching.get(space_id, {})
            return [sid for sid in self._sids.get(user_id, ()) if sid in watching]

    def online(self) -> frozenset[UserId]:
        """Members with an open socket."""
        with self._lock:
            return frozenset(self._sids)
