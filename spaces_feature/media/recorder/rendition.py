"""One rendition of a Space's sound, written as it is made; and the one for who listens to segments.

Files lie in the rendition's own folder: ``init.mp4``, each segment as ``00000012.m4s`` and its levels as
``00000012.json``. Whoever lists a segment may rely on both.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import datetime

import numpy as np

from ...domain.grid import FRAME, RATE, first_frame, name_of, number_at, number_in
from ...domain.ids import Identity
from ...ports import MediaStorage
from .encoding import CONTENT_TYPE, Wave, init_segment
from .live_index import CONTENT_TYPE as INDEX_TYPE
from .live_index import NAME as INDEX
from .live_index import WINDOW, LiveIndex, moment_of
from .segmenting import Segment, Segmenter
from .talking import STEP_MS
from .writing import Writer

JSON_TYPE = "application/json"
LONGEST_HOLE = 2 * RATE
"""Samples that are missing in the middle and are written as silence; beyond it the rendition begins anew."""
LINGER = 6
"""For how many seconds a segment stays after it left the list: somebody may be fetching it."""


class Rendition(ABC):
    """What both have in common: samples in, complete segments to ``_write``. Begins where it is told to."""

    def __init__(self, path: str, began_at: datetime, writer: Writer) -> None:
        self.last_n: int | None = None
        self._path = path.rstrip("/")
        self._began_at = began_at
        self._writer = writer
        self._segmenter: Segmenter | None = None
        # Segments are written once: after a break within a second the rest of that second is silence.
        self._floor = 0

    def take(self, begins: int, wave: Wave, levels: Mapping[Identity, int]) -> None:
        """Take the samples from ``begins`` on, and who is how loud in them. Never waits."""
        if self._segmenter is None or begins - self._segmenter.end > LONGEST_HOLE:
            self._finish_run()
            first = max(begins, first_frame(self._floor) * FRAME)
            if first >= begins + len(wave):
                return
            self._segmenter = Segmenter(first)
        if (missing := begins - self._segmenter.end) > 0:
            self._pass_on(self._segmenter.add(np.zeros(missing, np.float32), {}))
        self._pass_on(self._segmenter.add(wave[self._segmenter.end - begins :], levels))

    async def finish(self, within: float) -> None:
        """Write what is complete, the last segment filled up with silence; waits for so many seconds at most."""
        self._finish_run()
        await self._writer.finish(within)

    @abstractmethod
    def _write(self, segment: Segment) -> None:
        """Have a complete segment written."""

    def _pass_on(self, segments: list[Segment]) -> None:
        for segment in segments:
            self._floor = segment.number + 1
            self._write(segment)

    def _finish_run(self) -> None:
        if self._segmenter is not None:
            self._pass_on(self._segmenter.finish())
            self._segmenter = None

    def _key(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _put(self, storage: MediaStorage, number: int, data: bytes, sidecar: Mapping[str, object]) -> None:
        if self.last_n is None:
            storage.put(self._key("init.mp4"), init_segment(), CONTENT_TYPE)
        storage.put(self._key(sidecar_name(number)), to_json(sidecar), JSON_TYPE)
        storage.put(self._key(name_of(number)), data, CONTENT_TYPE)
        self.last_n = number

    def _sidecar(self, number: int, levels: Mapping[Identity, list[int]]) -> dict[str, object]:
        return {"n": number, "at": moment_of(self._began_at, number), "step_ms": STEP_MS, "levels": dict(levels)}


class LiveRendition(Rendition):
    """The whole stage for who hears segments: eight are listed, and little more is ever there."""

    def __init__(
        self, path: str, began_at: datetime, storage: MediaStorage, pool: Executor, ready: Callable[[], None]
    ) -> None:
        """``ready`` is called, in a thread of the pool, when the first playlist is there."""
        super().__init__(path, began_at, Writer(storage, pool, limit=2 * WINDOW, is_patient=False))
        self._index = LiveIndex(began_at)
        self._ready: Callable[[], None] | None = ready
        self._there: set[int] = set()
        self._has_looked = False

    def _write(self, segment: Segment) -> None:
        sidecar = self._sidecar(segment.number, segment.levels)
        # In the writer's order, and with nobody else's hand on the list: what could not be written is not listed.
        self._writer.add(lambda storage: self._publish(storage, segment.number, segment.data, sidecar))

    async def remove(self, within: float) -> None:
        """Write nothing more and delete everything; waits for so many seconds at most."""
        self._segmenter = None
        self._writer.add(lambda storage: storage.delete(storage.keys(self._path + "/")))
        await self._writer.finish(within)

    def _publish(self, storage: MediaStorage, number: int, data: bytes, sidecar: Mapping[str, object]) -> None:
        if not self._has_looked:
            self._look(storage)
        if self._index.numbers and number <= self._index.numbers[-1]:
            return
        self._there.add(number)
        self._put(storage, number, data, sidecar)
        self._index.add(number)
        storage.put(self._key(INDEX), self._index.text().encode(), INDEX_TYPE)
        if self._ready is not None:
            self._ready()
            self._ready = None
        oldest = self._index.numbers[0]
        gone = {one for one in self._there if one < oldest and one <= number - WINDOW - LINGER}
        if gone:
            storage.delete([self._key(name) for one in sorted(gone) for name in (name_of(one), sidecar_name(one))])
            self._there -= gone

    def _look(self, storage: MediaStorage) -> None:
        """Go on where another recorder was lost."""
        text = storage.get(self._key(INDEX))
        if text is not None:
            self._index.go_on(text.decode("utf-8", "replace"))
        numbers = (number_in(key) for key in storage.keys(self._path + "/"))
        self._there = {number for number in numbers if number is not None}
        self._has_looked = True


def sidecar_name(number: int) -> str:
    """Return the name of the file that says who was how loud in a segment."""
    return f"{number:08d}.json"


def to_json(value: Mapping[str, object]) -> bytes:
    """Return a small file of facts."""
    return json.dumps(value, separators=(",", ":")).encode()


def number_of(sample: int) -> int:
    """Return the segment that holds a sample."""
    return number_at(sample * 1000 / RATE)
