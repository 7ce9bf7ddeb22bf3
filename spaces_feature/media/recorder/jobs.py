"""What recorders cut beside mixing: clips, silence in the place of what was taken back, recordings as one file.

Each job is a row that was put off, not deleted: one that dies with its recorder is due again by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ...domain.grid import begins_ms, number_at
from ...domain.playlists import file_of
from ...domain.timeline import Timeline
from ...services.sound import sound_jobs
from ...services.sound.sound_jobs import Cutting
from . import cutting as knife
from .cutting import Read
from .desk import Desk
from .encoding import silence

log = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between two looks for something to cut: somebody waits for their clip."""
AT_ONCE = 8
READERS = 8
"""Segments that are fetched at the same time: a bucket far away answers each after some milliseconds."""
LAST_SEGMENT = 2.5
"""Seconds until the sound of this moment lies in a segment, for a clip that ends now."""
SEGMENT_TYPE = "video/iso.segment"


class Jobs:
    """Takes jobs and cuts. One per recorder; what is long does not stand in the way of what is short."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.seams.storage
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="recorder-read")
        self._short = ThreadPoolExecutor(1, thread_name_prefix="recorder-cut")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="recorder-join")
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Look for jobs until cancelled."""
        is_answered = True
        while True:
            try:
                found = await self._desk.ask(sound_jobs.jobs, AT_ONCE - len(self._under_way))
                is_answered = True
            except Exception as error:
                if is_answered:
                    log.warning("jobs cannot be read: %s", type(error).__name__)
                is_answered, found = False, []
            for one in found:
                task = asyncio.create_task(self._do(one))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            await asyncio.sleep(LOOK)

    def close(self) -> None:
        """Begin nothing more; what is not done is due again for whoever comes next."""
        for task in self._under_way:
            task.cancel()
        for threads in (self._short, self._long, self._readers):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _do(self, one: Cutting) -> None:
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            if one.job.kind == "clip":
                await self._wait_for_the_end(one)
                clip = await loop.run_in_executor(self._short, self._clip, one)
                await self._desk.insist(sound_jobs.job_done, one, duration_ms=clip.duration_ms, peaks=clip.peaks)
            else:
                is_long = one.job.kind == "download"
                await loop.run_in_executor(
                    self._long if is_long else self._short, self._download if is_long else self._quieten, one
                )
                await self._desk.insist(sound_jobs.job_done, one)
        except Exception as error:
            is_known = isinstance(error, knife.NothingKeptError)
            log.warning("the %s of Space %s is not cut", one.job.kind, one.job.space_id, exc_info=not is_known)
        else:
            log.info("the %s of Space %s took %.2f s", one.job.kind, one.job.space_id, time.monotonic() - began)

    async def _wait_for_the_end(self, one: Cutting) -> None:
        """A clip may end with this moment, and its last second is a segment only when it is over."""
        last = number_at(one.from_ms + one.duration_ms - 1)
        key = f"{one.source}/{file_of(last)}"
        limit = time.monotonic() + LAST_SEGMENT
        loop = asyncio.get_running_loop()
        while not _is_quiet(one, last) and time.monotonic() < limit:
            if await loop.run_in_executor(self._readers, self._storage.get, key) is not None:
                return
            await asyncio.sleep(0.1)

    def _clip(self, one: Cutting) -> knife.Clip:
        first, last = number_at(max(0, one.from_ms - 1000)), number_at(one.from_ms + one.duration_ms)
        clip = knife.clip(self._reader(one, range(first, last + 1)), one.from_ms, one.duration_ms, one.title)
        self._storage.put(f"{one.path}/clip.m4a", clip.m4a, knife.CONTENT_TYPE)
        return clip

    def _download(self, one: Cutting) -> None:
        numbers = [number for first, last in one.pieces for number in range(first, last + 1)]
        before = [numbers[0] - 1] if numbers and numbers[0] else []
        timeline = Timeline(one.pieces)
        chapters = [(timeline.at(begins_ms(number)), title) for number, title in one.chapters]
        whole = knife.download(self._reader(one, [*before, *numbers]), one.pieces, one.title, chapters)
        self._storage.put(f"{one.path}/recording.m4a", whole, knife.CONTENT_TYPE)

    def _quieten(self, one: Cutting) -> None:
        done = {number for first, last in one.quieted for number in range(first, last + 1)}
        todo = [number for first, last in one.quiet for number in range(first, last + 1) if number not in done]
        # What the app could not delete when it was taken back goes now, at the latest.
        self._storage.delete([f"{one.source}/{file_of(number)}" for number in todo])
        for number in todo:
            self._storage.put(f"{one.source}/{file_of(number, is_quiet=True)}", silence(number), SEGMENT_TYPE)

    def _reader(self, one: Cutting, numbers: Sequence[int]) -> Read:
        """Returns segments in the order of ``numbers``, some of them fetched ahead; taken back ones are not there."""
        ahead: deque[tuple[int, Future[bytes | None] | None]] = deque()
        rest: Iterator[int] = iter(numbers)

        def fetch(count: int) -> None:
            for number in islice(rest, count):
                key = f"{one.source}/{file_of(number)}"
                ahead.append((number, None if _is_quiet(one, number) else self._readers.submit(self._storage.get, key)))

        def read(wanted: int) -> bytes | None:
            while ahead and ahead[0][0] != wanted:
                ahead.popleft()
                fetch(1)
            if not ahead:
                return None if _is_quiet(one, wanted) else self._storage.get(f"{one.source}/{file_of(wanted)}")
            _, segment = ahead.popleft()
            fetch(1)
            return segment.result() if segment is not None else None

        fetch(2 * READERS)
        return read


def _is_quiet(one: Cutting, number: int) -> bool:
    return any(first <= number <= last for first, last in one.quiet)
