"""When a pipeline keeps, and when it does not: with ears that hear a tone of the test's own, and no room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic

import numpy as np
import pytest

from spaces_feature.domain.grid import RATE, name_of, number_at, number_in
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.recorder import pipeline as module
from spaces_feature.media.recorder.fence import Fence
from spaces_feature.media.recorder.hearing import Wanted
from spaces_feature.media.recorder.line import Hear
from spaces_feature.media.recorder.loudness import STEP
from spaces_feature.media.recorder.pipeline import SKIP, Pipeline
from spaces_feature.testing.storage import FakeStorage

ADA = Identity("p_ada")
HOME, AWAY = RoomName("home"), RoomName("away")
FRAME = RATE // 10
SOON = 20.0


class Ears:
    """What ``hearing.Hearing`` is to a pipeline: in any room at once, where one member hums."""

    made: Ears

    def __init__(self, hear: Hear, grant: Callable[[bool], JoinGrant]) -> None:
        self.wanted: list[Wanted] = []
        self.is_closed = False
        self._hear = hear
        self._task: asyncio.Task[None] | None = None
        Ears.made = self

    @property
    def is_hearing(self) -> bool:
        return not self.is_closed

    @property
    def is_open(self) -> bool:
        return self.is_hearing and self.wanted[-1].is_keeping

    def start(self, wanted: Wanted) -> None:
        self.wanted.append(wanted)
        self._task = asyncio.create_task(self._hum())

    def want(self, wanted: Wanted) -> None:
        if wanted != self.wanted[-1]:
            self.wanted.append(wanted)

    async def close(self) -> None:
        self.is_closed = True
        if self._task is not None:
            self._task.cancel()

    async def _hum(self) -> None:
        hum = (9000 * np.sin(2 * np.pi * 500 * np.arange(FRAME) / RATE)).astype(np.int16)
        while True:
            self._hear(ADA, hum, monotonic() - 0.15, 1)
            await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def _ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Hearing", Ears)


@dataclass(frozen=True)
class Wish:
    """What is to be made."""

    began_at: datetime
    room: RoomName = HOME
    wants_live: bool = False
    keeps: str = ""
    live_path: str = "live/s/a"
    kept_path: str = "kept/s/a"


@dataclass(frozen=True)
class Stage:
    """Where, and who agreed."""

    room: RoomName = HOME
    kept: frozenset[str] = frozenset({ADA})


class Charge:
    """Who has the pipeline in charge."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []
        self.gaps: list[tuple[int, int]] = []
        self.talked: list[tuple[Identity, int, int]] = []
        self.is_live = 0

    async def began_keeping(self, from_ms: int) -> bool:
        self.asked.append(from_ms)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
        self.talked += turns

    async def gap(self, from_n: int, to_n: int) -> None:
        self.gaps.append((from_n, to_n))

    async def live_ready(self) -> None:
        self.is_live += 1


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Where storage is waited for."""
    with ThreadPoolExecutor(2) as threads:
        yield threads


class Play:
    """One pipeline under test, the clock that it reads, and its lease, which is there until it is taken."""

    def __init__(self, charge: Charge, pool: ThreadPoolExecutor) -> None:
        self.charge, self.storage, self.ahead = charge, FakeStorage(), 0.0
        self.wish = Wish(datetime.now(UTC) - timedelta(seconds=5))
        self.fence = Fence(self.storage, self.clock)
        self.fence.renew(inf)
        self.pipeline = Pipeline(
            self.wish, self.fence, lambda keeps: pytest.fail("nobody dials here"), pool, charge, monotonic=self.clock
        )

    def clock(self) -> float:
        return monotonic() + self.ahead

    async def follow(self, **wish: object) -> None:
        self.wish = replace(self.wish, **wish)  # type: ignore[arg-type]
        await self.pipeline.follow(self.wish, Stage(self.wish.room))

    async def until(self, happens: Callable[[], object]) -> None:
        """Follow until something is so; fails when it does not come."""
        ends = monotonic() + SOON
        while not happens():
            assert monotonic() < ends, "it did not happen"
            await self.pipeline.follow(self.wish, Stage(self.wish.room))
            await asyncio.sleep(0.05)

    def numbers(self, path: str = "kept/s/a/") -> list[int]:
        return [number for key in self.storage.keys(path) if (number := number_in(key)) is not None]


def run(pool: ThreadPoolExecutor, charge: Charge, play: Callable[[Play], Awaitable[None]]) -> Play:
    """Let a pipeline be played with."""

    async def begin() -> Play:
        played = Play(charge, pool)
        await played.pipeline.start()
        await play(played)
        return played

    return asyncio.run(begin())


def test_what_is_wanted_is_kept_once_everybody_is_told(pool: ThreadPoolExecutor) -> None:
    """The ears open, the answer is yes, and sound is kept from then to the end; who hummed is told."""

    async def play(play: Play) -> None:
        await play.follow(keeps="recording")
        assert Ears.made.wanted == [Wanted(HOME, False), Wanted(HOME, True)]
        await play.until(lambda: play.numbers())
        assert play.pipeline.is_keeping
        await play.pipeline.close(is_final=True)
        assert not play.pipeline.is_keeping
        assert Ears.made.is_closed

    played = run(pool, charge := Charge(True), play)
    assert len(charge.asked) == 1
    assert played.numbers()[0] == number_at(charge.asked[0])
    assert played.pipeline.kept_last_n == played.pipeline.last_n == played.numbers()[-1]
    assert {who for who, _, _ in charge.talked} == {ADA}
    assert charge.gaps == []


@pytest.mark.parametrize("answer", [False, RuntimeError("the one in charge made a mistake")])
def test_a_no_keeps_nothing(pool: ThreadPoolExecutor, answer: bool | Exception) -> None:
    """Refused or failed, nothing is kept and nobody is asked twice; the ears close. Another wish is asked for again."""

    async def play(play: Play) -> None:
        await play.follow(keeps="recording")
        await play.until(lambda: Ears.made.wanted[-1] == Wanted(HOME, False))
        mixed = play.pipeline._mixer.mixed
        await play.until(lambda: play.pipeline._mixer.mixed > mixed + 3 * STEP)
        assert not play.pipeline.is_keeping
        assert play.storage.keys("") == []
        assert len(play.charge.asked) == 1
        await play.follow(keeps="")
        await play.follow(keeps="recording")
        await play.until(lambda: play.pipeline.is_keeping)
        await play.pipeline.close(is_final=False)

    assert len(run(pool, Charge(answer, True), play).charge.asked) == 2


def test_keeping_ends_when_it_is_not_wanted(pool: ThreadPoolExecutor) -> None:
    """Once nothing is wanted all of it is written, and not a segment comes after; the broadcast goes on."""

    async def play(play: Play) -> None:
        await play.follow(keeps="recording", wants_live=True)
        await play.until(lambda: play.numbers())
        await play.follow(keeps="")
        assert not play.pipeline.is_keeping
        await play.until(lambda: play.pipeline._renditions._ended is None)
        kept, live = play.numbers(), play.pipeline.live_last_n
        assert kept[-1] == play.pipeline.kept_last_n
        assert Ears.made.wanted[-1] == Wanted(HOME, False)
        await play.until(lambda: (play.pipeline.live_last_n or 0) > (live or 0) + 1)
        assert play.numbers() == kept
        await play.pipeline.close(is_final=True)
        assert play.storage.keys("live") == []

    assert run(pool, charge := Charge(True), play).charge.is_live == 1
    assert charge.gaps == []


def test_a_recording_amid_clips_is_asked_for_anew(pool: ThreadPoolExecutor) -> None:
    """From clips to a recording: everybody is told again, and it begins with a whole segment."""

    async def play(play: Play) -> None:
        await play.follow(keeps="clips")
        await play.until(lambda: play.numbers())
        await play.follow(keeps="recording", room=AWAY)
        assert Ears.made.wanted[-1] == Wanted(AWAY, True)
        await play.until(lambda: len(play.charge.asked) == 2)
        first = play.charge.asked[1] // 1000
        await play.until(lambda: first in play.numbers())
        await play.pipeline.close(is_final=True)
        assert play.numbers()[0] == first

    run(pool, Charge(True, True), play)


def test_a_process_that_was_stopped_marks_what_it_missed(pool: ThreadPoolExecutor) -> None:
    """The clock jumps by ten seconds: they are silence with their numbers, told as lost, and sound goes on after."""

    async def play(play: Play) -> None:
        await play.follow(keeps="recording")
        await play.until(lambda: play.numbers())
        before = play.numbers()[-1]
        play.ahead = SKIP + 7
        await play.until(lambda: play.numbers()[-1] > before + 10)
        await play.pipeline.close(is_final=True)
        assert play.pipeline.lag_s < 1

    played = run(pool, charge := Charge(True), play)
    ((first, last),) = charge.gaps
    assert 8 <= last - first + 1 <= 10
    assert played.numbers() == list(range(played.numbers()[0], played.numbers()[-1] + 1))


def test_who_was_stopped_past_their_lease_writes_over_nothing(pool: ThreadPoolExecutor) -> None:
    """Stopped for ten seconds and woken: not a byte of what another recorder wrote meanwhile is changed, nor added to.

    Its loop is back before its next look at the database, which is what tells it that the Space is another's.
    """

    async def play(play: Play) -> None:
        await play.follow(keeps="recording", wants_live=True)
        # The list comes last: of this second nothing is on its way any more.
        await play.until(lambda: play.numbers() and play.storage.get("live/s/a/index.m3u8"))
        first = play.numbers()[-1]
        play.fence.renew(play.clock() + 3)
        play.ahead += 10
        for number in range(first, first + 15):
            for folder in ("kept/s/a", "live/s/a"):
                play.storage.put(f"{folder}/{name_of(number)}", b"another recorder's", "video/iso.segment")
        there = {key: play.storage.get(key) for key in play.storage.keys("")}
        for _ in range(12):
            await asyncio.sleep(0.2)
        play.fence.close()
        await play.pipeline.close(is_final=False)
        assert {key: play.storage.get(key) for key in play.storage.keys("")} == there

    run(pool, Charge(True), play)


def test_a_turn_is_told_once_it_is_in_storage(pool: ThreadPoolExecutor) -> None:
    """Whoever has their voice taken out when it is told finds all of it there: nothing of it is written afterwards."""
    late: list[tuple[int, int | None]] = []

    class Strict(Charge):
        async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
            await super().turns(turns)
            late.extend((to, played[0].pipeline.kept_last_n) for _, _, to in turns)

    played: list[Play] = []

    async def play(play: Play) -> None:
        played.append(play)
        await play.follow(keeps="recording")
        await play.until(lambda: late)
        play.storage.is_reachable = False
        told = len(late)
        await asyncio.sleep(2.5)
        assert len(late) <= told + 1
        play.storage.is_reachable = True
        await play.until(lambda: len(late) > told + 1)
        await play.follow(keeps="")
        await play.pipeline.close(is_final=True)

    run(pool, Strict(True), play)
    assert len(late) >= 3
    assert all(last is not None and last >= number_at(to) for to, last in late), late


def test_a_stop_waits_for_no_storage(pool: ThreadPoolExecutor) -> None:
    """The storage is away when nothing is wanted any more: that is taken in at once; all is written later.

    A recording that is wanted again begins when the first one is written.
    """

    async def play(play: Play) -> None:
        await play.follow(keeps="recording", wants_live=True)
        await play.until(lambda: play.numbers())
        play.storage.is_reachable = False
        await asyncio.sleep(1.5)
        began = monotonic()
        await play.follow(keeps="")
        assert monotonic() - began < 2.5
        stopped = int(play.pipeline._sample_now() / RATE)
        await play.follow(keeps="recording")
        await asyncio.sleep(0.3)
        assert len(play.charge.asked) == 1
        play.storage.is_reachable = True
        await play.until(lambda: len(play.charge.asked) == 2)
        await play.until(lambda: play.numbers()[-1] > stopped + 1)
        assert set(range(play.numbers()[0], stopped)) <= set(play.numbers())
        await play.pipeline.close(is_final=True)

    run(pool, charge := Charge(True, True), play)
    assert charge.gaps == []
