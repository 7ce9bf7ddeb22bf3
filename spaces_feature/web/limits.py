"""Rate limits per member, counted by the ``limits`` library. A counter that fails lets the request through."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from ..domain.ids import UserId
from ..errors import Limited

log = logging.getLogger(__name__)

PER_HOUR = {"start": 5}
"""What succeeded; each try counts as a command."""
PER_MINUTE = {
    # On a host with plain page loads every page is a join.
    "join": 60,
    "request": 6,
    "microphone": 120,
    "command": 60,
    "read": 600,
}


class RateLimits:
    """The limits of one app. ``factor`` multiplies them all; 0 switches them off."""

    def __init__(self, storage: str, factor: float) -> None:
        self._limiter = FixedWindowRateLimiter(storage_from_string(storage))
        self._items: dict[str, RateLimitItem] = {}
        if factor > 0:
            self._items |= {name: RateLimitItemPerHour(math.ceil(n * factor)) for name, n in PER_HOUR.items()}
            self._items |= {name: RateLimitItemPerMinute(math.ceil(n * factor)) for name, n in PER_MINUTE.items()}

    def spend(self, name: str, user_id: UserId) -> None:
        """Count one try. Raises Limited with ``retry_after`` in seconds when the member had enough."""
        self._ask("command" if name in PER_HOUR else name, user_id, self._limiter.hit)

    def require_left(self, name: str, user_id: UserId) -> None:
        """Raise Limited when the member succeeded often enough with what is counted by successes; count nothing."""
        if name in PER_HOUR:
            self._ask(name, user_id, self._limiter.test)

    def count_success(self, name: str, user_id: UserId) -> None:
        """Count what succeeded, if it is counted that way; one too many, in a race, is done all the same."""
        if name in PER_HOUR:
            with suppress(Limited):
                self._ask(name, user_id, self._limiter.hit)

    def _ask(self, name: str, user_id: UserId, question: Callable[..., bool]) -> None:
        item = self._items.get(name)
        if item is None:
            return
        try:
            if question(item, "spaces", name, user_id):
                return
            resets_at = self._limiter.get_window_stats(item, "spaces", name, user_id).reset_time
        except Exception:
            log.exception("the rate limit %s could not be counted", name)
            return
        raise Limited(way_on="Then try again.", retry_after=max(1, math.ceil(resets_at - time.time())))
