"""The recorder's ears and clock at a real SFU: every tone is where it was made, and nowhere else."""

from __future__ import annotations

import asyncio
import io
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

import av
import numpy as np
import pytest

from spaces_feature.domain.grid import RATE, begins_ms, number_in
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.livekit import LiveKit
from spaces_feature.media.recorder.encoding import Wave
from spaces_feature.media.recorder.pipeline import Pipeline
from spaces_feature.testing.media import MINUTE, SPEAKER
from spaces_feature.testing.storage import FakeStorage

from .mouths import Mouth, Spans, heard, talking
from .server import Sfu
from .sound import SoundLoop

# Up to three takes of half a minute.
pytestmark = pytest.mark.timeout(240)

#: Three talk by turns, one of whom says no; one hums all the time, and one hums in another room.
ADA, GRACE, ALAN, HUM, NEXT_DOOR = 400.0, 600.0, 900.0, 1300.0, 1700.0
KEPT = frozenset(f"p_{hz:.0f}" for hz in (ADA, GRACE, HUM))
ASKED, AGREED, ENDED, MOVED, LOST, OVER = 3.7, 7.6, 13.5, 17.9, 21.4, 26.4
NEAR, HOLE = 0.1, 0.04
#: Half a second in which a room is dialled, and a look before it; a busy machine takes longer.
SOON = 3.0
#: Seconds by which whatever is to run may be late on a machine on which a tenth of a second can be measured.
CALM = 0.05
TAKES = 3
#: Six who come at once keep the network from its pace for a moment.
SETTLED = 3.9


@dataclass(frozen=True)
class Wish:
    """What is to be made."""

    room: RoomName
    began_at: datetime
    wants_live: bool = True
    keeps: str = ""
    live_path: str = "live/s/a"
    kept_path: str = "kept/s/a"


@dataclass(frozen=True)
class Stage:
    """Where, and who agreed."""

    room: RoomName
    kept: frozenset[str] = KEPT


class Diary:
    """What the pipeline tells; it may keep once ``answer`` is set."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.talked: list[tuple[Identity, int, int]] = []
        self.gaps: list[tuple[int, int]] = []
        self.is_live = False
        self.answer = asyncio.Event()

    async def began_keeping(self, from_ms: int) -> bool:
        """Think about it for a while."""
        self.began.append(from_ms)
        await self.answer.wait()
        return True

    async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
        """Remember who talked."""
        self.talked += turns

    async def gap(self, from_n: int, to_n: int) -> None:
        """Remember what was lost."""
        self.gaps.append((from_n, to_n))

    async def live_ready(self) -> None:
        """Remember that there is a playlist."""
        self.is_live = True


class Archive(FakeStorage):
    """A storage that also remembers whatever was put there: of a broadcast little is there at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.ever: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write it."""
        super().put(key, data, content_type)
        self.ever[key] = data


@dataclass
class Take:
    """One Space as it was recorded; times are seconds since it began."""

    media: LiveKit
    rooms: list[RoomName]
    storage: Archive = field(default_factory=Archive)
    #: Who of ours was in the room while nothing was kept, while everybody was told, while it was kept, and afterwards.
    ours: list[list[str]] = field(default_factory=list)
    too_early: list[str] = field(default_factory=list)

    async def play(self) -> None:
        """Everybody talks; sound is kept for six seconds in the middle, then the Space moves to another room."""
        self.diary, zero = Diary(), time.monotonic()
        wish = Wish(self.rooms[0], datetime.now(UTC))
        patterns = {ADA: (0.0, 0.6), GRACE: (1.0, 1.6), ALAN: (0.4, 1.2), HUM: (0.0, 2.0), NEXT_DOOR: (0.0, 2.0)}
        mouths = [self._mouth(hz, on, off) for hz, (on, off) in patterns.items()]
        with talking(mouths, zero) as self.said, ThreadPoolExecutor(4) as pool:
            pipeline = Pipeline(wish, self.storage, lambda keeps: self._ear(wish.room, keeps), pool, self.diary)
            await pipeline.start()

            async def follow(until: float) -> None:
                while (left := zero + until - time.monotonic()) > 0:
                    await pipeline.follow(wish, Stage(wish.room))
                    await asyncio.sleep(min(0.5, left))

            await follow(ASKED)
            self._look()
            wish = replace(wish, keeps="recording")
            await follow(AGREED)
            self.too_early = self.storage.keys("kept")
            self.diary.answer.set()
            await follow(ENDED - 0.5)
            self._look()
            await follow(ENDED)
            wish = replace(wish, keeps="")
            await follow(MOVED)
            self._look()
            wish = replace(wish, room=self.rooms[1])
            await follow(LOST)
            for one in self.media.participants(wish.room):
                if one.is_ours:
                    self.media.remove(wish.room, one.identity)
            await follow(OVER)
            self.live = self._wave("live/s/a/")
            await pipeline.close(is_final=True)
        self.kept = self._wave("kept/s/a/")

    def _mouth(self, hz: float, on: float, off: float) -> Mouth:
        room = self.rooms[1 if hz == NEXT_DOOR else 0]
        grant = self.media.grant(room, Identity(f"p_{hz:.0f}"), SPEAKER, MINUTE)
        return Mouth(hz, on, off, grant.url, grant.token, mutes=hz == GRACE)

    def _ear(self, room: RoomName, is_keeping: bool) -> JoinGrant:
        identity = Identity(("egress-" if is_keeping else "agent-") + secrets.token_hex(4))
        return self.media.worker_grant(room, identity, is_keeping=is_keeping)

    def _look(self) -> None:
        there = self.media.participants(self.rooms[0])
        self.ours.append([one.identity.partition("-")[0] for one in there if one.is_ours])

    def _wave(self, path: str) -> Wave:
        """What was written, with silence before it, so that its clock is the take's."""
        ever = self.storage.ever
        keys = sorted(key for key in ever if key.startswith(path) and number_in(key) is not None)
        file = ever[path + "init.mp4"] + b"".join(ever[key] for key in keys)
        with av.open(io.BytesIO(file)) as container:
            sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        before = begins_ms(number_in(keys[0]) or 0) * RATE / 1000
        return np.concatenate((np.zeros(round(before), np.float32), sound))


