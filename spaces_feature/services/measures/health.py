"""What this process last heard of the SFU's health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ...errors import Unavailable
from ...ports import MediaServer

FRESH = timedelta(seconds=2)


class Health:
    """Remembers the last look at the SFU's health URL, so that a join does not pay for one."""

    def __init__(self, media: MediaServer, clock: Callable[[], datetime]) -> None:
        self._media = media
        self._clock = clock
        self._is_up = True
        self._seen_at: datetime | None = None

    def look(self) -> bool:
        """Ask the SFU now, and remember."""
        self._is_up = self._media.is_up()
        self._seen_at = self._clock()
        return self._is_up

    def is_up(self) -> bool:
        """Return what is known, asking again when that is older than two seconds or was bad news."""
        if not self._is_up or self._seen_at is None or self._clock() - self._seen_at > FRESH:
            return self.look()
        return True

    @property
    def seems_up(self) -> bool:
        """What was heard last, without asking."""
        return self._is_up

    def require(self) -> None:
        """Raise Unavailable ``media_unavailable`` while the SFU is away."""
        if not self.is_up():
            raise sound_is_away()


def sound_is_away() -> Unavailable:
    """The refusal for everything that needs the SFU right now."""
    return Unavailable(
        "media_unavailable", "Sound is not available right now.", "We keep trying; so can you.", retry_after=1
    )
