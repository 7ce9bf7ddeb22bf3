"""What is made of one Space's sound: the broadcast, what is kept, both or neither; whose voices are in which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from math import ceil

from ...domain.grid import FRAME, RATE, begins_ms, first_frame
from ...domain.ids import Identity
from ...domain.recording import Keeping
from ...errors import StorageDown
from ...ports import MediaStorage
from .keeping import Found, KeptRendition, look
from .loudness import STEP, Limiter, Wave
from .mixing import Step, mix
from .rendition import LiveRendition, number_of
from .seam import Wishes
from .talking import Talk, Turns

LOOK_AGAIN = 1.0
"""Seconds between two attempts to see what lies in storage."""


class Renditions:
    """Takes each step of sound, and passes on to each rendition what may be in it."""

    def __init__(
        self,
        wishes: Wishes,
        storage: MediaStorage,
        pool: Executor,
        lost: Callable[[int, int], None],
        live_is_ready: Callable[[], None],
    ) -> None:
        """``lost`` is told which kept numbers became silence; ``live_is_ready`` is called in a thread of ``pool``."""
        self.kept: KeptRendition | None = None
        self._wishes = wishes
        self._storage = storage
        self._pool = pool
        self._lost = lost
        self._live_is_ready = live_is_ready
        self._live: LiveRendition | None = None
        self._limiters = {name: Limiter() for name in ("live", "kept")}
        self._admitted: dict[Identity, int] = {}
        self._kept_for = ""
        self._kept_from = 0
        self._found: Found | None = None
        self._last_ns: dict[str, int | None] = {"live": None, "kept": None}
        self._talk = Talk()
        self._closing: set[asyncio.Task[None]] = set()
        self._spans: list[tuple[int, int]] = []

    @property
    def kept_last_n(self) -> int | None:
        """The newest kept number that is in storage."""
        return self.kept.last_n if self.kept is not None else self._last_ns["kept"]

    @property
    def live_last_n(self) -> int | None:
        """The newest live number that is in storage."""
        return self._live.last_n if self._live is not None else self._last_ns["live"]

    def follow(self, wishes: Wishes, now: int) -> None:
        """Begin or end the broadcast as it is wanted, and let pass what is not recorded any more from ``now`` on."""
        self._wishes = wishes
        if self.kept is not None and wishes.keeps != Keeping.RECORDING:
            self.kept.let_pass(number_of(now) + 1)
        # One that is being removed takes its folder with it: the next one waits for that.
        if wishes.wants_live and self._live is None and not self._closing:
            self._live = LiveRendition(
                wishes.live_path, wishes.began_at, self._storage, self._pool, self._live_is_ready
            )
        elif not wishes.wants_live and self._live is not None:
            ended, self._live = self._live, None
            self._closing.add(task := asyncio.create_task(ended.remove(10.0)))
            task.add_done_callback(self._closing.discard)

    def admit(self, identities: Iterable[str], now: int) -> None:
        """Keep these voices and no others: what they said before ``now`` (a sample) is not in it.

        While sound is kept a yes counts from the next segment on: the one that is being made may be the last of a
        recording, and theirs a yes to clips.
        """
        since = now if self.kept is None else first_frame(number_of(now) + 1) * FRAME
        self._admitted = {one: self._admitted.get(one, since) for one in map(Identity, identities)}

    def hold(self, spans: list[tuple[int, int]]) -> None:
        """Let nothing go of these stretches, in milliseconds of the capture."""
        self._spans = spans
        if self.kept is not None:
            self.kept.hold(spans)

    def take(self, step: Step) -> Turns:
        """Take 100 ms of sound; returns the turns of kept voices that ended."""
        if self._live is not None:
            everybody = dict.fromkeys(step.waves, step.begins)
            self._live.take(step.begins, self._sum("live", step, everybody), step.levels)
        if self.kept is None or step.begins + STEP <= self._kept_from:
            return []
        admitted = {one: max(since, self._kept_from) for one, since in self._admitted.items()}
        levels = {
            one: level for one, level in step.levels.items() if admitted.get(one, step.begins + STEP) <= step.begins
        }
        self.kept.take(step.begins, self._sum("kept", step, admitted), levels)
        return self._talk.follow(levels, step.begins * 1000 // RATE)

    def wants_to_keep(self, refused: str) -> bool:
        """Whether sound is to be kept for something that nobody was told of yet."""
        return self._wishes.keeps not in ("", refused, self._kept_for)

    async def look(self) -> None:
        """See what another recorder left in storage, however long that takes."""
        while self._found is None:
            try:
                self._found = await asyncio.get_running_loop().run_in_executor(
                    self._pool, look, self._storage, self._wishes.kept_path
                )
            except StorageDown:
                await asyncio.sleep(LOOK_AGAIN)

    def keeps_from(self, now: int) -> int:
        """Return from which millisecond on sound can be kept for something else than before, when it is ``now``."""
        return now * 1000 // RATE if self.kept is None else ceil(begins_ms(number_of(now) + 1))

    def keep(self, keeps: str, from_ms: int, now: int) -> None:
        """Keep what is said from now on (a sample); the first segment is the one that holds ``from_ms``."""
        first = number_of(from_ms * RATE // 1000)
        if self.kept is None:
            found, self._found = self._found or Found(), None
            self.kept = KeptRendition(
                self._wishes.kept_path, self._wishes.began_at, self._storage, self._pool, found, first, self._lost
            )
            self.kept.hold(self._spans)
            self._kept_from = now
            self._limiters["kept"] = Limiter()
        if keeps == Keeping.RECORDING:
            self.kept.record(first)
        self._kept_for = keeps

    def hush(self) -> Turns:
        """End all turns; returns them."""
        return self._talk.leave()

    async def end_keeping(self, within: float, *, is_over: bool) -> None:
        """Keep nothing more. ``is_over``: it was meant to end, and no other recorder goes on."""
        ended, self.kept = self.kept, None
        self._kept_for = ""
        self._found = None
        if ended is not None:
            await ended.end(within, is_over=is_over)
            self._last_ns["kept"] = ended.last_n

    async def close(self, within: float, *, is_final: bool) -> None:
        """End both; the broadcast's files go with it unless somebody goes on."""
        live, self._live = self._live, None
        ending = [self.end_keeping(within, is_over=is_final)]
        if live is not None:
            ending.append(live.remove(within) if is_final else live.finish(within))
        await asyncio.gather(*ending, *self._closing)
        if live is not None:
            self._last_ns["live"] = live.last_n

    def _sum(self, name: str, step: Step, admitted: Mapping[Identity, int]) -> Wave:
        # A limiter each: what is kept must not even breathe with a voice that is not in it.
        return self._limiters[name].apply(mix(step, admitted))
