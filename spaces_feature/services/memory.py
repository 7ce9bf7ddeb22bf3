"""What the host app told us a moment ago: whom a viewer follows, blocks and profiles, kept for seconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TypeVar

from cachetools import TTLCache

from ..domain.ids import UserId, is_guest
from ..ports import Blocks, Identity, Profile, SocialGraph


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How a member and the host of a Space know each other. ``mutuals``: how many whom the host follows follow them."""

    follows_host: bool
    is_followed_by_host: bool
    mutuals: int


VIEWERS = 10_000
PROFILES = 20_000
AT_ONCE = 500
"""Members asked about in one question when nobody waits for the answer."""

Value = TypeVar("Value")


class HostMemory:
    """Answers of the host's ports for what is shown and not for what is decided.

    Names and pictures are at most ``profiles_ttl`` seconds old, everything else ``ttl``.
    """

    def __init__(
        self,
        identity: Identity,
        graph: SocialGraph,
        clock: Callable[[], datetime],
        ttl: float,
        profiles_ttl: float | None = None,
    ) -> None:
        self._identity = identity
        self._graph = graph
        self._lock = Lock()

        latest = float("-inf")
        set_back = 0.0

        def timer() -> float:
            # After the clock was set back what was remembered must not seem young for as long.
            nonlocal latest, set_back
            now = clock().timestamp()
            if now < latest - ttl:
                set_back += latest - now + ttl
            latest = now
            return now + set_back

        self._timer = timer
        self._warmed_at = self._named_at = float("-inf")
        self._followees: TTLCache[UserId, frozenset[UserId]] = TTLCache(VIEWERS, ttl, timer)
        self._blocks: TTLCache[tuple[UserId, frozenset[UserId]], Blocks] = TTLCache(VIEWERS, ttl, timer)
        names_ttl = ttl if profiles_ttl is None else profiles_ttl
        self._profiles: TTLCache[UserId, Profile] = TTLCache(PROFILES, names_ttl, timer)
        self._protected: TTLCache[UserId, bool] = TTLCache(PROFILES, ttl, timer)
        self._barred: TTLCache[UserId, bool] = TTLCache(PROFILES, ttl, timer)
        self._acquaintances: TTLCache[tuple[UserId, UserId], Acquaintance] = TTLCache(PROFILES, ttl, timer)

    def followees(self, viewer: UserId) -> frozenset[UserId]:
        """Whom the viewer follows."""
        with self._lock:
            known = self._followees.get(viewer)
        return self._ask_followees(viewer) if known is None else known

    def _ask_followees(self, viewer: UserId) -> frozenset[UserId]:
        found = self._graph.followees(viewer)
        with self._lock:
            self._followees[viewer] = found
        return found

    def blocks(self, viewer: UserId, others: frozenset[UserId]) -> Blocks:
        """Blocks between the viewer and others."""
        if not others:
            return Blocks()
        with self._lock:
            known = self._blocks.get((viewer, others))
        if known is None:
            known = self._graph.blocks(viewer, others)
            with self._lock:
                self._blocks[viewer, others] = known
        return known

    def protected(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Those whose accounts are open to their followers only."""
        return self._those(self._protected, user_ids, self._identity.protected)

    def barred(self, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Those who may not take part."""
        return self._those(self._barred, user_ids, self._identity.barred)

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
        """Profiles by id; somebody whom the host no longer knows, and a guest, is shown without a name."""
        known, missing = self._looked_up(self._profiles, user_ids)
        if missing:
            known.update(self._ask_profiles(missing))
        return {user_id: known.get(user_id) or _nobody(user_id) for user_id in user_ids}

    def _ask_profiles(self, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
        fetched = self._identity.profiles(user_ids)
        with self._lock:
            self._profiles.update(fetched)
        return fetched

    def warm(self, people: Collection[UserId], hosts: Collection[UserId], choosy: Collection[UserId]) -> None:
        """Ask ahead, between two requests, for what every strip needs to know of who is live.

        ``people`` are shown, ``hosts`` may be protected, ``choosy`` ones let only those in whom they follow. What is
        remembered is asked again at half its life: no request shall be the one that finds it gone.
        """
        now = self._timer()
        names_are_old = now - self._named_at >= self._profiles.ttl / 2
        unnamed = list(people) if names_are_old else self._looked_up(self._profiles, people)[1]
        for start in range(0, len(unnamed), AT_ONCE):
            self._ask_profiles(unnamed[start : start + AT_ONCE])
        if names_are_old:
            self._named_at = now
        if now - self._warmed_at < self._followees.ttl / 2:
            self.protected(hosts)
            self.barred(hosts)
            for host in choosy:
                self.followees(host)
            return
        self._warmed_at = now
        self._ask(self._protected, hosts, self._identity.protected)
        self._ask(self._barred, hosts, self._identity.barred)
        for host in choosy:
            self._ask_followees(host)

    def remembers(self, viewer: UserId) -> bool:
        """Whether the viewer asked lately: what their strip needs is known, or nearly all of it."""
        with self._lock:
            return viewer in self._followees

    def forget(self, user_ids: Collection[UserId]) -> None:
        """Ask anew whom these members follow and block."""
        named = frozenset(user_ids)
        with self._lock:
            for user_id in named:
                self._followees.pop(user_id, None)
            for key in [key for key in self._blocks if key[0] in named]:
                self._blocks.pop(key, None)

    def _those(
        self,
        cache: TTLCache[UserId, bool],
        user_ids: Collection[UserId],
        ask: Callable[[Collection[UserId]], frozenset[UserId]],
    ) -> frozenset[UserId]:
        known, missing = self._looked_up(cache, user_ids)
        if missing:
            known.update(self._ask(cache, missing, ask))
        return frozenset(user_id for user_id, holds in known.items() if holds)

    def _ask(
        self,
        cache: TTLCache[UserId, bool],
        user_ids: Collection[UserId],
        ask: Callable[[Collection[UserId]], frozenset[UserId]],
    ) -> dict[UserId, bool]:
        found = ask(user_ids) if user_ids else frozenset()
        fetched = {user_id: user_id in found for user_id in user_ids}
        with self._lock:
            cache.update(fetched)
        return fetched

    def _looked_up(
        self, cache: TTLCache[UserId, Value], user_ids: Collection[UserId]
    ) -> tuple[dict[UserId, Value], list[UserId]]:
        """What is remembered, and of whom nothing is. Of guests the host app knows nothing."""
        known: dict[UserId, Value] = {}
        missing: list[UserId] = []
        with self._lock:
            for user_id in user_ids:
                value = cache.get(user_id)
                if value is not None:
                    known[user_id] = value
                elif not is_guest(user_id):
                    missing.append(user_id)
        return known, missing


def names_of(profiles: Mapping[UserId, Profile]) -> Callable[[UserId], str]:
    """Return how people are spoken of in a sentence: by the first of their names."""
    return lambda user_id: profiles[user_id].name.split(" ")[0]


def _nobody(user_id: UserId) -> Profile:
    return Profile(user_id, username="", name="Guest" if is_guest(user_id) else "Someone")
