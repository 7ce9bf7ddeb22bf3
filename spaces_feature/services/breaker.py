"""Nothing that the host's ports do holds up the host's own pages twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

log = logging.getLogger(__name__)

SLOW = 0.5
PAUSE = 30.0

Answer = TypeVar("Answer")


class Breaker:
    """Lets calls through until one fails or takes over half a second; then none for half a minute.

    A call that is still out after half a second counts already: whoever comes meanwhile does without. ``timer`` returns
    seconds and never goes back.
    """

    def __init__(self, what: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._timer = timer
        self._lock = Lock()
        self._out: dict[object, float] = {}
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether calls are not let through now."""
        with self._lock:
            now = self._timer()
            return now < self._open_until or any(now - began > SLOW for began in self._out.values())

    def call(self, ask: Callable[[], Answer], instead: Answer) -> Answer:
        """Return what ``ask`` returns, or ``instead`` when it fails or is not let through. Never raises."""
        if self.is_open:
            return instead
        try:
            with self.watch():
                return ask()
        except Exception:
            log.exception("%s failed; pages go without for %s s", self._what, PAUSE)
            return instead

    @contextmanager
    def watch(self) -> Iterator[Callable[[], None]]:
        """Let the block through in any case; open for others when it fails or is slow. Raises what the block does.

        What it is given raises TimeoutError once the block is slow, for a block of many questions.
        """

        def hurry() -> None:
            if self._timer() - began > SLOW:
                raise TimeoutError(f"{self._what} took over {SLOW} s")

        ticket = object()
        began = self._timer()
        with self._lock:
            self._out[ticket] = began
        is_fine = False
        try:
            yield hurry
            is_fine = self._timer() - began <= SLOW
            if not is_fine:
                log.warning("%s took over %s s; pages go without for %s s", self._what, SLOW, PAUSE)
        finally:
            with self._lock:
                del self._out[ticket]
                if not is_fine:
                    self._open_until = self._timer() + PAUSE
