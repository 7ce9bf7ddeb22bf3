"""What is made of one Space's sound: the broadcast, what is kept, both or neither; whose voices are in which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from math import ceil, inf

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
END_LIMIT = 60.0
"""Seconds that what was kept has to get into storage while the Space goes on."""
MOMENT = 0.2


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
        self._ended: KeptRendition | None = None
        self._ending: asyncio.Task[None] | None = None
        self._spans: list[tuple[int, int]] = []

    @property
    def kept_last_n(self) -> int | None:
        """The newest kept number that is in storage."""
        kept = self.kept or self._ended
        return kept.last_n if kept is not None else self._last_ns["kept"]

    @property
    def written_ms(self) -> float:
        """Up to which millisecond all that is kept is in storage; infinite where nothing is on its way."""
        if self.kept is None and self._ended is None:
            return inf
        return 0.0 if self.kept_last_n is None else begins_ms(self.kept_last_n + 1)

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
        recording, and theirs a yes to clips. It begins a frame later still, for a frame holds half of the next one.
        """
        since = now if self.kept is None else (first_frame(number_of(now) + 1) + 1) * FRAME
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
        """Whether sound is to be kept for something that nobody was told of yet, and what was kept is written."""
        return self._ended is None and self._wishes.keeps not in ("", refused, self._kept_for)

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

    def keep(self, keeps: str, from_ms: int, now: int) -> Turns:
        """Keep what is said from now on (a sample); the first segment is the one that holds ``from_ms``.

        Returns the turns that another recorder may have left untold.
        """
        first, owed = number_of(from_ms * RATE // 1000), Found()
        if self.kept is None:
            found, self._found = self._found or Found(), None
            owed = found
            self.kept = KeptRendition(
                self._wishes.kept_path, self._wishes.began_at, self._storage, self._pool, found, first, self._lost
            )
            self.kept.hold(self._spans)
            self._kept_from = now
            self._limiters["kept"] = Limiter()
        if keeps == Keeping.RECORDING:
            self.kept.record(first)
        self._kept_for = keeps
        return list(owed.turns)

    def hush(self) -> Turns:
        """End all turns; returns them."""
        return self._talk.leave()

    def stop_keeping(self) -> None:
        """Keep nothing more, which was meant so; what is complete is written beside, and nobody waits for it."""
        self._end_kept(END_LIMIT, is_over=True)

    async def close(self, within: float, *, is_final: bool) -> None:
        """End both; the broadcast's files go with it unless somebody goes on."""
        live, self._live = self._live, None
        self._end_kept(within, is_over=is_final)
        ending = {*self._closing, *([self._ending] if self._ending is not None else [])}
        if live is not None:
            ending.add(asyncio.create_task(live.remove(within) if is_final else live.finish(within)))
        if ending:
            _, late = await asyncio.wait(ending, timeout=within + MOMENT)
            for task in late:
                task.cancel()
        if live is not None:
            self._last_ns["live"] = live.last_n

    def _end_kept(self, within: float, *, is_over: bool) -> None:
        ended, self.kept = self.kept, None
        self._kept_for, self._found = "", None
        if ended is not None:
            self._ended = ended
            self._ending = asyncio.create_task(self._written(ended, within, is_over=is_over))

    async def _written(self, ended: KeptRendition, within: float, *, is_over: bool) -> None:
        """``is_over``: it was meant to end, and no other recorder goes on."""
        try:
            await ended.end(within, is_over=is_over)
        finally:
            self._last_ns["kept"] = ended.last_n
            self._ended = self._ending = None

    def _sum(self, name: str, step: Step, admitted: Mapping[Identity, int]) -> Wave:
        # A limiter each: what is kept must not even breathe with a voice that is not in it.
        return self._limiters[name].apply(mix(step, admitted))
