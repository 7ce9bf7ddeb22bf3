"""One Space's sound, from its room to storage: heard, mixed by the clock, written in the renditions that are wanted.

Time is the capture's: a step of 100 ms is mixed a fixed while after it was, whatever has come by then. The pipeline
never touches the database; what happened is told to whoever has the Space in charge.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime
from math import inf
from typing import Any

from ...domain.grid import RATE, ms_between
from ...domain.ids import Identity, RoomName
from ...domain.media import JoinGrant
from ...ports import MediaStorage
from .hearing import Hearing, Wanted
from .loudness import STEP
from .mixing import Mixer, Samples
from .renditions import Renditions
from .seam import Told, Voices, Wishes
from .talking import Turns

__all__ = ["Pipeline", "Told", "Voices", "Wishes"]

log = logging.getLogger(__name__)

HOLD = 0.300
"""Seconds that a step waits for its sound: a frame of 100 ms, the longest buffer, and a busy moment."""
SKIP = 3.0
"""Seconds after which there is no catching up: the process was stopped, or has far too much to do."""
CLOSE_LIMIT = 2.0
FORGET_AFTER = 30.0
MARGIN_MS = 300
"""Who takes their voice back is taken out of so much before and after a turn of theirs, too."""


class Pipeline:
    """Begins with ``start``, is told of news by ``follow``, ends with ``close``. Lives in one event loop."""

    def __init__(
        self,
        capture: Wishes,
        storage: MediaStorage,
        grant: Callable[[bool], JoinGrant],
        pool: Executor,
        tell: Told,
        *,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``grant`` returns one for a line that keeps or not, each with an identity of its own; it may not wait.

        ``pool`` is where storage is waited for. The wall clock is read once: nobody's correction of it moves the sound.
        """
        self.lag_s = 0.0
        self._capture = capture
        self._tell = tell
        self._monotonic = monotonic
        self._zero = monotonic() - ms_between(capture.began_at, wall()) / 1000
        self._mixer = Mixer(max(0, self._sample_now() // STEP * STEP))
        self._hearing = Hearing(self._hear, grant)
        self._renditions = Renditions(capture, storage, pool, self._lost, self._live_is_ready)
        self._asks: asyncio.Task[None] | None = None
        self._refused = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._untold: Turns = []
        self._clock: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_hearing(self) -> bool:
        """Whether there is a line to the room. Nobody needs to speak."""
        return self._hearing.is_hearing

    @property
    def is_keeping(self) -> bool:
        """Whether sound is being kept now."""
        return self._renditions.kept is not None

    @property
    def now_ms(self) -> float:
        """How many milliseconds of the capture are over, by the clock of the sound."""
        return self._sample_now() * 1000 / RATE

    @property
    def is_stuck(self) -> bool:
        """Whether what is kept has not got into storage for some seconds. It waits, and may yet be lost."""
        return self._renditions.kept is not None and self._renditions.kept.is_stuck

    @property
    def kept_last_n(self) -> int | None:
        """The newest kept number that is in storage, of this pipeline's."""
        return self._renditions.kept_last_n

    @property
    def live_last_n(self) -> int | None:
        """The newest live number that is in storage."""
        return self._renditions.live_last_n

    @property
    def last_n(self) -> int | None:
        """The newest number in storage, of what is dearest."""
        return self.live_last_n if self.kept_last_n is None else self.kept_last_n

    def holds(self, spans: list[tuple[int, int]]) -> None:
        """Let nothing go of these stretches, in milliseconds of the capture; replaces what was held before."""
        self._renditions.hold(spans)

    async def start(self) -> None:
        """Begin to hear and to mix; the room may come later."""
        self._loop = asyncio.get_running_loop()
        self._renditions.follow(self._capture, self._sample_now())
        self._hearing.start(self._wanted(self._capture.room))
        self._clock = asyncio.create_task(self._mix())

    async def follow(self, capture: Wishes, stage: Voices) -> None:
        """Take in what is wanted now and who may be kept: from this sample on for who may, at once for who may not."""
        was, self._capture = self._capture, capture
        self._renditions.admit(stage.kept, self._sample_now())
        if capture.keeps != was.keeps:
            self._refused = ""
            if not capture.keeps:
                self._stop_keeping()
        self._renditions.follow(capture, self._sample_now())
        self._hearing.want(self._wanted(stage.room))

    async def close(self, *, is_final: bool) -> None:
        """Write what is complete and leave the room. ``is_final``: nobody goes on, and the broadcast is gone."""
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.wait([self._clock])
        if self._asks is not None:
            self._asks.cancel()
        if self._sample_now() - self._mixer.mixed > SKIP * RATE:
            self._skip()
        while self._mixer.mixed + STEP <= self._sample_now():
            self._step()
        self._untold += self._renditions.hush()
        try:
            await asyncio.gather(
                self._hearing.close(), self._renditions.close(CLOSE_LIMIT, is_final=is_final), return_exceptions=True
            )
        finally:
            self._tell_turns(inf)
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=CLOSE_LIMIT)

    def _wanted(self, room: RoomName) -> Wanted:
        return Wanted(room, bool(self._capture.keeps) and self._capture.keeps != self._refused)

    def _sample_now(self) -> int:
        return int((self._monotonic() - self._zero) * RATE)

    def _hear(self, identity: Identity, samples: Samples, made_at: float, source: int) -> None:
        self._mixer.hear(identity, samples, round((made_at - self._zero) * RATE), source)

    async def _mix(self) -> None:
        while True:
            due = self._zero + (self._mixer.mixed + STEP) / RATE + HOLD
            early = due - self._monotonic()
            if early > 0:
                self.lag_s = 0.0
                await asyncio.sleep(early)
                continue
            if self.lag_s:
                # However late: those who bring the sound have their turn between two steps.
                await asyncio.sleep(0)
            self.lag_s = -early
            if self.lag_s > SKIP:
                self._skip()
                log.warning("Space in room %s: %.1f s of sound are left out", self._capture.room, self.lag_s)
            begins = self._mixer.mixed
            try:
                self._step()
            except Exception:
                log.exception("a step of sound is lost")
                # Whatever it was that could not be mixed: the next one may be, and time goes on.
                self._mixer.skip_to(begins + STEP)

    def _skip(self) -> None:
        self._mixer.skip_to((self._sample_now() - int(HOLD * RATE)) // STEP * STEP)

    def _step(self) -> None:
        step = self._mixer.step()
        self._untold += self._renditions.take(step)
        self._tell_turns(self._renditions.written_ms)
        if step.begins % (RATE * 10) == 0:
            self._mixer.forget_silent(FORGET_AFTER)
        if self._hearing.is_open and self._asks is None and self._renditions.wants_to_keep(self._refused):
            self._asks = asyncio.create_task(self._ask(self._capture.keeps))
            self._asks.add_done_callback(self._asked)

    async def _ask(self, keeps: str) -> None:
        """Keep, or keep for something else, once whoever is in charge has told everybody."""
        await self._renditions.look()
        from_ms = self._renditions.keeps_from(self._sample_now())
        is_wanted = await self._tell.began_keeping(from_ms)
        if not is_wanted:
            self._refused = keeps
        elif self._capture.keeps == keeps:
            self._untold += self._renditions.keep(keeps, from_ms, self._sample_now())

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asks = None
        if not task.cancelled() and task.exception() is not None:
            log.error("sound is not kept", exc_info=task.exception())
            self._refused = self._capture.keeps

    def _stop_keeping(self) -> None:
        if self._asks is not None:
            self._asks.cancel()
        self._untold += self._renditions.hush()
        self._renditions.stop_keeping()

    def _tell_turns(self, written_ms: float) -> None:
        """Tell who talked in what is in storage: whoever has their voice taken out then finds all of it there."""
        told = [turn for turn in self._untold if turn[2] + MARGIN_MS <= written_ms]
        if told:
            self._untold = [turn for turn in self._untold if turn not in told]
            self._say(self._tell.turns(told))

    def _lost(self, first: int, last: int) -> None:
        self._say(self._tell.gap(first, last))

    def _live_is_ready(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(lambda: self._say(self._tell.live_ready()))

    def _say(self, telling: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(telling)
        self._tasks.add(task)
        task.add_done_callback(self._said)

    def _said(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("what happened to the sound could not be told", exc_info=task.exception())
