"""Ears in a Space's room: as ``agent`` while sound only passes through, as ``egress`` while it is kept.

What clients say about being recorded follows the kind. On a change the second line hears before the first one leaves,
and voices go on where they were, so that nothing is missing between the two.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from ...domain.ids import Identity, RoomName
from ...domain.media import JoinGrant
from .line import Hear, Line, LineError
from .mixing import Samples

log = logging.getLogger(__name__)

LOOK_EVERY = 0.02
READY_LIMIT = 3.0
"""Seconds that a second line has to hear everybody; then it takes over with whom it hears."""
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 2.0
"""Seconds between two attempts to get into a room."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to hear, and whether openly."""

    room: RoomName
    is_keeping: bool


class Superseded(Exception):
    """Something else is wanted by now."""


class Hearing:
    """Dials, crosses over and dials again, as long as it is open."""

    def __init__(self, hear: Hear, grant: Callable[[bool], JoinGrant]) -> None:
        self._hear = hear
        self._grant = grant
        self._wanted: Wanted | None = None
        self._has_news = asyncio.Event()
        self._line: Line | None = None
        self._waiting: dict[Identity, tuple[Identity, Samples, float, int]] = {}
        self._as: Wanted | None = None
        self._complaint: tuple[RoomName, str] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_hearing(self) -> bool:
        """Whether there is a line to the room that is wanted."""
        return self._line is not None and not self._line.is_lost and self._room() == self._wanted_room()

    @property
    def is_open(self) -> bool:
        """Whether everybody's client can tell that the sound is kept: what comes in comes in openly."""
        return self.is_hearing and self._as is not None and self._as.is_keeping

    def start(self, wanted: Wanted) -> None:
        """Begin to hear."""
        self._wanted = wanted
        self._task = asyncio.create_task(self._stay())

    def want(self, wanted: Wanted) -> None:
        """Hear there, in that way. Cheap; the change takes its time."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._has_news.set()

    async def close(self) -> None:
        """Leave the room."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def _stay(self) -> None:
        pause = FIRST_PAUSE
        while True:
            if self._line is not None and self._line.is_lost:
                lost, self._line, self._as = self._line, None, None
                await lost.close()
            if self._line is None or self._as != self._wanted:
                pause = await self._change(pause)
            else:
                pause = FIRST_PAUSE
            await self._pause(pause if self._line is None else LONGEST_PAUSE)

    async def _change(self, pause: float) -> float:
        """Get a line as it is wanted; returns how long to wait before the next attempt if there is none."""
        wanted = self._wanted
        assert wanted is not None
        try:
            following = await self._dial(wanted)
        except Exception as error:
            # Whatever it is, the only thing to do is to try again; the grant is in none of these words.
            reason = str(error) if isinstance(error, LineError) else type(error).__name__
            if (wanted.room, reason) != self._complaint:
                self._complaint = wanted.room, reason
                log.warning("room %s: %s; it is tried until it can be", wanted.room, reason)
            return min(LONGEST_PAUSE, 2 * pause)
        if following is None:
            return FIRST_PAUSE
        leaving, self._line, self._as, self._complaint = self._line, following, wanted, None
        # The first line's last frame is over and the second's next one is to come: what lies between is here.
        for frame in self._waiting.values():
            self._hear(*frame)
        self._waiting = {}
        if leaving is not None:
            await leaving.close()
        return FIRST_PAUSE

    async def _dial(self, wanted: Wanted) -> Line | None:
        """Return a line that hears whom it should, None when another one is wanted by then."""
        line: Line
        self._waiting = {}

        def hear(identity: Identity, samples: Samples, made_at: float, source: int) -> None:
            # Only one line at a time: the other one is on its way in or out.
            if line is self._line:
                self._hear(identity, samples, made_at, source)
            elif not line.is_lost:
                self._waiting[identity] = (identity, samples, made_at, source)

        line = Line(hear, self._has_news.set)
        try:
            await line.open(self._grant(wanted.is_keeping))
            if self.is_hearing:
                await self._ready(line, wanted)
        except Superseded:
            await line.close()
            return None
        except BaseException:
            await line.close()
            raise
        return line

    async def _ready(self, line: Line, wanted: Wanted) -> None:
        """Wait until the second line hears whom it should, or the first one is lost."""
        until = asyncio.get_running_loop().time() + READY_LIMIT
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_EVERY)
            if self._wanted != wanted:
                raise Superseded
            if line.is_lost:
                raise LineError("the room was left again")
            if line.is_hearing or self._line is None or self._line.is_lost:
                return

    async def _pause(self, seconds: float) -> None:
        self._has_news.clear()
        if self._line is not None and (self._line.is_lost or self._as != self._wanted):
            return
        try:
            await asyncio.wait_for(self._has_news.wait(), seconds)
        except TimeoutError:
            return

    def _room(self) -> RoomName | None:
        return self._as.room if self._as is not None else None

    def _wanted_room(self) -> RoomName | None:
        return self._wanted.room if self._wanted is not None else None
