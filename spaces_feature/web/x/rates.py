"""The X-compatible API's allowances, and the headers that every answer of it says them with.

Fixed windows, as X's: a window begins with its first call and ends for all of it at one moment, which the headers name.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from ...config import Config

log = logging.getLogger(__name__)

PER_WINDOW = 300
WINDOW = 15
"""Minutes."""
BRISK = frozenset({"creators"})
"""Calls of which a caller may make one a second, beside the window."""
AWAY = 1.0
"""Seconds for which a store of counts that failed is not asked again."""
QUIET = 60.0
"""Seconds between two lines in the log about it."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What a caller may do of one kind of call: in all, from now on, until when (Unix seconds); ``is_spent``: none."""

    limit: int
    remaining: int
    resets_at: int
    is_spent: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        """As X's headers."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(self.resets_at),
        }


class Rates:
    """The allowances of one app. ``SPACES_RATE_LIMIT_FACTOR`` multiplies them; with 0 nothing is counted."""

    def __init__(self, config: Config) -> None:
        self._limiter = FixedWindowRateLimiter(storage_from_string(config.rate_limit_storage))
        factor = config.rate_limit_factor
        self._counts = factor > 0
        self._window = RateLimitItemPerMinute(math.ceil(PER_WINDOW * (factor or 1)), WINDOW)
        self._second = RateLimitItemPerSecond(math.ceil(factor or 1))
        self._asked_again_at = self._said_again_at = 0.0

    def spend(self, call: str, caller: str | None) -> Quota:
        """Count one call and return what is left. None for ``caller`` is nobody whom a count could be kept of."""
        untouched = Quota(self._window.amount, self._window.amount, math.ceil(time.time()) + self._window.get_expiry())
        if caller is None or not self._counts or time.monotonic() < self._asked_again_at:
            return untouched
        try:
            if call in BRISK:
                quota = self._hit(self._second, call, caller)
                if quota.is_spent:
                    return quota
            return self._hit(self._window, call, caller)
        except Exception:
            self._asked_again_at = time.monotonic() + AWAY
            if time.monotonic() >= self._said_again_at:
                self._said_again_at = time.monotonic() + QUIET
                log.exception("the X-compatible API cannot count its calls; they go through until it can")
            return untouched

    def _hit(self, item: RateLimitItem, call: str, caller: str) -> Quota:
        is_left = self._limiter.hit(item, "spaces.x", call, caller)
        stats = self._limiter.get_window_stats(item, "spaces.x", call, caller)
        return Quota(item.amount, stats.remaining, math.ceil(stats.reset_time), is_spent=not is_left)
