"""Which sockets of this process watch which Space, and as which class of viewer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock

from ..domain.ids import SpaceId, UserId
from ..domain.views import ViewerClass


@dataclass(frozen=True, slots=True)
class Turn:
    """One socket's way from a class of viewer (None: it did not watch) to another."""

    sid: str
    before: ViewerClass | None
    now: ViewerClass


class Watchers:
    """A registry in memory; all methods are safe to call from any thread or greenlet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._user: dict[str, UserId] = {}
        self._sids: dict[UserId, set[str]] = defaultdict(set)
        self._watching: dict[SpaceId, dict[str, tuple[ViewerClass, int]]] = defaultdict(dict)

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

    def watch(self, sid: str, space_id: SpaceId, viewers: ViewerClass, version: int) -> Turn | None:
        """Note what the socket watches, in the class that its member has in this version of the Space.

        Returns None for a socket that is gone: nothing would ever forget it again. A later version that is known
        already stands.
        """
        with self._lock:
            return self._place(sid, space_id, viewers, version) if sid in self._user else None

    def move(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass, version: int) -> list[Turn]:
        """Note the class that the member has since this version, for those of their sockets that watch the Space."""
        with self._lock:
            watching = self._watching.get(space_id, {})
            watch = [sid for sid in self._sids.get(user_id, ()) if sid in watching]
            return [self._place(sid, space_id, viewers, version) for sid in watch]

    def unwatch(self, sid: str, space_id: SpaceId) -> ViewerClass | None:
        """Forget one; returns the class the socket had."""
        with self._lock:
            return self._drop(space_id, sid)

    def _place(self, sid: str, space_id: SpaceId, viewers: ViewerClass, version: int) -> Turn:
        before, known = self._watching[space_id].get(sid, (None, version))
        if before is not None and known > version:
            return Turn(sid, before, before)
        self._watching[space_id][sid] = (viewers, version)
        return Turn(sid, before, viewers)

    def _drop(self, space_id: SpaceId, sid: str) -> ViewerClass | None:
        watching = self._watching.get(space_id, {})
        viewers, _ = watching.pop(sid, (None, 0))
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
