"""Which sockets of this process watch which Space, as which class of viewer, and how many each member has."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from threading import Lock

from ..domain.ids import SpaceId, UserId, is_guest
from ..domain.views import ViewerClass
from ..errors import Limited

SUBSCRIPTIONS = 20
"""Spaces that one socket may watch; a page shows one, and the dock another."""
POLLS = "This page asks for what is new every few seconds instead."


@dataclass(frozen=True, slots=True)
class Turn:
    """One socket's way from a class of viewer (None: it did not watch) to another."""

    sid: str
    before: ViewerClass | None
    now: ViewerClass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many sockets one member, and one address, may have open in this process."""

    member: int
    address: int


class Watchers:
    """A registry in memory; all methods are safe to call from any thread or greenlet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._user: dict[str, UserId] = {}
        self._sids: dict[UserId, set[str]] = defaultdict(set)
        self._address: dict[str, str] = {}
        self._at: Counter[str] = Counter()
        self._watching: dict[SpaceId, dict[str, tuple[ViewerClass, int]]] = defaultdict(dict)
        self._spaces: dict[str, set[SpaceId]] = defaultdict(set)

    def connect(self, sid: str, user_id: UserId, address: str | None, bounds: Bounds) -> None:
        """A member opens a socket from an address (None: one that tells nobody apart). Raises Limited at a bound.

        The one too many is the one refused: another may be what somebody listens with in another tab.
        """
        with self._lock:
            if len(self._sids.get(user_id, ())) >= bounds.member:
                raise Limited("too_many_sockets", "You have Spaces open in many windows.", POLLS)
            if address is not None and self._at[address] >= bounds.address:
                raise Limited("too_many_sockets_here", "Many people here have Spaces open.", POLLS)
            self._user[sid] = user_id
            self._sids[user_id].add(sid)
            if address is not None:
                self._address[sid] = address
                self._at[address] += 1

    def disconnect(self, sid: str) -> None:
        """A socket is gone, and with it all that it watched."""
        with self._lock:
            user_id = self._user.pop(sid, None)
            if user_id is not None:
                self._sids[user_id].discard(sid)
                if not self._sids[user_id]:
                    del self._sids[user_id]
            address = self._address.pop(sid, None)
            if address is not None:
                self._at[address] -= 1
                if not self._at[address]:
                    del self._at[address]
            for space_id in list(self._spaces.get(sid, ())):
                self._drop(space_id, sid)

    def user_of(self, sid: str) -> UserId | None:
        """Who opened the socket."""
        return self._user.get(sid)

    def sockets_of(self, user_id: UserId) -> list[str]:
        """The member's open sockets."""
        with self._lock:
            return list(self._sids.get(user_id, ()))

    def watch(self, sid: str, space_id: SpaceId, viewers: ViewerClass, version: int) -> Turn | None:
        """Note what the socket watches, in the class that its member has in this version of the Space.

        Returns None for a socket that is gone: nothing would ever forget it again. A later version that is known
        already stands. Raises Limited when the socket watches as many Spaces as one may.
        """
        with self._lock:
            if sid not in self._user:
                return None
            watched = self._spaces.get(sid, ())
            if space_id not in watched and len(watched) >= SUBSCRIPTIONS:
                raise Limited("too_many_subscriptions", "This page watches many Spaces.", "Unsubscribe from one first.")
            return self._place(sid, space_id, viewers, version)

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
        self._spaces[sid].add(space_id)
        return Turn(sid, before, viewers)

    def _drop(self, space_id: SpaceId, sid: str) -> ViewerClass | None:
        watching = self._watching.get(space_id, {})
        viewers, _ = watching.pop(sid, (None, 0))
        if not watching:
            self._watching.pop(space_id, None)
        watched = self._spaces.get(sid, set())
        watched.discard(space_id)
        if not watched:
            self._spaces.pop(sid, None)
        return viewers

    def spaces(self) -> frozenset[SpaceId]:
        """Spaces that somebody watches."""
        with self._lock:
            return frozenset(space_id for space_id, watching in self._watching.items() if watching)

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
        """Members with an open socket; who listens signed out is none."""
        with self._lock:
            return frozenset(user_id for user_id in self._sids if not is_guest(user_id))
