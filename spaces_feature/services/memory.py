"""What the host app told us a moment ago: whom a viewer follows, blocks and profiles, kept for seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from threading import Lock

from cachetools import TTLCache

from ..domain.ids import UserId
from ..ports import Blocks, Identity, Profile, SocialGraph

VIEWERS = 10_000
PROFILES = 20_000


class HostMemory:
    """Answers of the host's ports, at most ``ttl`` seconds old, for what is shown and not for what is decided."""

    def __init__(self, identity: Identity, graph: SocialGraph, clock: Callable[[], datetime], ttl: float) -> None:
        self._identity = identity
        self._graph = graph
        self._lock = Lock()

        def timer() -> float:
            return clock().timestamp()

        self._followees: TTLCache[UserId, frozenset[UserId]] = TTLCache(VIEWERS, ttl, timer)
        self._blocks: TTLCache[tuple[UserId, frozenset[UserId]], Blocks] = TTLCache(VIEWERS, ttl, timer)
        self._profiles: TTLCache[UserId, Profile] = TTLCache(PROFILES, ttl, timer)

    def followees(self, viewer: UserId) -> frozenset[UserId]:
        """Whom the viewer follows."""
        with self._lock:
            known = self._followees.get(viewer)
        if known is None:
            known = self._graph.followees(viewer)
            with self._lock:
                self._followees[viewer] = known
        return known

    def blocks(self, viewer: UserId, others: frozenset[UserId]) -> Blocks:
        """Blocks between the viewer and others."""
        with self._lock:
            known = self._blocks.get((viewer, others))
        if known is None:
            known = self._graph.blocks(viewer, others)
            with self._lock:
                self._blocks[viewer, others] = known
        return known

    def profiles(self, user_ids: Collection[UserId]) -> dict[UserId, Profile]:
        """Profiles by id; somebody whom the host no longer knows is shown without a name."""
        with self._lock:
            known = {user_id: self._profiles.get(user_id) for user_id in user_ids}
        missing = [user_id for user_id, profile in known.items() if profile is None]
        if missing:
            fetched = self._identity.profiles(missing)
            with self._lock:
                self._profiles.update(fetched)
            known.update(fetched)
        return {user_id: profile or Profile(user_id, username="", name="Someone") for user_id, profile in known.items()}
