"""The recorder: one process that takes Spaces whose sound is wanted, as many as it can mix in time, and cuts clips.

Every Space it has is a lease in the database, for three seconds at a time. Whoever loses it stops; whoever takes it
goes on at the number that the clock says. While the database is away what is heard goes on, and what is kept waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from ...domain.ids import SpaceId
from ...domain.shedding import Part, may_broadcast, may_take, relief
from ...services.seams import Seams
from ...services.sound import capturing
from ...services.sound.sound_store import Capture, StageNow
from .charge import Charge, carried
from .desk import Desk
from .jobs import Jobs

log = logging.getLogger(__name__)

BUSY, IDLE = 0.5, 1.0
"""Seconds between two looks at what is wanted: who takes their consent back is out of what is kept within a second."""
STORAGE_THREADS = 8
LAG_FOR = 3.0
"""Seconds without a break in which sound is late before something goes."""
REST = 20.0
"""Seconds in time before a broadcast that was let go of comes back, and that a Space that was is left to others."""
ANSWER_LIMIT = 2.0
"""Seconds for the database to answer a look."""
LEASE_S = capturing.LEASE.total_seconds()
LONGEST_LEASE = timedelta(minutes=1)
"""One that ends later is from a clock that was set back since, and is nobody's."""
AT_ONCE = 4
"""Spaces taken at one look: whoever looks next takes the next ones."""
LAST_LOOK, POLITE = 0.5, 4.5
"""Seconds that the present look may still take at the end, and that all of the end may."""


@dataclass(frozen=True, slots=True)
class News:
    """What the database says at one look. ``held``: whose leases are still ours."""

    held: frozenset[SpaceId]
    captures: Mapping[SpaceId, Capture]
    stages: Mapping[SpaceId, StageNow]
    holds: Mapping[SpaceId, list[tuple[int, int]]]


def run(app: Flask, seams: Seams) -> None:
    """Record until SIGTERM or SIGINT; within five seconds of it this process is over, whatever does not answer."""
    asyncio.run(Recorder(app, seams, f"recorder-{secrets.token_hex(8)}").run())


@dataclass(slots=True)
class Lag:
    """How late the mixing has been without a break: the least of the last seconds, nothing before those are over."""

    _seen: deque[tuple[float, float]] = field(default_factory=deque)
    _since: float = 0.0

    def note(self, now: float, lag_ms: float) -> None:
        """Add a look."""
        if not self._seen:
            self._since = now
        self._seen.append((now, lag_ms))
        while self._seen[0][0] < now - LAG_FOR:
            self._seen.popleft()

    def lasting(self, now: float) -> float:
        """Milliseconds."""
        if not self._seen or now - self._since < LAG_FOR:
            return 0.0
        return min(lag_ms for _, lag_ms in self._seen)

    def forget(self) -> None:
        """Something was let go of: see what it helps."""
        self._seen.clear()