@contextmanager
def waits() -> Iterator[list[float]]:
    """By how many seconds a thread that sleeps for 10 ms wakes too late, each time: how busy the machine is."""
    late: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            asleep = time.monotonic()
            time.sleep(0.01)
            late.append(time.monotonic() - asleep - 0.01)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield late
    finally:
        over.set()
        watcher.join()


@pytest.fixture(scope="module")
def take(sfu: Sfu, sound_loop: SoundLoop) -> Take:
    """A Space that was recorded. Where the machine itself stood still meanwhile, once more: that proves nothing."""
    media = sfu.media()
    for _ in range(TAKES):
        rooms = [RoomName("test-" + secrets.token_hex(6)) for _ in range(2)]
        for room in rooms:
            media.create_room(room)
        played = Take(media, rooms)
        with waits() as late:
            sound_loop.run(played.play(), within=60)
        for room in rooms:
            media.delete_room(room)
        if max(late) < CALM:
            break
    return played


@pytest.mark.parametrize("hz", [ADA, GRACE, ALAN])
def test_every_tone_is_where_it_was_made(take: Take, hz: float) -> None:
    """What was said begins within 100 ms of when it did, whole and once, in the broadcast and in what is kept."""
    said = [(begin, end) for begin, end in _joined(take.said[hz]) if SETTLED < begin < MOVED - 1.5]
    assert len(said) >= 3
    _compare(heard(take.live, hz), said)
    whole = [(begin, end) for begin, end in said if begin > AGREED + 0.3 and end < ENDED - 0.7]
    assert len(whole) >= 2
    if hz == ALAN:
        assert heard(take.kept, hz) == []
    else:
        _compare(heard(take.kept, hz), whole)


def _joined(found: Spans) -> Spans:
    """Tones as one that a busy machine kept from being said, or from coming, for a moment."""
    whole: Spans = []
    for begin, end in found:
        if whole and begin - whole[-1][1] <= NEAR:
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((begin, end))
    return whole


def _compare(found: Spans, said: Spans) -> None:
    """Each tone once, whole, in its place."""
    found = _joined(found)
    for begin, end in said:
        near = [one for one in found if one[1] > begin - NEAR and one[0] < end + NEAR and one[1] - one[0] > 0.05]
        assert len(near) == 1, (begin, end, found)
        assert near[0][0] == pytest.approx(begin, abs=NEAR)
        # An end rings on where the network was late: what does not come is made up for a moment.
        assert near[0][1] == pytest.approx(end, abs=2 * NEAR)


