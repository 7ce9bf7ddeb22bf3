"""The rendition that is kept: for a recording, where nothing may be lost in silence, or for clips, where it passes.

What a segment is kept for stands in its sidecar: ``passes`` says that it goes when it is 45 s old, ``ends`` that what
follows it was not meant to be kept. So a recorder that comes after another's death knows what is missing.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime

from ...domain.grid import name_of, number_at, number_in
from ...domain.ids import Identity
from ...ports import MediaStorage
from .encoding import silence
from .mixing import SILENT_DB
from .rendition import JSON_TYPE, Rendition, sidecar_name, to_json
from .segmenting import STEPS, Segment
from .talking import STEP_MS, Talk
from .writing import Writer

WINDOW = 45
"""Seconds of sound that a Space with clips, but without a recording, has at a time."""
RECENT = 60
RECENT_NAME = "recent.json"
WAITING = 300
"""Segments that wait in memory while the storage is away; what comes then is lost, and marked so."""
STUCK = 10
"""Deeds that wait when the storage has been away for so many seconds."""
OWED = 6
"""Seconds of which a recorder that was killed may not have told who talked."""


@dataclass(frozen=True, slots=True)
class Found:
    """What another recorder left: the newest number (None: nothing), whether it goes on, and what only passes.

    ``turns`` are of its last seconds, of which it may not have told.
    """

    last: int | None = None
    is_open: bool = False
    passing: tuple[int, ...] = ()
    turns: tuple[tuple[Identity, int, int], ...] = ()


def look(storage: MediaStorage, path: str) -> Found:
    """Return what lies in a kept folder. Raises StorageDown."""
    folder = path.rstrip("/") + "/"
    numbers = sorted({number for key in storage.keys(folder) if (number := number_in(key)) is not None})
    if not numbers:
        return Found()
    # Whatever passes is the newest: a window's length, and a little for what was waiting to be deleted.
    facts = {number: _facts(storage.get(folder + sidecar_name(number))) for number in numbers[-2 * WINDOW :]}
    newest = facts[numbers[-1]]
    passing = tuple(number for number, known in facts.items() if known.get("passes"))
    turns = _turns({number: facts[number].get("levels") for number in numbers[-OWED:]})
    return Found(numbers[-1], not newest.get("passes") and not newest.get("ends"), passing, turns)


def _turns(levels: Mapping[int, object]) -> tuple[tuple[Identity, int, int], ...]:
    """Who talked in segments, by the levels beside them."""
    talk, turns = Talk(), []
    for number, rows in levels.items():
        known = rows if isinstance(rows, dict) else {}
        heard = {Identity(who): row for who, row in known.items() if isinstance(row, list) and len(row) == STEPS}
        for place in range(STEPS):
            step = {who: row[place] for who, row in heard.items()}
            turns += talk.follow(step, number * 1000 + place * STEP_MS)
    return (*turns, *talk.leave())


def _facts(sidecar: bytes | None) -> dict[str, object]:
    try:
        facts = json.loads(sidecar or b"{}")
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


class KeptRendition(Rendition):
    """The voices that agreed."""

    def __init__(
        self,
        path: str,
        began_at: datetime,
        storage: MediaStorage,
        pool: Executor,
        found: Found,
        first_n: int,
        lost: Callable[[int, int], None],
    ) -> None:
        """Nothing before ``first_n`` is written. ``found`` is what lies there already.

        ``lost`` is told which numbers became silence, first and last.
        """
        super().__init__(path, began_at, Writer(storage, pool, limit=WAITING, is_patient=True))
        self._lost = lost
        self._passing = deque(found.passing)
        self._held: list[tuple[int, int]] = []
        self._recording: tuple[int, int | None] | None = None
        self._due: int | None = None
        self._has_begun = False
        self._recent: deque[Segment] = deque(maxlen=RECENT)
        self._floor = first_n if found.last is None else max(first_n, found.last + 1)
        self._found = found

    @property
    def is_stuck(self) -> bool:
        """Whether what is kept does not get into storage."""
        return self._writer.waiting > STUCK

    def record(self, from_n: int) -> None:
        """From this number on nothing passes. What another recorder left open is gone on with."""
        self._recording = (from_n, None)
        self._has_begun = self._found.is_open and self._found.last is not None
        self._due = (self._found.last or 0) + 1 if self._has_begun else max(from_n, self._floor)
        self._found = Found()

    def let_pass(self, from_n: int) -> None:
        """From this number on everything passes."""
        if self._recording is not None and self._recording[1] is None:
            self._recording = (self._recording[0], from_n - 1)
        self._due = None
        self._found = Found()

    def hold(self, spans: list[tuple[int, int]]) -> None:
        """Keep these stretches, in milliseconds of the capture, for as long as they are given."""
        self._held = [(number_at(since), number_at(until)) for since, until in spans]

    async def end(self, within: float, *, is_over: bool) -> None:
        """Write what is complete. ``is_over``: nothing follows, so that what only passes goes, unless it is held."""
        if self._segmenter is not None:
            ending, self._segmenter = self._segmenter.finish(), None
            self._pass_on(ending[:-1])
            self._floor = ending[-1].number + 1
            self._write(ending[-1], ends=is_over)
        if is_over:
            self._drop({one for one in self._passing if not self._is_held(one)})
            self._writer.add(lambda storage: storage.delete([self._key(RECENT_NAME)]))
        await self._writer.finish(within)

    def _write(self, segment: Segment, *, ends: bool = False) -> None:
        number = segment.number
        if self._due is not None and number > self._due:
            self._fill(self._due, number - 1, is_lost=self._has_begun)
        passes = not self._is_recorded(number)
        sidecar = self._sidecar(number, segment.levels)
        sidecar |= {"passes": True} if passes else {"ends": True} if ends else {}
        self._recent.append(segment)
        recent = self._recent_facts(number)
        if not self._writer.add(lambda storage: self._keep(storage, segment, sidecar, recent)):
            return
        if passes:
            self._passing.append(number)
        elif self._due is not None:
            self._due, self._has_begun = number + 1, True
        self._drop({one for one in self._passing if one <= number - WINDOW and not self._is_held(one)})

    def _keep(
        self, storage: MediaStorage, segment: Segment, sidecar: Mapping[str, object], recent: Mapping[str, object]
    ) -> None:
        self._put(storage, segment.number, segment.data, sidecar)
        storage.put(self._key(RECENT_NAME), to_json(recent), JSON_TYPE)

    def _fill(self, first: int, last: int, *, is_lost: bool) -> None:
        """Write silence for what is missing, and say so unless nothing was to be kept yet."""

        def write(storage: MediaStorage) -> None:
            for number in range(first, last + 1):
                self._put(storage, number, silence(number), self._sidecar(number, {}))

        if self._writer.add(write):
            self._due = last + 1
            if is_lost:
                self._lost(first, last)

    def _drop(self, numbers: set[int]) -> None:
        if not numbers:
            return
        keys = [self._key(name) for one in sorted(numbers) for name in (name_of(one), sidecar_name(one))]
        if self._writer.add(lambda storage: storage.delete(keys)):
            self._passing = deque(one for one in self._passing if one not in numbers)

    def _is_recorded(self, number: int) -> bool:
        if self._recording is None:
            return False
        first, last = self._recording
        return first <= number and (last is None or number <= last)

    def _is_held(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self._held)

    def _recent_facts(self, number: int) -> dict[str, object]:
        """Levels and peaks of the last minute, by number: whoever was lost in between leaves silence there."""
        by_number = {one.number: one for one in self._recent if one.number > number - RECENT}
        first = min(by_number)
        peaks: list[float] = []
        levels: dict[Identity, list[int]] = {identity: [] for one in by_number.values() for identity in one.levels}
        for place in range(first, number + 1):
            one = by_number.get(place)
            peaks += one.peaks if one else [0.0] * STEPS
            for identity, row in levels.items():
                row += one.levels.get(identity, [SILENT_DB] * STEPS) if one else [SILENT_DB] * STEPS
        return {"to_ms": (number + 1) * 1000, "step_ms": STEP_MS, "peaks": peaks, "levels": levels}
