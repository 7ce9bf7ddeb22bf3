"""What the host app told us a moment ago: whom a viewer follows, blocks and profiles, kept for seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from cachetools import TTLCache

from ..domain.ids import UserId
from ..ports import Blocks, Identity, Profile, SocialGraph


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How a member and the host of a Space know each other. ``mutuals``: how many whom the host follows follow them."""

    follows_host: bool
    is_followed_by_host: bool
    mutuals: int


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
        self._protected: TTLCache[frozenset[UserId], frozenset[UserId]] = TTLCache(VIEWERS, ttl, timer)
        self._acquaintances: TTLCache[tuple[UserId, UserId], Acquaintance] = TTLCache(PROFILES, ttl, timer)

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

    def protected(self, user_ids: frozenset[UserId]) -> frozenset[UserId]:
        """Those whose accounts are open to their followers only."""
        with self._lock:
            known = self._protected.get(user_ids)
        if known is None:
            known = self._identity.protected(user_ids) if user_ids else frozenset()
            with self._lock:
                self._protected[user_ids] = known
        return known

    def acquaintances(self, host: UserId, user_ids: Collection[UserId]) -> dict[UserId, Acquaintance]:
        """How members and a host know each other."""
        with self._lock:
            known = {one: tie for one in user_ids if (tie := self._acquaintances.get((host, one)))}
        missing = [one for one in user_ids if one not in known]
        if missing:
            following = self._graph.followers_among(host, missing)
            followed = self.followees(host)
            mutuals = self._graph.mutuals(host, missing)
            fetched = {one: Acquaintance(one in following, one in followed, mutuals.get(one, 0)) for one in missing}
            with self._lock:
                self._acquaintances.update({(host, one): tie for one, tie in fetched.items()})
            known.update(fetched)
        return known

    def profiles(self, user_ids: Collection[UserId]) -> dict[UserId, Profile]:
        """Profiles by id; somebody whom the host no longer knows is shown without a name."""
        with self._lock:
            known = {user_id: profile for user_id in user_ids if (profile := self._profiles.get(user_id))}
        missing = [user_id for user_id in user_ids if user_id not in known]
        if missing:
            fetched = self._identity.profiles(missing)
            with self._lock:
                self._profiles.update(fetched)
            known.update(fetched)
        return {user_id: known.get(user_id) or _nobody(user_id) for user_id in user_ids}


def _nobody(user_id: UserId) -> Profile:
    return Profile(user_id, username="", name="Someone")
