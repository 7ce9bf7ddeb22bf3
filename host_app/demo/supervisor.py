"""Runs the demo's programs: starts them in order, restarts what dies and stops everything in the opposite order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType

from host_app.demo.child import Child, Program, State
from host_app.demo.home import Home

#: Seconds between two looks at programs that are starting, and at our own parent.
BUSY_PAUSE, IDLE_PAUSE = 0.05, 1.0
#: A second Ctrl-C this many seconds after the first kills what has not stopped yet.
IMPATIENT_AFTER = 0.5
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs ``programs`` until it is asked to stop (SIGINT, SIGTERM, SIGHUP) or its parent ends.

    ``say`` receives the status lines, ``on_ready`` is called once, when every program can be used.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        home: Home,
        environment: Mapping[str, str],
        say: Callable[[str], None],
        on_ready: Callable[[], None],
    ) -> None:
        self._children = [Child(program, home, environment, say) for program in programs]
        self._say = say
        self._on_ready = on_ready
        self._is_ready = False
        self._stop_requested_at: float | None = None
        self._is_urgent = False
        self._parent = os.getppid()

    def run(self) -> None:
        """Returns when everything has been stopped on request. Raises DemoError when a program cannot be brought up."""
        with self._signals() as wake_up:
            try:
                while self._stop_requested_at is None and os.getppid() == self._parent:
                    self._step(time.monotonic())
                    _rest(wake_up, self._pause(time.monotonic()))
                self._say("Stopping.")
            finally:
                for child in reversed(self._children):
                    child.stop(is_urgent=lambda: self._is_urgent)

    def _step(self, now: float) -> None:
        for child in self._children:
            child.step(now)
            if not child.lets_next_start:
                return
        if not self._is_ready:
            self._is_ready = True
            self._on_ready()

    def _pause(self, now: float) -> float:
        pauses = [IDLE_PAUSE]
        for child in self._children:
            if child.state is State.STARTING:
                pauses.append(BUSY_PAUSE)
            elif child.state is State.PAUSING:
                pauses.append(max(0.0, child.restart_at - now))
        return min(pauses)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        # Every signal writes a byte here, so that a death or a Ctrl-C ends the pause at once.
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        wake_up_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, self._request_stop) for number in _STOP_SIGNALS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            yield reader
        finally:
            for number, action in before.items():
                signal.signal(number, action)
            signal.set_wakeup_fd(wake_up_before)
            reader.close()
            writer.close()

    def _request_stop(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._stop_requested_at is None:
            self._stop_requested_at = now
        # make repeats a signal that its whole group has received already: only a later Ctrl-C shows impatience.
        elif number == signal.SIGINT and now - self._stop_requested_at > IMPATIENT_AFTER:
            self._is_urgent = True


def _rest(wake_up: socket.socket, seconds: float) -> None:
    select.select([wake_up], [], [], seconds)
    with contextlib.suppress(BlockingIOError):
        while wake_up.recv(256):
            pass
