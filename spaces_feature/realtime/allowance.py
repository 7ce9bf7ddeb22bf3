"""How much of something is left to one client: so many at once, so many a second from then on."""

from __future__ import annotations

import time


class Allowance:
    """A bucket of ``burst`` that fills up by ``rate`` a second. Two threads at once may take one more, or one less."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._left = self._burst = float(burst)
        self._at = time.monotonic()

    def take(self) -> bool:
        """Take one; False when none is left."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
