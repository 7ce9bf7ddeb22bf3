"""Storage from a loop that must never wait for it: one deed after the other, in a thread of the pool."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor

from ...errors import StorageDown
from ...ports import MediaStorage

log = logging.getLogger(__name__)

Deed = Callable[[MediaStorage], None]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
"""Seconds between two attempts while the storage is away."""


class Writer:
    """Does deeds in their order. With ``patience`` each is tried until it is done, else an attempt is all it gets.

    At most ``limit`` wait; who comes then is turned away.
    """

    def __init__(self, storage: MediaStorage, pool: Executor, *, limit: int, is_patient: bool) -> None:
        self._storage = storage
        self._pool = pool
        self._is_patient = is_patient
        self._deeds: asyncio.Queue[Deed] = asyncio.Queue(limit)
        self._task = asyncio.create_task(self._work())

    @property
    def waiting(self) -> int:
        """How many deeds wait for the one that is being done."""
        return self._deeds.qsize()

    def add(self, deed: Deed) -> bool:
        """Have something done; returns False when too much waits already."""
        try:
            self._deeds.put_nowait(deed)
        except asyncio.QueueFull:
            return False
        return True

    async def finish(self, within: float) -> None:
        """Wait until all is done, for so many seconds at most; what is left then is not done any more."""
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._deeds.join(), within)
        finally:
            self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            deed = await self._deeds.get()
            pause = FIRST_PAUSE
            while not await loop.run_in_executor(self._pool, self._is_done, deed) and self._is_patient:
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, 2 * pause)
            self._deeds.task_done()

    def _is_done(self, deed: Deed) -> bool:
        try:
            deed(self._storage)
        except StorageDown as down:
            log.warning("sound is not written yet: %s", down.reason)
            return False
        except Exception:
            # A mistake of ours would be the same the next time; what comes after it must be written all the same.
            log.exception("sound could not be written")
        return True
