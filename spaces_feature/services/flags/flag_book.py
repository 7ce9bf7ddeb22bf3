"""What this process knows of flags and kill switches: read at most once a second, kept while the store is down."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ...domain.rollout import Kill, State, Value
from ...flags import BY_KEY, required_by

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=1)
"""The least time between two readings of the store."""
FIRST = 1.0
"""Seconds that whoever comes during the very first reading waits for it."""
STALE = timedelta(seconds=2)
"""A request reads by itself when the pulse, which reads each second, has not for so long."""


class FlagStore(Protocol):
    """Where flags are kept; ``db/flag_store.py`` fills it. Every method may raise whatever its database does."""

    def stamp(self) -> object:
        """Return a value that changes whenever a flag or a kill switch does (one statement)."""
        ...

    def states(self) -> Mapping[str, State]:
        """Return what is decided about flags, by key; a flag of which nothing is decided is left out."""
        ...

    def kills(self) -> Mapping[str, Kill]:
        """Return the kill switches that are pressed, by key. Asks nothing that ``states`` needs."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """One reading. ``is_whole`` is false when flags could not be read, and are the last that could."""

    states: Mapping[str, State] = field(default_factory=dict)
    kills: Mapping[str, Kill] = field(default_factory=dict)
    stamp: object = None
    is_whole: bool = False


class FlagBook:
    """The flags of one app in one process. Nothing here raises, and no call that reads a flag writes a log line.

    ``coded`` is what every flag is when nobody decided. ``read_at`` is the last moment (UTC) at which the store
    answered, ``is_healthy`` whether it did when last asked.
    """

    def __init__(self, store: FlagStore, clock: Callable[[], datetime], coded: Mapping[str, Value]) -> None:
        self._store = store
        self._clock = clock
        self._coded = {key: State(key=key, default=value) for key, value in coded.items()}
        self._required = {key: required_by(key) for key in BY_KEY}
        self._page = Page()
        self._asked_at: datetime | None = None
        self._turn = threading.Lock()
        self.read_at: datetime | None = None
        self.is_healthy = True

    def state(self, key: str) -> State:
        """Return what holds for a flag."""
        return self._page.states.get(key) or self._coded[key]

    def coded(self, key: str) -> Value:
        """Return what a flag is when nobody decided."""
        return self._coded[key].default

    def is_known(self) -> bool:
        """Whether flags were ever read; without that every flag is what was coded."""
        return self._page.is_whole or bool(self._page.states)

    def killed(self, key: str) -> Kill | None:
        """Return the kill switch that lies over a flag, its own or one of a flag that it requires; the stronger one."""
        kills = self._page.kills
        if not kills:
            return None
        pressed = {kills[one] for one in (key, *self._required[key]) if one in kills}
        return Kill.END if Kill.END in pressed else Kill.NO_NEW if pressed else None

    def kills(self) -> Mapping[str, Kill]:
        """Return every kill switch that is pressed."""
        return self._page.kills

    def keep_up(self) -> None:
        """Read if nobody has for two seconds; what every reading of a flag begins with."""
        self._read(STALE)

    def refresh(self) -> None:
        """Read if nobody has for a second; what the pulse does."""
        self._read(PAUSE)

    def forget(self) -> None:
        """Let the next reading be at once: this process itself has just changed something."""
        self._asked_at = None

    def _read(self, pause: timedelta) -> None:
        now = self._clock()
        if self._asked_at is not None and abs(now - self._asked_at) < pause:
            return
        # Whoever comes meanwhile goes by what was read last, rather than wait for the database as well; only at the
        # very first there is nothing to go by, and a kill switch counts from the first request on.
        is_first = self.read_at is None and self.is_healthy
        if not self._turn.acquire(blocking=is_first, timeout=FIRST if is_first else -1):
            return
        try:
            if is_first and self.read_at is not None:
                return
            self._asked_at = now
            self._page = self._next()
            if self._page.is_whole:
                self.read_at = now
            self._note(self._page.is_whole)
        finally:
            self._turn.release()

    def _next(self) -> Page:
        last = self._page
        try:
            stamp = self._store.stamp()
            if last.is_whole and stamp == last.stamp:
                return last
            return Page(self._store.states(), self._store.kills(), stamp, is_whole=True)
        except Exception:
            # Kill switches are kept apart, so that what shuts things does not hang on what opens them.
            return Page(last.states, self._kills_alone(last), None)

    def _kills_alone(self, last: Page) -> Mapping[str, Kill]:
        try:
            return self._store.kills()
        except Exception:
            return last.kills

    def _note(self, is_healthy: bool) -> None:
        """Write a line when it changes, and only then."""
        if is_healthy is self.is_healthy:
            return
        self.is_healthy = is_healthy
        if is_healthy:
            log.info("flags can be read again")
        else:
            log.warning("flags cannot be read; what was read last holds, or what is coded")