class Recorder:
    """One process's candidate for every capture. ``holder`` names it in leases; ``monotonic`` counts seconds."""

    def __init__(
        self, app: Flask, seams: Seams, holder: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._seams = seams
        self._holder = holder
        self._monotonic = monotonic
        self._desk = Desk(app, seams)
        self._storage_threads = ThreadPoolExecutor(STORAGE_THREADS, thread_name_prefix="recorder-storage")
        self._charges: dict[SpaceId, Charge] = {}
        self._ending: dict[SpaceId, tuple[Charge, asyncio.Task[None]]] = {}
        self._left_alone: dict[SpaceId, float] = {}
        self._lag = Lag()
        self._relieved_at = -REST
        self._is_answered = True
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped, then leave politely: every Space can be taken at once by another recorder."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        jobs = Jobs(self._desk)
        cutting, working = asyncio.create_task(jobs.run()), asyncio.create_task(self._work())
        log.info("%s is there", self._holder)
        await self._stopped.wait()
        # A database or a storage that does not answer holds a thread, and Python waits for its threads.
        end = threading.Timer(POLITE, os._exit, [1])
        end.daemon = True
        end.start()
        cutting.cancel()
        jobs.close()
        await asyncio.wait([working], timeout=LAST_LOOK)
        working.cancel()
        await self.leave()
        log.info("%s has left", self._holder)

    async def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                await self.turn()
            except Exception:
                log.exception("a look at what is wanted failed; the next one follows")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), BUSY if self._charges else IDLE)

    async def turn(self) -> None:
        """Look once at what is wanted, and follow it. What goes wrong with one Space costs the others nothing."""
        ours = self._charges | {space_id: charge for space_id, (charge, _) in self._ending.items()}
        # Whoever is stopped meanwhile must not count from when they woke up: leases are counted from before the asking.
        asked = self._monotonic()
        try:
            news = await asyncio.wait_for(self._desk.ask(look, self._holder, list(ours)), ANSWER_LIMIT)
        except Exception as error:
            if self._is_answered:
                log.warning("the database does not answer (%s); sound goes on", type(error).__name__)
            self._is_answered = False
            for charge in ours.values():
                charge.ask_in_vain(asked + ANSWER_LIMIT + LEASE_S)
            return
        self._is_answered = True
        for space_id in news.held & ours.keys():
            ours[space_id].renew(asked + LEASE_S)
        for space_id, charge in list(self._charges.items()):
            await self._follow(charge, news, is_ours=space_id in news.held)
        await self._relieve()
        now = self._seams.clock()
        free = [one for one in news.captures.values() if not now < (one.expires_at or now) <= now + LONGEST_LEASE]
        for capture in free[:AT_ONCE]:
            await self._take(capture)

    async def _follow(self, charge: Charge, news: News, *, is_ours: bool) -> None:
        space_id, capture = charge.space_id, news.captures.get(charge.space_id)
        if capture is None or (is_ours and capture.is_ending):
            self._end(charge, charge.finish(capture))
        elif not is_ours:
            log.warning("Space %s is another recorder's now", space_id)
            self._end(charge, charge.drop())
        else:
            try:
                await charge.follow(capture, news.stages.get(space_id), news.holds.get(space_id, []))
            except Exception:
                log.exception("Space %s cannot be followed; whoever takes it begins anew", space_id)
                self._let_go(charge)

    async def _take(self, capture: Capture) -> None:
        """Take a capture that nobody has, if it can be mixed in time beside the others."""
        space_id, now = capture.space_id, self._monotonic()
        if space_id in self._charges or space_id in self._ending or self._left_alone.get(space_id, 0) > now:
            return
        lag_ms = self._lag.lasting(now)
        mine = [charge.carried() for charge in self._charges.values()]
        has_room = len(self._charges) < self._seams.config.recorder_spaces
        # What is over only has to be brought to its end; that costs next to nothing.
        if not capture.is_ending and not (has_room and may_take(lag_ms, mine, carried(capture))):
            return
        try:
            if not await self._desk.ask(capturing.claim, space_id, self._holder):
                return
            charge = Charge(
                capture,
                self._desk,
                self._holder,
                self._storage_threads,
                is_hushed=not may_broadcast(lag_ms),
                monotonic=self._monotonic,
            )
            charge.renew(now + LEASE_S)
            self._charges[space_id] = charge
            log.info("Space %s is taken", space_id)
            if capture.is_ending:
                self._end(charge, charge.finish(capture))
            else:
                await charge.start()
        except Exception:
            log.exception("Space %s cannot be taken", space_id)

    async def _relieve(self) -> None:
        """Let go of one thing when sound comes late for some seconds, and take a broadcast back when all is well."""
        now = self._monotonic()
        self._lag.note(now, max((charge.lag_ms for charge in self._charges.values()), default=0.0))
        lag_ms = self._lag.lasting(now)
        if may_broadcast(lag_ms):
            if now - self._relieved_at > REST and (hushed := [one for one in self._charges.values() if one.is_hushed]):
                hushed[0].is_hushed = False
                self._relieved_at = now
            return
        try:
            listeners = await self._desk.ask(capturing.listeners_by_segments)
        except Exception:
            listeners = {}
        goes = relief(lag_ms, [one.carried(listeners.get(one.space_id, 0)) for one in self._charges.values()])
        if goes is None or (goes.part is Part.RECORDING and len(self._charges) == 1):
            # Nobody else is in time for it; late as it is, it is whole.
            return
        charge = self._charges[goes.space_id]
        self._relieved_at = now
        self._lag.forget()
        log.warning("sound is %.0f ms late: the %s of Space %s goes", lag_ms, goes.part.name.lower(), goes.space_id)
        charge.is_hushed = charge.is_hushed or goes.part is Part.BROADCAST
        if not charge.carried().parts or goes.part is not Part.BROADCAST:
            self._let_go(charge)

    def _let_go(self, charge: Charge) -> None:
        now = self._monotonic()
        self._left_alone = {one: until for one, until in self._left_alone.items() if until > now}
        self._left_alone[charge.space_id] = now + REST
        self._end(charge, charge.hand_over())

    def _end(self, charge: Charge, how: Coroutine[Any, Any, None]) -> None:
        """End one Space beside the others; its lease is kept until that is done."""
        space_id = charge.space_id
        self._charges.pop(space_id, None)
        task = asyncio.create_task(how)
        self._ending[space_id] = charge, task
        task.add_done_callback(lambda _: self._ending.pop(space_id, None))

    async def leave(self) -> None:
        """Write what is complete and give every Space back."""
        for charge in list(self._charges.values()):
            self._end(charge, charge.hand_over())
        if self._ending:
            # One that waits for somebody's clip does not end by itself; another recorder waits on.
            await asyncio.wait([task for _, task in self._ending.values()], timeout=POLITE - 1.0)
        self._desk.close()
        self._storage_threads.shutdown(wait=False, cancel_futures=True)


def look(seams: Seams, holder: str, ours: list[SpaceId]) -> News:
    """Renew our leases, and return what is wanted and who has a voice: a few small statements."""
    held = capturing.hold_on(seams, holder, ours) if ours else frozenset()
    captures = {capture.space_id: capture for capture in capturing.captures(seams)}
    stages = capturing.stages(seams, held) if held else {}
    return News(held, captures, stages, capturing.holds(seams, held) if held else {})
