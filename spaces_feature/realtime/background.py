"""The loops of a web process: pulse, backlog and hooks each second, the reconciler. Our first request starts them.

Nothing starts at import or at ``init_app``: a command line or a forking server would inherit threads that are dead.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from ..services.outside.hooks import Post, deliver_due
from ..services.planning.notifying import do_what_is_due
from ..services.pulse import Pulse
from ..services.reacting import write_reactions
from ..services.reconciling import Reconciler
from ..services.seams import Seams
from .backlog import Backlog
from .lines import Lines

log = logging.getLogger(__name__)

PULSE = 1.0
HOOKS = 1.0
MEASURES = 5.0
LOOK = 0.2
"""Seconds between two looks at the SFU: it may die and come back between two rounds, and sound must follow at once."""


class Rounds:
    """When the reconciler does its next round: after the interval, and at once when a room is missing."""

    def __init__(self, reconciler: Reconciler, interval: float) -> None:
        self._reconciler = reconciler
        self._interval = interval
        self._due_at = 0.0

    def turn(self) -> float:
        """Look, do a round if it is due, and return the seconds until the next look."""
        if time.monotonic() >= self._due_at or self._reconciler.misses_room():
            is_up = self._reconciler.round()
            self._due_at = time.monotonic() + (self._interval if is_up else 0.0)
        return min(LOOK, self._interval)


class Background:
    """Starts the loops once per process, in the concurrency of the host's Socket.IO server.

    Without ``post`` this process sends no hook its messages.
    """

    def __init__(self, app: Flask, seams: Seams, socketio: Any | None, holder: str, post: Post | None = None) -> None:
        self._app = app
        self._seams = seams
        self._socketio = socketio
        self._holder = holder
        self._post = post
        self._pid = 0
        self._lock = threading.Lock()
        self._stopping = False

    def ensure(self) -> None:
        """Start the loops unless this process runs them already."""
        with self._lock:
            if self._pid == os.getpid() or self._stopping:
                return
            self._pid = os.getpid()
        pulse = Pulse(self._seams)

        def beat() -> float:
            pulse.beat()
            return PULSE

        def errand() -> float:
            return 0.0 if do_what_is_due(self._seams) else PULSE

        def write_down() -> float:
            self._seams.meter.flush(self._seams)
            write_reactions(self._seams)
            return MEASURES

        self._start(self._loop, "pulse", beat)
        self._start(self._loop, "errands", errand)
        self._start(self._loop, "measures", write_down)
        if (post := self._post) is not None:

            def deliver() -> float:
                deliver_due(self._seams, post)
                return HOOKS

            self._start(self._loop, "hooks", deliver)
        if self._socketio is not None and self._socketio.server is not None:
            server = self._socketio.server
            watch = Backlog(server, self._seams.config.url_prefix, Lines.of(server))
            self._start(self._loop, "backlog", watch.turn)
        if self._seams.config.reconcile_in_process:
            reconciler = Reconciler(self._seams, f"{self._holder}-{self._pid}")
            self._start(self._loop, "reconciler", Rounds(reconciler, self._seams.config.reconcile_interval).turn)

    def stop(self) -> None:
        """Let the loops end after their present turn, and write down what was counted since the last one."""
        self._stopping = True
        if self._pid == os.getpid():
            with self._app.app_context():
                self._seams.meter.flush(self._seams)
                write_reactions(self._seams)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        if self._socketio is not None:
            self._socketio.start_background_task(target, *args)
        else:
            threading.Thread(target=target, args=args, daemon=True).start()

    def _loop(self, name: str, turn: Callable[[], float]) -> None:
        """Run turns for the life of the process; a failing turn is logged and the next one follows."""
        sleep = self._socketio.sleep if self._socketio is not None else time.sleep
        while not self._stopping:
            pause = 1.0
            try:
                with self._app.app_context():
                    pause = turn()
            except Exception:
                log.exception("a turn of the %s failed", name)
            sleep(pause)