def test_there_is_no_trace_of_who_said_no(take: Take) -> None:
    """At the pitch of who declined there is in what is kept no more than beside it, at whatever level."""
    part = slice(round(AGREED * RATE), round(MOVED * RATE))
    kept, live = _power(take.kept[part], ALAN), _power(take.live[part], ALAN)
    assert live[0] > 100 * live[1]
    assert kept[0] < 3 * kept[1]
    assert kept[0] < live[0] / 100_000


def _power(wave: Wave, hz: float) -> tuple[float, float]:
    """How much there is of a pitch, and of those beside it."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    away = np.abs(np.fft.rfftfreq(len(wave), 1 / RATE) - hz)
    return float(spectrum[away < 2].mean()), float(spectrum[(away > 10) & (away < 30)].mean())


def test_nothing_is_missing_where_keeping_begins_and_ends(take: Take) -> None:
    """A hum goes on without a hole of more than 40 ms, but its own, while one ear takes over from another, twice."""
    own = max((back - gone for gone, back in _holes(take.said[HUM])), default=0.0)
    for sound, since, until in ((take.live, 2.5, MOVED - 0.2), (take.kept, AGREED + 0.3, ENDED - 0.6)):
        hums = [(begin, end) for begin, end in heard(sound, HUM) if end > since and begin < until]
        assert hums[0][0] <= since + 0.1
        assert hums[-1][1] >= until - 0.1
        assert max((back - gone for gone, back in _holes(hums)), default=0) <= HOLE + own


def _holes(found: Spans) -> Spans:
    """What is between tones."""
    return [(before[1], after[0]) for before, after in pairwise(found)]


def test_clients_are_told_when_and_only_when_sound_is_kept(take: Take) -> None:
    """The ear in the room is one that everybody is told of while sound is kept, before anything of it is written."""
    assert take.ours == [["agent"], ["egress"], ["agent"]]
    assert take.too_early == []
    (from_ms,) = take.diary.began
    assert ASKED * 1000 < from_ms < AGREED * 1000
    first = heard(take.kept, HUM)[0][0]
    assert AGREED - 0.02 <= first < AGREED + 0.3


def test_what_is_kept_ends_with_the_keeping(take: Take) -> None:
    """After the end there is silence, to the end of the last segment; a broadcast that is over leaves no file."""
    assert not take.kept[round((ENDED + 0.05) * RATE) :].any()
    assert take.storage.keys("live") == []
    assert take.diary.gaps == []
    assert take.diary.is_live


def test_a_space_that_moves_is_heard_in_its_new_room(take: Take) -> None:
    """The hum next door is in the broadcast soon after the move, and the old room's is not any more."""
    begins = [begin for begin, _ in heard(take.live, NEXT_DOOR)]
    assert MOVED < begins[0] < MOVED + SOON
    assert heard(take.live, HUM)[-1][1] < begins[0] + 0.1


def test_an_ear_that_is_thrown_out_is_back(take: Take) -> None:
    """A line that is lost for whatever reason is dialled again: soon the hum is heard as before, and that is all."""
    hums = heard(take.live, NEXT_DOOR)
    own = max((back - gone for gone, back in _holes(take.said[NEXT_DOOR])), default=0.0)
    ((gone, back),) = [hole for hole in _holes(hums) if hole[1] - hole[0] > HOLE + own]
    assert gone == pytest.approx(LOST, abs=0.4)
    assert back < LOST + SOON
    assert hums[-1][1] > OVER - 1.6


def test_turns_are_of_those_who_are_kept(take: Take) -> None:
    """Who said no is in no list of who talked, and the others are in it when they did."""
    talked = {identity for identity, _, _ in take.diary.talked}
    assert talked == {Identity(one) for one in KEPT}
    told = [(since / 1000, until / 1000) for identity, since, until in take.diary.talked if identity == "p_600"]
    # What sound may be off, and the tenth of a second by which turns are counted.
    early, late = NEAR + 0.1, 2 * NEAR + 0.1
    for begin, end in _joined(take.said[GRACE]):
        if begin > AGREED + 0.3 and end < ENDED - 0.7:
            assert [1 for since, until in told if abs(since - begin) <= early and abs(until - end) <= late], (
                begin,
                told,
            )
